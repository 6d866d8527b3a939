/**
 * A body may call tasks: that never deadlocks, and nothing of it outlives the body.
 */
import assert from "node:assert/strict";

import type * as Task from "@heddle/core/Task";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";

import type { Case, Env } from "../Case.ts";
import * as Nested from "../fixtures/tasks/nested.ts";
import * as NestedEffects from "../fixtures/tasks/nestedEffects.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import {
  assertIdle,
  assertInterrupted,
  awaitAll,
  marked,
  reasonOf,
  startedIds,
  upTo,
} from "../internal/expect.ts";

const started = ({ happened }: Env, task: string): Effect.Effect<unknown> =>
  happened((event) => event._tag === "JobStarted" && event.task === task);

/** Looks at each event how many workers have a body, and tells the most. */
const mostWorkers = Effect.fnUntraced(function* ({ happened, runtime }: Env) {
  let most = 0;
  const watch = happened(() => {
    const { workers } = Effect.runSync(runtime.stats);
    most = Math.max(most, workers.filter(({ state }) => state === "busy").length);
    return false;
  });
  yield* Effect.forkScoped(watch, { startImmediately: true });
  return () => most;
});

const depths: ReadonlyArray<Case> = [
  {
    id: "nesting/promises",
    title: "plain bodies that call one another five deep finish, whatever the size",
    guarantees: ["N1", "N4"],
    run: Effect.fnUntraced(function* (env) {
      const { runtime, size } = env;
      const most = yield* mostWorkers(env);
      const callers = Math.min(size, 2);
      const all = yield* Effect.forEach(upTo(callers), () => runtime.run(Nested.descend, 5), {
        concurrency: "unbounded",
      });
      assert.deepEqual(
        all,
        upTo(callers).map(() => 5),
      );
      assert.ok(most() <= callers * 6, `${most()} workers at a time`);
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "nesting/effects",
    title: "Effect bodies that call one another five deep finish, whatever the size",
    guarantees: ["N1"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.equal(yield* runtime.run(NestedEffects.descend, 5), 5);
    }),
  },
  {
    id: "nesting/deep",
    title: "in the program bodies may call one another two thousand deep",
    guarantees: ["N1"],
    needs: ["noIsolation"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.equal(yield* runtime.run(Nested.descend, 2000), 2000);
      assert.equal(yield* runtime.run(NestedEffects.descend, 2000), 2000);
    }),
  },
  {
    id: "nesting/effect-streams",
    title: "an Effect body may map and stream",
    guarantees: ["N1"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.deepEqual(yield* runtime.run(NestedEffects.sums, 4), [14, 6]);
    }),
  },
  {
    id: "nesting/fan-out",
    title: "a body that makes fifty calls at once gets all their values",
    guarantees: ["N1"],
    run: Effect.fnUntraced(function* ({ events, runtime }) {
      assert.equal(yield* runtime.run(Nested.fanOut, 50), 49 * 50);
      assert.equal(startedIds(events).length, 51);
    }),
  },
  {
    id: "nesting/fibonacci",
    title: "a body that calls itself twice finishes, and no place needs more workers than the calls are deep",
    guarantees: ["N1", "N4"],
    run: Effect.fnUntraced(function* (env) {
      const { runtime, size } = env;
      const most = yield* mostWorkers(env);
      assert.equal(yield* runtime.run(Nested.fibonacci, 7), 13);
      assert.ok(most() <= size * 7, `${most()} workers at a time`);
      yield* assertIdle(runtime);
    }),
  },
];

const cancelled = (id: Case["id"], title: string, task: Task.Task<string, Plain.Hold, string>): Case => ({
  id,
  title: `cancelling ${title} cancels what it called and waits for both`,
  guarantees: ["N2", "C2"],
  run: Effect.fnUntraced(function* (env) {
    const { marks, path, runtime } = env;
    const [file, begun] = [path("marks"), path("begun")];
    const handle = yield* runtime.submit(task, { file, text: "below", begun });
    yield* marked(env, begun);
    yield* handle.cancel;
    yield* assertInterrupted(handle.await);
    assert.deepEqual(marks(file), ["below aborted=true cancelled=true"]);
    yield* assertIdle(runtime);
  }),
});

