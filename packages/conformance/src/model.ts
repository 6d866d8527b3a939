/**
 * Random histories on real workers: calls that end well, many short ones at once, and calls that fail, hang, nest and kill
 * their worker, while workers are killed, cancelled, resized, recycled, drained and closed, in any order.
 *
 * What must hold: each call ends once, in a way that what happened to it allows; a worker that dies takes no call with it
 * but its own; at size 1 calls of the same priority start in the order of their submission; no body runs twice; and after
 * the close nothing is left.
 *
 * @since 0.1.0
 */
import assert from "node:assert/strict";

import type { PromisedRuntime } from "@heddle/core/Promised";
import * as fc from "fast-check";
import { describe, it } from "vitest";

import { type Way, ways } from "./fixtures/tasks/model.ts";
import { Bench } from "./internal/bench.ts";
import { History } from "./internal/history.ts";

/**
 * A runtime that histories are made on. `kill` ends a worker from outside, where that is possible.
 *
 * @category models
 * @since 0.1.0
 */
export interface Subject {
  readonly open: (options: {
    readonly size: number;
    readonly grace: number;
    readonly closeTimeout: number;
    readonly quarantineAfter: number;
    readonly restarts: { readonly max: number; readonly within: number };
  }) => Promise<PromisedRuntime>;
  readonly kill?: ((pid: number) => void) | undefined;
}

type Step = readonly [name: string, apply: (history: History) => unknown];

const index = fc.nat(15);

const submit = fc
  .tuple(fc.constantFrom<Way>(...ways), fc.constantFrom(0, 0, 5))
  .map(([way, priority]): Step => [
    `submit one that ${way}, priority ${priority}`,
    (history) => history.submit(way, priority),
  ]);

const submitMany = (history: History): void => {
  for (let n = 0; n < 40; n++) history.submit("quick", 0);
};

const stepsOf = ({ kill }: Subject): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 10, arbitrary: submit },
    { weight: 4, arbitrary: fc.constant<Step>(["submit 40 that are quick", submitMany]) },
    { weight: 3, arbitrary: index.map((n): Step => [`cancel ${n}`, (history) => history.cancel(n)]) },
    {
      weight: 5,
      arbitrary: fc
        .constantFrom(0, 1, 5, 20, 60)
        .map((millis): Step => [
          `let ${millis} ms pass`,
          () => new Promise((resolve) => setTimeout(resolve, millis)),
        ]),
    },
    {
      weight: kill === undefined ? 0 : 2,
      arbitrary: index.map((n): Step => [
        `kill worker ${n}`,
        (history) => (kill === undefined ? undefined : history.kill(n, kill)),
      ]),
    },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 1, max: 3 })
        .map((size): Step => [`resize to ${size}`, (history) => history.resize(size)]),
    },
    { weight: 1, arbitrary: fc.constant<Step>(["recycle", (history) => history.recycle()]) },
  );

const ending: fc.Arbitrary<Step> = fc.constantFrom<Step>(
  ["go on", () => undefined],
  ["drain", (history) => history.drain()],
  ["close", (history) => history.close()],
);

/** Everything is submitted and done before `ending`; what comes after it meets a runtime that ends. */
type Plan = readonly [size: number, before: ReadonlyArray<Step>, ending: Step, after: ReadonlyArray<Step>];

const planOf = (subject: Subject): fc.Arbitrary<Plan> => {
  const step = stepsOf(subject);
  return fc.tuple(
    fc.integer({ min: 1, max: 2 }),
    fc.array(step, { minLength: 1, maxLength: 12, size: "max" }),
    ending,
    fc.array(step, { maxLength: 3, size: "max" }),
  );
};

const untilClear = async ({ leftovers }: Bench): Promise<void> => {
  const end = performance.now() + 3000;
  while (leftovers.left().length > 0 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.deepEqual(leftovers.left(), []);
};

const run = async (subject: Subject, [size, before, end, after]: Plan): Promise<void> => {
  const bench = new Bench();
  const options = {
    size,
    grace: 40,
    closeTimeout: 100,
    quarantineAfter: Number.POSITIVE_INFINITY,
    restarts: { max: Number.POSITIVE_INFINITY, within: 1 },
  };
  try {
    const runtime = await subject.open(options);
    try {
      const history = new History(runtime, bench, size);
      for (const [, apply] of [...before, end, ...after]) await apply(history);
      await history.finish();
    } finally {
      await runtime.close();
    }
    await untilClear(bench);
  } finally {
    bench.clear();
  }
};

const show = ([size, before, end, after]: Plan): string =>
  [`size ${size}`, ...[...before, end, ...after].map(([name]) => name)].join("\n  ");

/**
 * Registers the test. It takes about 15 seconds, or as many histories as `RUNS` says; `SEED` repeats those of a test that
 * failed, which prints its seed and the shortest history that it found.
 *
 * @category tests
 * @since 0.1.0
 */
export const model = (name: string, subject: Subject): void => {
  const runs = Number(process.env["RUNS"] ?? 0);
  describe(`${name} against a model`, { timeout: 120_000 + runs * 2000 }, () => {
    it("keeps its promises, whatever happens in whatever order", async () => {
      const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
      const bounds = runs > 0 ? { numRuns: runs } : { numRuns: 10_000, interruptAfterTimeLimit: 15_000 };
      const property = fc.asyncProperty(planOf(subject), (plan) => run(subject, plan));
      const result = await fc.check(property, { seed, ...bounds });
      assert.ok(result.numRuns > 0, "no history at all");
      if (!result.failed) return;
      const [plan] = result.counterexample ?? [];
      assert.fail(`SEED=${seed}: ${String(result.errorInstance)}\n  ${plan === undefined ? "" : show(plan)}`);
    });
  });
};
