/**
 * No more jobs are inside than there is room for; the others wait outside or are refused.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";

import type { Case } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { assertInOrder, awaitAll, countsOf, fill, reasonOf, startedIds, upTo } from "../internal/expect.ts";

const never = "1 hour";

export const backPressure: ReadonlyArray<Case> = [
  {
    id: "back-pressure/full-refuses",
    title: "a job too many is QueueFull at once, nothing of it starts, and there is room again later",
    guarantees: ["Q2", "Q3"],
    options: { maxQueue: 2, whenFull: "reject" },
    run: Effect.fnUntraced(function* (env) {
      const { marks, open, path, runtime, size } = env;
      const [gate, file] = [path("gate"), path("marks")];
      const blockers = yield* fill(env, gate, size);
      const queued = yield* Effect.forEach([1, 2], (n) => runtime.submit(Plain.double, n));
      const refused = runtime.run(Plain.mark, { file, text: "never" });
      assert.equal((yield* reasonOf(refused, "QueueFull")).maxQueue, 2);
      assert.deepEqual(yield* countsOf(env.runtime), { queued: 2, running: size, waiting: 0 });
      open(gate);
      yield* awaitAll(blockers);
      assert.deepEqual(yield* awaitAll(queued), [2, 4]);
      yield* runtime.run(Plain.mark, { file, text: "later" });
      assert.deepEqual(marks(file), ["later"]);
    }),
  },
  {
    id: "back-pressure/full-waits",
    title:
      "a job too many waits outside: submit suspends, `accepted` is pending, and each has its turn in order",
    guarantees: ["Q2", "Q3", "O1"],
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
      assert.deepEqual(yield* countsOf(env.runtime), { queued: 3, running: size, waiting: 2 });
      assert.equal(outside.status(), "queued");
      assert.deepEqual([accepted, suspended.pollUnsafe()], [false, undefined]);
      open(gate);
      const handle = yield* Fiber.join(suspended);
      const values = [inside.result, outside.result, noticed];
      assert.deepEqual(yield* Effect.promise(() => Promise.all(values)), [2, 4, true]);
      assert.equal(yield* handle.await, 6);
      yield* awaitAll(blockers);
      assertInOrder(startedIds(events, "plain/later"), 3, 1);
      assert.deepEqual(yield* countsOf(env.runtime), { queued: 0, running: 0, waiting: 0 });
    }),
  },
  {
    id: "back-pressure/full-cancelled",
    title: "a job that is cancelled while it waits outside never starts and takes no room",
    guarantees: ["Q2", "C1"],
    options: { maxQueue: 0, whenFull: "wait" },
    run: Effect.fnUntraced(function* (env) {
      const { marks, open, path, promised, size } = env;
      const [gate, file] = [path("gate"), path("marks")];
      yield* fill(env, gate, size);
      const handles = ["a", "b", "c"].map((text) => promised.submit(Plain.mark, { file, text }));
      yield* Effect.promise(() => handles[1]!.cancel());
      assert.equal(handles[1]!.status(), "ended");
      assert.equal((yield* countsOf(env.runtime)).waiting, 2);
      open(gate);
      yield* Effect.promise(() => Promise.all([handles[0]!.result, handles[2]!.result]));
      assert.deepEqual(marks(file).toSorted(), ["a", "c"]);
    }),
  },
  {
    id: "back-pressure/full-map",
    title: "a map through a small queue loses nothing and keeps its order",
    guarantees: ["Q2", "O2"],
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
