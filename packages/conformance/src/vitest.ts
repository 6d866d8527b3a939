/**
 * Makes vitest tests of the cases.
 *
 * @since 0.1.0
 */
import { afterAll, describe, it } from "vitest";

import { reasonOf } from "./internal/tally.ts";
import { withGuarantees } from "./internal/words.ts";
import { writeReport } from "./internal/writeReport.ts";
import * as Runner from "./Runner.ts";

/**
 * Options of {@link conformance}: those of the runner, and where to write the report, if anywhere.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Runner.Options {
  readonly report?: string | URL | undefined;
}

// The runner has limits of its own, for opening, for the case and for cleaning up; that of vitest comes after them.
const beyond = (limitMillis = 60_000): number => 4 * limitMillis + 5000;

const register = (planned: Runner.Planned, timeout: number): void => {
  // oxlint-disable-next-line vitest/expect-expect -- the case asserts
  it(`${planned.case.title} [${planned.case.id}]`, { timeout }, async ({ signal, skip }) => {
    const verdict = await planned.run(signal);
    if (verdict._tag === "Failed") throw withGuarantees(verdict.error, planned.case);
    if (verdict._tag !== "Passed") skip(reasonOf(verdict));
  });
};

/**
 * Registers a test for each case at each size. Its title ends with the id of the case, for `vitest -t`.
 *
 * **Details**
 *
 * The report is written after the last test.
 *
 * **Errors**
 *
 * Throws at once for a skip of a case that does not exist, or without a reason, and for options that mean nothing.
 *
 * **Example**
 *
 * ```ts no-run: it needs vitest around it
 * import { conformance } from "@heddle/conformance/vitest";
 * import * as Threads from "@heddle/threads";
 *
 * conformance("threads", (options) => Threads.layer(options), { sizes: [1, 4] });
 * ```
 *
 * @category tests
 * @since 0.1.0
 */
export const conformance = (name: string, layerOf: Runner.LayerOf, options: Options = {}): void => {
  const { report: file, ...planOptions } = options;
  const { groups, report } = Runner.plan(name, layerOf, planOptions);
  const timeout = beyond(options.limitMillis);
  for (const group of groups) {
    describe(`${name}, size ${group.size}: ${group.name}`, () => {
      for (const planned of group.cases) register(planned, timeout);
      afterAll(() => group.close(), timeout);
    });
  }
  if (file !== undefined) afterAll(() => writeReport(file, report()));
};
