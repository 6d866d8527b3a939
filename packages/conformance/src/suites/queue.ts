/**
 * Who waits: in which order jobs start, how many may wait, and what the stats say meanwhile.
 */
import * as assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";

import type { Env, Suite } from "../Conformance.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { awaitAll, fill, reasonOf, startedIds, upTo } from "../internal/expect.ts";

const never = "1 hour";

/** The ids tell the order of submission. */
const assertInOrder = (ids: ReadonlyArray<string>, count: number): void => {
  assert.equal(ids.length, count);
  const overtaken = ids.findIndex((id, i) => i > 0 && Number(id) < Number(ids[i - 1]));
  assert.equal(overtaken, -1, `job ${ids[overtaken]} started after job ${ids[overtaken - 1]}`);
};

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

const counts = (env: Env): Effect.Effect<Readonly<Record<"queued" | "running" | "waiting", number>>> =>
  Effect.map(env.runtime.stats, ({ queued, running, waiting }) => ({ queued, running, waiting }));

const order: Suite = [
  {
    id: "queue/no-overtakes",
    title:
      "eight callers of all kinds that ask in loops are served first come first served, without one overtake",
    options: { aging: never },
    run: Effect.fnUntraced(function* (env) {
      yield* Effect.all(callers(env, 25), { concurrency: "unbounded" });
      assertInOrder(startedIds(env.events), 200);
    }),
  },
  {
    id: "queue/priority",
    title: "higher priorities start first, and equals in the order of their submission",
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
    id: "queue/aging",
    title: "a job of low priority gets its turn under a steady stream of high ones",
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
    id: "queue/ten-thousand",
    title: "10,000 queued calls are counted, and start in the order in which they were made",
    options: { aging: never },
    run: Effect.fnUntraced(function* (env) {
      const { events, open, path, promised, size } = env;
      const gate = path("gate");
      yield* fill(env, gate, size);
      const calls = upTo(10_000).map((n) => promised.run(Plain.double, n));
      assert.deepEqual(yield* counts(env), { queued: 10_000, running: size, waiting: 0 });
      open(gate);
      const doubled = yield* Effect.promise(() => Promise.all(calls));
      assert.deepEqual(
        doubled,
        upTo(10_000).map((n) => n * 2),
      );
      assertInOrder(startedIds(events, "plain/double"), 10_000);
    }),
  },
];

const bounds: Suite = [
  {
    id: "queue/full-refuses",
    title: "a job too many is QueueFull at once, nothing of it starts, and there is room again later",
    options: { maxQueue: 2, whenFull: "reject" },
    run: Effect.fnUntraced(function* (env) {
      const { marks, open, path, runtime, size } = env;
      const [gate, file] = [path("gate"), path("marks")];
      const blockers = yield* fill(env, gate, size);
      const queued = yield* Effect.forEach([1, 2], (n) => runtime.submit(Plain.double, n));
      const refused = runtime.run(Plain.mark, { file, text: "never" });
      assert.equal((yield* reasonOf(refused, "QueueFull")).maxQueue, 2);
      assert.deepEqual(yield* counts(env), { queued: 2, running: size, waiting: 0 });
      open(gate);
      yield* awaitAll(blockers);
      assert.deepEqual(yield* awaitAll(queued), [2, 4]);
      yield* runtime.run(Plain.mark, { file, text: "later" });
      assert.deepEqual(marks(file), ["later"]);
    }),
  },
  {
    id: "queue/full-waits",
    title:
      "a job too many waits outside: submit suspends, `accepted` is pending, and each has its turn in order",
    options: { maxQueue: 1, whenFull: "wait", aging: never },
    run: Effect.fnUntraced(function* (env) {
      const { events, open, path, promised, runtime, size } = env;
      const gate = path("gate");
      const blockers = yield* fill(env, gate, size);
      const inside = promised.submit(Plain.later, 1);
      yield* Effect.promise(() => inside.accepted);
      const outside = promised.submit(Plain.later, 2);
      let accepted = false;
      const noticed = outside.accepted.then(() => (accepted = true));
      const suspended = yield* Effect.forkChild(runtime.submit(Plain.later, 3), { startImmediately: true });
      assert.deepEqual(yield* counts(env), { queued: 3, running: size, waiting: 2 });
      assert.equal(outside.status(), "queued");
      assert.deepEqual([accepted, suspended.pollUnsafe()], [false, undefined]);
      open(gate);
      const handle = yield* Fiber.join(suspended);
      const values = [inside.result, outside.result, noticed];
      assert.deepEqual(yield* Effect.promise(() => Promise.all(values)), [2, 4, true]);
      assert.equal(yield* handle.await, 6);
      yield* awaitAll(blockers);
      assertInOrder(startedIds(events, "plain/later"), 3);
      assert.deepEqual(yield* counts(env), { queued: 0, running: 0, waiting: 0 });
    }),
  },
  {
    id: "queue/full-cancelled",
    title: "a job that is cancelled while it waits outside never starts and takes no room",
    options: { maxQueue: 0, whenFull: "wait" },
    run: Effect.fnUntraced(function* (env) {
      const { marks, open, path, promised, size } = env;
      const [gate, file] = [path("gate"), path("marks")];
      yield* fill(env, gate, size);
      const handles = ["a", "b", "c"].map((text) => promised.submit(Plain.mark, { file, text }));
      yield* Effect.promise(() => handles[1]!.cancel());
      assert.equal(handles[1]!.status(), "ended");
      assert.equal((yield* counts(env)).waiting, 2);
      open(gate);
      yield* Effect.promise(() => Promise.all([handles[0]!.result, handles[2]!.result]));
      assert.deepEqual(marks(file).toSorted(), ["a", "c"]);
    }),
  },
  {
    id: "queue/full-map",
    title: "a map through a small queue loses nothing and keeps its order",
    options: { maxQueue: 1, whenFull: "wait" },
    run: Effect.fnUntraced(function* ({ runtime }) {
      const doubled = yield* Stream.runCollect(runtime.map(Plain.later, upTo(200), { concurrency: 20 }));
      assert.deepEqual(
        doubled,
        upTo(200).map((n) => n * 2),
      );
    }),
  },
];

export const queue: Suite = [...order, ...bounds];
