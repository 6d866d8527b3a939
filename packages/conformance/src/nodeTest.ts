/**
 * Makes tests of the cases for `node:test`, which comes with Node.
 *
 * @since 0.1.0
 */
import { after, describe, it } from "node:test";

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

const register = (planned: Runner.Planned): void => {
  void it(`${planned.case.title} [${planned.case.id}]`, async (context) => {
    const verdict = await planned.run(context.signal);
    if (verdict._tag === "Failed") throw withGuarantees(verdict.error, planned.case);
    if (verdict._tag !== "Passed") context.skip(reasonOf(verdict));
  });
};

/**
 * Registers a test for each case at each size. Its title ends with the id of the case, for
 * `node --test --test-name-pattern`.
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
 * ```ts no-run: it takes a minute
 * import { conformance } from "@heddle/conformance/nodeTest";
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
  for (const group of groups) {
    void describe(`${name}, size ${group.size}: ${group.name}`, () => {
      for (const planned of group.cases) register(planned);
      after(() => group.close());
    });
  }
  if (file !== undefined) after(() => writeReport(file, report()));
};
