/**
 * What cases say about exits and failures.
 */
import assert from "node:assert/strict";

import type * as Runtime from "@heddle/core/Runtime";
import * as RuntimeError from "@heddle/core/RuntimeError";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Stream from "effect/Stream";

import type { Env } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";

/** Isolated runtimes: bodies do not share the caller's event loop. */
export const isIsolated = ({ isolation }: { readonly isolation: string }): boolean => isolation !== "none";

/** The error that an effect fails with; a success or a defect fails the case. */
export const failureOf = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<E> =>
  Effect.map(Effect.exit(effect), (exit) => {
    if (Exit.isSuccess(exit)) assert.fail(`expected a failure, got ${String(exit.value)}`);
    const error = Cause.findErrorOption(exit.cause);
    if (error._tag === "None") assert.fail(`expected a failure, got ${Cause.pretty(exit.cause)}`);
    return error.value;
  });

/** The reason of the RuntimeError that an effect fails with. */
export const reasonOf = <Tag extends RuntimeError.Reason["_tag"]>(
  effect: Effect.Effect<unknown, unknown>,
  tag: Tag,
): Effect.Effect<Extract<RuntimeError.Reason, { readonly _tag: Tag }>> =>
  Effect.map(failureOf(effect), (error) => {
    assert.ok(error instanceof RuntimeError.RuntimeError, `expected a RuntimeError, got ${String(error)}`);
    assert.equal(error.reason._tag, tag, error.message);
    assert.ok(error.message.includes(error.code));
    return error.reason as Extract<RuntimeError.Reason, { readonly _tag: Tag }>;
  });

/** What an effect dies with. A typed failure is none: bodies throw it only with an `error` schema. */
export const defectOf = (effect: Effect.Effect<unknown, unknown>): Effect.Effect<unknown> =>
  Effect.map(Effect.exit(effect), (exit) => {
    if (Exit.isSuccess(exit)) assert.fail(`expected a defect, got ${String(exit.value)}`);
    assert.ok(Cause.hasDies(exit.cause), `expected a defect, got ${Cause.pretty(exit.cause)}`);
    return Cause.squash(exit.cause);
  });

export const assertInterrupted = (effect: Effect.Effect<unknown, unknown>): Effect.Effect<void> =>
  Effect.map(Effect.exit(effect), (exit) => {
    if (Exit.isSuccess(exit)) assert.fail(`expected an interruption, got ${String(exit.value)}`);
    assert.ok(
      Cause.hasInterruptsOnly(exit.cause),
      `expected an interruption, got ${Cause.pretty(exit.cause)}`,
    );
  });

/** Completes when the body of a fixture task reports that it has begun. */
export const begun = (handle: Runtime.Handle<unknown, unknown, unknown>): Effect.Effect<void> =>
  Effect.map(Stream.runHead(handle.progress), (first) => {
    assert.equal(first._tag, "Some", "the body ended before it reported that it has begun");
  });

/** Waits until a condition holds; fails the case after a while. */
export const eventually = (condition: () => boolean, what: string, millis = 10_000): Effect.Effect<void> =>
  Effect.suspend(() => {
    const end = performance.now() + millis;
    const look: Effect.Effect<void> = Effect.suspend(() => {
      if (condition()) return Effect.void;
      assert.ok(performance.now() < end, `not within ${millis} ms: ${what}`);
      // Not from within the timer that woke it: Node counts that one among what is active.
      return Effect.andThen(Effect.sleep(2), Effect.andThen(turn, look));
    });
    return look;
  });

/** The stats must tell that nothing is queued or running. */
export const assertIdle = (runtime: Runtime.Service): Effect.Effect<void> =>
  Effect.map(runtime.stats, ({ queued, running }) => {
    assert.deepEqual({ queued, running }, { queued: 0, running: 0 });
  });

/** Numbers from 0, as many as asked for. */
export const upTo = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i);

/** Fills as many places as asked for with bodies that run until the file is opened. */
export const fill = Effect.fnUntraced(function* (
  { runtime }: Pick<Env, "runtime">,
  file: string,
  places: number,
) {
  const blockers = yield* Effect.forEach(upTo(places), () => runtime.submit(Plain.gate, file));
  yield* Effect.forEach(blockers, begun);
  return blockers;
});

/** Awaits jobs one after the other. */
export const awaitAll = <A, E>(
  handles: ReadonlyArray<Runtime.Handle<A, E, unknown>>,
): Effect.Effect<Array<A>, E> => Effect.forEach(handles, (handle) => handle.await);

/** Completes when a body has left a mark: a job may be started a while before its body begins. */
export const marked = ({ marks }: Pick<Env, "marks">, file: string): Effect.Effect<void> =>
  eventually(() => marks(file).length > 0, "the body begins");

/** The ids of the jobs that started so far, in the order of their starts. */
export const startedIds = (events: Env["events"], task?: string): ReadonlyArray<string> =>
  events
    .filter((event) => event._tag === "JobStarted" && (task === undefined || event.task === task))
    .map(({ id }) => id);

/** How many short jobs a place may hold that have not started. */
const mostAhead = 128;

/**
 * Jobs started in the order of their submission, which their ids tell: strictly at one place, and at several by no more
 * out of it than what the other places hold.
 */
export const assertInOrder = (ids: ReadonlyArray<string>, count: number, size: number): void => {
  assert.equal(ids.length, count);
  const ordered = ids.toSorted((a, b) => Number(a) - Number(b));
  const turns = new Map(ordered.map((id, turn) => [id, turn]));
  const most = (size - 1) * mostAhead;
  const early = ids.find((id, at) => (turns.get(id) ?? 0) - at > most);
  assert.equal(early, undefined, `job ${early} started before more than ${most} others whose turn it was`);
};

/** How many jobs are inside, and how many wait outside. */
export const countsOf = (
  runtime: Runtime.Service,
): Effect.Effect<Readonly<Record<"queued" | "running" | "waiting", number>>> =>
  Effect.map(runtime.stats, ({ queued, running, waiting }) => ({ queued, running, waiting }));

/** A call in promises as an Effect that fails with what the promise rejects with. */
export const promiseOf = <A>(call: () => Promise<A>): Effect.Effect<A, unknown> =>
  Effect.catchDefect(Effect.promise(call), Effect.fail);

/** What a promise rejects with. */
export const rejectionOf = (promise: Promise<unknown>): Effect.Effect<unknown> =>
  Effect.promise(() =>
    promise.then(
      (value) => assert.fail(`expected a rejection, got ${String(value)}`),
      (thrown: unknown) => thrown,
    ),
  );

/** The turn of the event loop after this one. */
export const turn: Effect.Effect<void> = Effect.promise(
  () => new Promise<void>((resolve) => void setImmediate(resolve)),
);