const ends: ReadonlyArray<Case> = [
  {
    id: "nesting/failures",
    title: "a body sees the error and the timeout of what it called as such, and goes on",
    guarantees: ["N3"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      assert.deepEqual(yield* runtime.run(Nested.guarded, file), ["RangeError", "TaskTimeout"]);
      for (const mark of marks(file)) assert.equal(mark, "timed out aborted=true cancelled=true");
    }),
  },
  {
    id: "nesting/loss",
    title: "a nested body that ends its worker is WorkerLost for the body above, which lives",
    guarantees: ["N3", "W1"],
    needs: ["isolation"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      assert.deepEqual(yield* runtime.run(Nested.survivesLoss, file), ["WorkerLost", 42]);
      assert.deepEqual(marks(file), ["attempt 1"]);
    }),
  },
  cancelled("nesting/cancelled", "a plain body", Nested.callsHold),
  cancelled("nesting/cancelled-effect", "an Effect body", NestedEffects.callsHold),
  {
    id: "nesting/abandoned",
    title: "what a body called and did not wait for is cancelled with its end",
    guarantees: ["N2"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const [begun, ended] = [path("begun"), path("ended")];
      assert.equal(yield* runtime.run(Nested.abandons, { begun, ended }), "returned");
      assert.deepEqual(marks(ended), ["aborted=true"]);
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "nesting/drained",
    title: "closing lets a body and what it called end",
    guarantees: ["L1", "N1"],
    options: { closeTimeout: "10 seconds" },
    run: Effect.fnUntraced(function* (env) {
      const { close, open, path, runtime } = env;
      const gate = path("gate");
      const handle = yield* runtime.submit(Nested.callsGate, gate);
      yield* started(env, "plain/gate");
      const closing = yield* Effect.forkChild(close, { startImmediately: true });
      yield* reasonOf(runtime.run(Plain.double, 1), "ShuttingDown");
      open(gate);
      assert.equal(yield* handle.await, "opened");
      yield* Fiber.join(closing);
    }),
  },
  {
    id: "nesting/closed",
    title: "closing cancels a body and what it called when they do not end in time",
    guarantees: ["L1", "N2"],
    run: Effect.fnUntraced(function* (env) {
      const { close, marks, path, runtime } = env;
      const [file, begun] = [path("marks"), path("begun")];
      const handle = yield* runtime.submit(Nested.callsHold, { file, text: "below", begun });
      yield* marked(env, begun);
      yield* close;
      assert.equal((yield* Effect.exit(handle.await))._tag, "Failure");
      assert.deepEqual(marks(file), ["below aborted=true cancelled=true"]);
    }),
  },
  {
    id: "nesting/stats",
    title: "nested jobs count in the stats and are told to the observer",
    guarantees: ["Q3", "L5"],
    run: Effect.fnUntraced(function* (env) {
      const { events, open, path, runtime } = env;
      const gate = path("gate");
      const handle = yield* runtime.submit(Nested.callsGate, gate);
      yield* started(env, "plain/gate");
      const { queued, running } = yield* runtime.stats;
      assert.deepEqual({ queued, running }, { queued: 0, running: 2 });
      open(gate);
      assert.deepEqual(yield* awaitAll([handle]), ["opened"]);
      const { succeeded } = yield* runtime.stats;
      assert.equal(succeeded, 2);
      const told = events.map(({ _tag, task }) => `${_tag} ${task}`);
      assert.deepEqual(told, [
        "JobStarted nested/callsGate",
        "JobStarted plain/gate",
        "JobEnded plain/gate",
        "JobEnded nested/callsGate",
      ]);
    }),
  },
];

export const nesting: ReadonlyArray<Case> = [...depths, ...ends];
