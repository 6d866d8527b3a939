/**
 * Puts a runtime through the cases, with any test runner or with none, on Node, Bun and Deno.
 *
 * **When to use**
 *
 * `run` in a plain program; `plan` to make tests of the cases with a test runner of your own. For vitest and
 * `node:test` there are `@heddle/conformance/vitest` and `@heddle/conformance/nodeTest`.
 *
 * @since 0.1.0
 */
import type { Capabilities } from "@heddle/core/Capabilities";

import type { Case } from "./Case.ts";
import * as Conformance from "./Conformance.ts";
import { Judge } from "./internal/judge.ts";
import { canSeeHandles } from "./internal/leftovers.ts";
import { checkCases, checkKeys, checkLimit, checkSizes } from "./internal/options.ts";
import { checkedSkips } from "./internal/skips.ts";
import { type LayerOf, Shared } from "./internal/stage.ts";
import { Tally } from "./internal/tally.ts";
import { Troupe } from "./internal/troupe.ts";
import { suffixOf } from "./internal/words.ts";
import type { Need } from "./Need.ts";

export type { LayerOf };

/**
 * A case that a runtime does not pass yet, and why.
 *
 * **Details**
 *
 * The case is run all the same and has to fail: a skip that is not needed any more fails. `neverRun` is for a case
 * that would harm the machine or never ends. `sizes` narrows a skip to some of the sizes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Skip {
  readonly case: string;
  readonly reason: string;
  readonly neverRun?: true | undefined;
  readonly sizes?: ReadonlyArray<number> | undefined;
}

/**
 * What to run.
 *
 * **Details**
 *
 * `sizes` are how many bodies may run at a time, by default 1 and 4: a runtime should be put through the cases at
 * 1 and at several. `cases` are all by default; `Conformance.base` are those of the base level, and cases of your own may be
 * among them. A case that takes longer than `limitMillis`, by default a minute and at most 2^31-1, fails. A program that ends while a case
 * runs says so on standard error, and its exit code is not 0.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly sizes?: ReadonlyArray<number> | undefined;
  readonly skip?: ReadonlyArray<Skip> | undefined;
  readonly cases?: ReadonlyArray<Case> | undefined;
  readonly limitMillis?: number | undefined;
}

/**
 * What came of a case.
 *
 * @category models
 * @since 0.1.0
 */
export type Verdict =
  | { readonly _tag: "Passed" }
  | { readonly _tag: "Failed"; readonly error: unknown }
  | { readonly _tag: "NotApplicable"; readonly needs: ReadonlyArray<Need> }
  | { readonly _tag: "Skipped"; readonly reason: string };

/**
 * A case that is to be run at one size.
 *
 * **Cancellation**
 *
 * An abort of the signal interrupts the case, which then has failed.
 *
 * **Errors**
 *
 * `run` never rejects.
 *
 * @category models
 * @since 0.1.0
 */
export interface Planned {
  readonly case: Case;
  readonly size: number;
  readonly run: (signal?: AbortSignal) => Promise<Verdict>;
}

/**
 * The cases of one group at one size. They may share a runtime.
 *
 * **Ordering**
 *
 * Cases run one after the other, in the order in which `run` is called, also when a test runner calls it for several at
 * once, and also those of different plans in one process. When another group has its turn, a runtime that the cases of this one
 * share is closed first; the next of them gets another one.
 *
 * **Errors**
 *
 * `close` is for after the last of them: it closes the runtime that they shared, and rejects when anything of it is left.
 *
 * @category models
 * @since 0.1.0
 */
export interface Group {
  readonly name: string;
  readonly size: number;
  readonly cases: ReadonlyArray<Planned>;
  readonly close: () => Promise<void>;
}

/**
 * What came of the cases, as JSON.
 *
 * **Details**
 *
 * `cases` are those that were run so far. `leaks` tells of groups whose runtime left something behind when it was closed.
 * `unchecked` says what this platform does not let the suite see. `capabilities` are those at the first of the
 * sizes, and null when the runtime could not be opened.
 *
 * @category models
 * @since 0.1.0
 */
