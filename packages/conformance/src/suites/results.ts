/**
 * Whatever a body returns, its caller gets the value.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { Case } from "../Case.ts";
import * as Effects from "../fixtures/tasks/effects.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Told from "../fixtures/tasks/told.ts";
import * as ToldTwin from "../fixtures/tasks/toldTwin.ts";
import { awaitAll, reasonOf, upTo } from "../internal/expect.ts";

export const results: ReadonlyArray<Case> = [
  {
    id: "results/value",
    title: "a body may return a value",
    guarantees: ["R1"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "results/void",
    title: "a body may take and return nothing",
    guarantees: ["R1"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.equal(yield* runtime.run(Plain.nothing), undefined);
    }),
  },
  {
    id: "results/promise",
    title: "a body may return a promise",
    guarantees: ["R1"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.equal(yield* runtime.run(Plain.later, 21), 42);
    }),
  },
  {
    id: "results/generator",
    title: "a body may be a generator: its value is what it returns",
    guarantees: ["R1"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.equal(yield* runtime.run(Plain.steps, 100), 5050);
    }),
  },
  {
    id: "results/effect",
    title: "a body may return an Effect",
    guarantees: ["R1"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.equal(yield* runtime.run(Effects.add, 1), 2);
    }),
  },
  {
    id: "results/effect-fn",
    title: "a body may be an Effect.fn",
    guarantees: ["R1"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.equal(yield* runtime.run(Effects.fn, 1), 3);
    }),
  },
  {
    id: "results/stream",
    title: "a body may return a Stream",
    guarantees: ["R1", "S1"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.deepEqual(yield* Stream.runCollect(runtime.stream(Effects.range, 5)), [1, 2, 3, 4, 5]);
    }),
  },
  {
    id: "results/async-generator",
    title: "a body may be an async generator",
    guarantees: ["R1", "S1"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.deepEqual(yield* Stream.runCollect(runtime.stream(Plain.count, 3)), [0, 1, 2]);
    }),
  },
  {
    id: "results/run-of-stream",
    title: "running a task that gives a stream is InvalidOutput",
    guarantees: ["R1"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      for (const task of [Plain.count, Effects.range]) {
        const reason = yield* reasonOf(runtime.run(task as never, 3 as never), "InvalidOutput");
        assert.match(reason.message, /`stream` instead of `run`/);
      }
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "results/stream-of-value",
    title: "streaming a task that gives a value is InvalidOutput",
    guarantees: ["R1"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      for (const task of [Plain.double, Plain.later, Effects.add]) {
        const values = runtime.stream(task as never, 3 as never);
        const reason = yield* reasonOf(Stream.runCollect(values), "InvalidOutput");
        assert.match(reason.message, /`run` instead of `stream`/);
      }
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "results/many",
    title: "many calls at once each get their own value",
    guarantees: ["R2"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const inputs = Array.from({ length: 200 }, (_, i) => i);
      const outputs = yield* Effect.forEach(inputs, (n) => runtime.run(Plain.double, n), {
        concurrency: "unbounded",
      });
      assert.deepEqual(
        outputs,
        inputs.map((n) => n * 2),
      );
    }),
  },
  {
    id: "results/once",
    title: "the body of a call runs once, however it is called",
    guarantees: ["R2", "W2"],
    run: Effect.fnUntraced(function* ({ marks, path, promised, runtime }) {
      const file = path("marks");
      yield* runtime.run(Plain.mark, { file, text: "run" });
      const handle = yield* runtime.submit(Plain.mark, { file, text: "submit" });
      yield* handle.await;
      yield* handle.await;
      yield* Stream.runDrain(runtime.map(Plain.mark, [{ file, text: "map" }]));
      yield* Effect.promise(() => promised.run(Plain.mark, { file, text: "promise" }));
      assert.deepEqual(marks(file), ["run", "submit", "map", "promise"]);
    }),
  },
  {
    id: "results/unit",
    title: "the context tells where and as what the body runs",
    guarantees: ["R3"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const { attempt, id, lane, pid, threadId } = yield* runtime.run(Plain.whereabouts, 0);
      assert.equal(attempt, 1);
      assert.equal(typeof id, "string");
      assert.ok(lane.startsWith(`${runtime.name}/`), lane);
      assert.equal(pid === process.pid, runtime.capabilities.isolation !== "process");
      assert.ok(Number.isInteger(threadId));
    }),
  },
  {
    id: "results/id",
    title: "a body is told the id that its handle has, and no two jobs have the same",
    guarantees: ["R3", "R5"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const handles = yield* Effect.forEach(upTo(100), () => runtime.submit(Plain.whereabouts, 0));
      const ids = handles.map(({ id }) => id);
      assert.equal(new Set(ids).size, 100);
      const told = yield* awaitAll(handles);
      assert.deepEqual(
        told.map(({ id }) => id),
        ids,
      );
    }),
  },
  {
    id: "results/same-name",
    title: "two tasks of one name from two modules are two tasks",
    guarantees: ["R6"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const values = yield* Effect.forEach(
        upTo(8),
        (n) => runtime.run(n % 2 === 0 ? Told.namesake : ToldTwin.namesake, n),
        { concurrency: "unbounded" },
      );
      assert.deepEqual(
        values,
        upTo(8).map((n) => `${n % 2 === 0 ? "told" : "twin"} ${n}`),
      );
    }),
  },
  {
    id: "results/off-the-loop",
    title: "an isolated body leaves the caller's event loop free",
    guarantees: ["R4"],
    needs: ["isolation"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const { pid, threadId } = yield* runtime.run(Plain.whereabouts, 0);
      assert.ok(pid !== process.pid || threadId !== 0);
    }),
  },
];
