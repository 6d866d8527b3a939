/**
 * Who waits starts in order: by priority, by age, and as they came.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";

import type { Case, Env } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { assertInOrder, awaitAll, countsOf, fill, startedIds, upTo } from "../internal/expect.ts";

const never = "1 hour";

/** Callers that each ask, wait for the answer and ask again, in four forms of the call. */
const callers = (
  { promised, runtime }: Env,
  each: number,
): ReadonlyArray<Effect.Effect<unknown, unknown>> => {
  const inputs = upTo(each);
  const forms = [
    Effect.forEach(inputs, (n) => runtime.run(Plain.later, n)),
    Effect.promise(async () => {
      for (const n of inputs) await promised.run(Plain.later, n);
    }),
    Effect.forEach(inputs, (n) =>
      Effect.scoped(Effect.flatMap(runtime.submit(Plain.later, n), (handle) => handle.await)),
    ),
    Stream.runDrain(runtime.map(Plain.later, inputs, { concurrency: 2 })),
  ];
  return [...forms, ...forms];
};

export const queueing: ReadonlyArray<Case> = [
  {
    id: "ordering/no-overtakes",
    title: "eight callers of all kinds that ask in loops are served first come first served",
    guarantees: ["O1"],
    options: { aging: never },
    run: Effect.fnUntraced(function* (env) {
      yield* Effect.all(callers(env, 25), { concurrency: "unbounded" });
      assertInOrder(startedIds(env.events), 200, env.size);
    }),
  },
  {
    id: "ordering/priority",
    title: "higher priorities start first, and equals in the order of their submission",
    guarantees: ["Q1", "O1"],
    options: { aging: never },
    run: Effect.fnUntraced(function* (env) {
      const { events, open, path, runtime, size } = env;
      const gate = path("gate");
      const blockers = yield* fill(env, gate, size);
      const priorities = [0, 5, -10, 10, 5, 0, -1, 10, 1, -10];
      const jobs = yield* Effect.forEach(priorities, (priority) =>
        Effect.map(runtime.submit(Plain.later, 1, { priority }), (handle) => ({ handle, priority })),
      );
      open(gate);
      yield* awaitAll(blockers);
      yield* awaitAll(jobs.map(({ handle }) => handle));
      assert.deepEqual(
        startedIds(events, "plain/later"),
        jobs.toSorted((a, b) => b.priority - a.priority).map(({ handle }) => handle.id),
      );
    }),
  },
  {
    id: "ordering/aging",
    title: "a job of low priority gets its turn under a steady stream of high ones",
    guarantees: ["Q1"],
    options: { aging: 50 },
    run: Effect.fnUntraced(function* (env) {
      const { events, open, path, runtime, size } = env;
      const gate = path("gate");
      yield* fill(env, gate, size);
      let isOver = false;
      const low = yield* runtime.submit(Plain.double, 21, { priority: 0 });
      const stream = Effect.suspend(() => runtime.run(Plain.later, 1, { priority: 2 })).pipe(
        Effect.repeat({ until: () => isOver }),
      );
      const streams = yield* Effect.forEach(upTo(size * 4), () =>
        Effect.forkChild(stream, { startImmediately: true }),
      );
      open(gate);
      // Without an end of the stream a job that starves would not even fail the case.
      const turn = yield* Effect.timeoutOption(low.await, "10 seconds");
      isOver = true;
      assert.equal(turn._tag === "Some" && turn.value, 42, "it never had its turn");
      yield* Fiber.joinAll(streams);
      const started = startedIds(events).slice(size);
      assert.ok(started.indexOf(low.id) > 0, "no job of higher priority went before it");
      assert.ok(started.indexOf(low.id) < started.length - 1, "it had to wait until no other was left");
    }),
  },
  {
    id: "ordering/ten-thousand",
    title: "10,000 queued calls are counted, and start in the order in which they were made",
    guarantees: ["O1", "Q3"],
    options: { aging: never },
    run: Effect.fnUntraced(function* (env) {
      const { events, open, path, promised, size } = env;
      const gate = path("gate");
      yield* fill(env, gate, size);
      const calls = upTo(10_000).map((n) => promised.run(Plain.double, n));
      assert.deepEqual(yield* countsOf(env.runtime), { queued: 10_000, running: size, waiting: 0 });
      open(gate);
      const doubled = yield* Effect.promise(() => Promise.all(calls));
      assert.deepEqual(
        doubled,
        upTo(10_000).map((n) => n * 2),
      );
      assertInOrder(startedIds(events, "plain/double"), 10_000, size);
    }),
  },
];