export interface Report {
  readonly version: 1;
  readonly name: string;
  readonly capabilities: Capabilities | null;
  readonly sizes: ReadonlyArray<number>;
  readonly cases: ReadonlyArray<{
    readonly id: string;
    readonly size: number;
    readonly guarantees: ReadonlyArray<string>;
    readonly verdict: "passed" | "failed" | "not-applicable" | "skipped";
    readonly reason?: string;
    readonly millis: number;
  }>;
  readonly leaks: ReadonlyArray<{ readonly group: string; readonly size: number; readonly reason: string }>;
  readonly unchecked: ReadonlyArray<string>;
}

/**
 * The cases for a runtime, to be run by whom you like.
 *
 * @category models
 * @since 0.1.0
 */
export interface Plan {
  readonly groups: ReadonlyArray<Group>;
  readonly report: () => Report;
}

const longestMillis = 60_000;

/**
 * Plans all cases at all sizes; nothing is opened before the first of them is run.
 *
 * **Errors**
 *
 * Throws for a skip of a case that does not exist, for one without a reason, for an option that does not exist, for no case
 * at all, and for sizes, limits or cases that are wrong.
 *
 * @category constructors
 * @since 0.1.0
 */
export const plan = (name: string, layerOf: LayerOf, options: Options = {}): Plan => {
  const { cases = Conformance.cases, limitMillis = longestMillis, skip = [] } = options;
  const { sizes = [1, 4] } = options;
  checkKeys("plan", options, ["sizes", "skip", "cases", "limitMillis"]);
  checkSizes(sizes);
  checkLimit(limitMillis);
  checkCases(cases);
  const judge = new Judge(layerOf, sizes, checkedSkips(skip, cases, sizes), limitMillis);
  const tally = new Tally();
  const groupAt = (size: number, group: string, members: ReadonlyArray<Case>): Group => {
    const troupe = new Troupe(group, new Shared(layerOf, size), { name, judge, tally, limitMillis });
    const planned = members.map((testCase): Planned => ({
      case: testCase,
      size,
      run: (signal) => troupe.run(testCase, signal),
    }));
    return { name: group, size, cases: planned, close: () => troupe.close() };
  };
  const groups = sizes.flatMap((size) =>
    [...Map.groupBy(cases, Conformance.groupOf)].map(([group, members]) => groupAt(size, group, members)),
  );
  const unchecked = canSeeHandles() ? [] : ["open handles and timers: this platform does not tell them"];
  return {
    groups,
    report: () => ({
      version: 1,
      name,
      capabilities: judge.capabilities,
      sizes,
      cases: tally.cases,
      leaks: tally.leaks,
      unchecked,
    }),
  };
};

/**
 * Runs all cases, one after the other, and tells what came of them.
 *
 * **Details**
 *
 * `onVerdict` is called after each case. What the report says is green when {@link failures} finds nothing in it.
 *
 * @category running
 * @since 0.1.0
 */
export const run = async (
  name: string,
  layerOf: LayerOf,
  options: Options & { readonly onVerdict?: ((planned: Planned, verdict: Verdict) => void) | undefined } = {},
): Promise<Report> => {
  const { onVerdict, ...planOptions } = options;
  const planned = plan(name, layerOf, planOptions);
  for (const group of planned.groups) {
    for (const one of group.cases) {
      const verdict = await one.run();
      onVerdict?.(one, verdict);
    }
    // A leak is in the report.
    await group.close().catch(() => undefined);
  }
  return planned.report();
};

/**
 * What went wrong according to a report, in lines for people; none when the runtime passed. A line on a case ends with the
 * numbers of the sentences that it proves.
 *
 * @category running
 * @since 0.1.0
 */
export const failures = ({ cases, leaks, name }: Report): ReadonlyArray<string> => [
  ...cases
    .filter(({ verdict }) => verdict === "failed")
    .map(
      ({ guarantees, id, reason, size }) => `${name}, size ${size}: ${id}: ${reason}${suffixOf(guarantees)}`,
    ),
  ...leaks.map(
    ({ group, reason, size }) => `${name}, size ${size}: the runtime of ${group} was not closed: ${reason}`,
  ),
];
