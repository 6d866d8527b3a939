/**
 * Maps as cases run them: without an observer, since whoever observes jobs sees each of them run on its own.
 */
import assert from "node:assert/strict";

import * as Events from "@heddle/core/Events";
import * as Promised from "@heddle/core/Promised";
import type * as Runtime from "@heddle/core/Runtime";
import type * as Task from "@heddle/core/Task";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Stream from "effect/Stream";

type Mapped<A> = readonly [results: ReadonlyArray<A>, cause: Cause.Cause<unknown> | undefined];

export const unobserved = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.provideService(effect, Events.Observer, undefined);

export const promiseFormOf = (runtime: Runtime.Service): Promised.PromisedRuntime =>
  Promised.fromService(runtime);

/** The results of a map, and what it failed with after them. */
export const mapped = <In, A, E>(
  runtime: Runtime.Service,
  task: Task.Task<string, In, A, E, "value", unknown>,
  inputs: Iterable<NoInfer<In>>,
  options?: Runtime.MapOptions,
): Effect.Effect<Mapped<A>> =>
  Effect.gen(function* () {
    const results: Array<A> = [];
    const exit = yield* runtime.map(task, inputs, options).pipe(
      Stream.runForEach((result) => Effect.sync(() => void results.push(result))),
      Effect.exit,
      unobserved,
    );
    return [results, Exit.isFailure(exit) ? exit.cause : undefined] as const;
  });

/** The same where it succeeds. */
export const resultsOf = <In, A, E>(
  ...args: Parameters<typeof mapped<In, A, E>>
): Effect.Effect<ReadonlyArray<A>> =>
  Effect.map(mapped(...args), ([results, cause]) => {
    if (cause !== undefined) assert.fail(Cause.pretty(cause));
    return results;
  });

export const thrownAt = (cause: Cause.Cause<unknown> | undefined, n: number): void => {
  assert.ok(cause !== undefined, "it did not fail");
  assert.equal((Cause.squash(cause) as Error).message, `expected: at ${n}`);
};

/** Inputs without end, which tell how many were taken and whether they were closed. */
export const endless = (): {
  readonly inputs: Iterable<number>;
  readonly taken: () => number;
  readonly isClosed: () => boolean;
} => {
  let taken = 0;
  let isClosed = false;
  const inputs = function* (): Generator<number> {
    try {
      for (;;) yield taken++;
    } finally {
      isClosed = true;
    }
  };
  return { inputs: inputs(), taken: () => taken, isClosed: () => isClosed };
};

/** Takes results in promises until there are as many as that, and leaves. */
export const takeSome = async (
  results: AsyncIterable<unknown>,
  count: number,
): Promise<ReadonlyArray<unknown>> => {
  const found: Array<unknown> = [];
  for await (const result of results) if (found.push(result) === count) break;
  return found;
};

/** The same values; of many, only the first that differs is told. */
export const assertSame = (found: ReadonlyArray<unknown>, expected: ReadonlyArray<unknown>): void => {
  const at = expected.findIndex((value, index) => !Object.is(found[index], value));
  if (at >= 0) assert.fail(`result ${at} is ${String(found[at])} instead of ${String(expected[at])}`);
  assert.equal(found.length, expected.length);
};
