/**
 * Opening, counting and closing.
 */
import assert from "node:assert/strict";

import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";

import type { Case } from "../Case.ts";
import * as Effects from "../fixtures/tasks/effects.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Thrown from "../fixtures/tasks/thrown.ts";
import { begun, defectOf, isIsolated, turn, upTo } from "../internal/expect.ts";

const distinct = (items: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(items)].toSorted();

export const lifecycle: ReadonlyArray<Case> = [
  {
    id: "lifecycle/stats",
    title: "stats are true before, during and after",
    guarantees: ["Q3"],
    run: Effect.fnUntraced(function* ({ open, path, runtime, size }) {
      const none = { queued: 0, waiting: 0, running: 0, succeeded: 0, failed: 0, interrupted: 0 };
      const { workers: _, ...before } = yield* runtime.stats;
      assert.deepEqual(before, none);
      const file = path("gate");
      const handles = yield* Effect.forEach(Array.from({ length: size + 2 }), () =>
        runtime.submit(Plain.gate, file),
      );
      yield* Effect.forEach(handles.slice(0, size), begun);
      const { workers: busy, ...during } = yield* runtime.stats;
      assert.deepEqual(during, { ...none, queued: 2, running: size });
      assert.ok(busy.length <= size);
      assert.ok(busy.every(({ state }) => state === "busy"));
      yield* handles[size + 1]!.cancel;
      open(file);
      yield* Effect.forEach(handles.slice(0, size + 1), (handle) => handle.await);
      yield* defectOf(runtime.run(Thrown.throws, "range"));
      const { workers, ...after } = yield* runtime.stats;
      assert.deepEqual(after, { ...none, succeeded: size + 1, failed: 1, interrupted: 1 });
      assert.ok(workers.every(({ state }) => state === "idle"));
      if (isIsolated(runtime.capabilities)) {
        const completed = workers.reduce((sum, worker) => sum + worker.completed, 0);
        assert.equal(completed, size + 2);
      }
    }),
  },
  {
    id: "lifecycle/no-more-than-size",
    title: "no more bodies run at a time than the runtime is large",
    guarantees: ["Q2"],
    run: Effect.fnUntraced(function* ({ open, path, runtime, size }) {
      const file = path("gate");
      const handles = yield* Effect.forEach(Array.from({ length: size * 3 }), () =>
        runtime.submit(Plain.gate, file),
      );
      yield* Effect.forEach(handles.slice(0, size), begun);
      // One too many may begin a little later, where bodies share this loop.
      for (let turns = 0; turns < 20; turns++) {
        const { running, workers } = yield* runtime.stats;
        assert.equal(running, size);
        assert.ok(workers.length <= size);
        yield* turn;
      }
      open(file);
      yield* Effect.forEach(handles, (handle) => handle.await);
    }),
  },
  {
    id: "lifecycle/started-unit",
    title: "an observer is told of the unit that runs the body, as the body itself is",
    guarantees: ["L5", "R3"],
    shares: true,
    run: Effect.fnUntraced(function* ({ events, runtime, size }) {
      const calls = upTo(2 * size).map(() => runtime.run(Plain.whereabouts, 0));
      for (const { attempt, id, ...unit } of yield* Effect.all(calls, { concurrency: "unbounded" })) {
        const told = events.filter((event) => event.id === id);
        assert.deepEqual(
          told.map((event) => [event._tag, event.attempt, "unit" in event && event.unit]),
          ["JobStarted", "JobEnded"].map((tag) => [tag, attempt, unit]),
        );
      }
    }),
  },
  {
    id: "lifecycle/lazy",
    title: "a runtime that is opened and closed without work ends at once",
    guarantees: ["L1"],
    run: Effect.fnUntraced(function* ({ close, runtime }) {
      assert.deepEqual((yield* runtime.stats).queued, 0);
      yield* close;
    }),
  },
  {
    id: "lifecycle/close-lets-end",
    title: "closing lets accepted jobs end",
    guarantees: ["L1"],
    run: Effect.fnUntraced(function* ({ close, path, runtime, open, size }) {
      const file = path("gate");
      const handles = yield* Effect.forEach(Array.from({ length: size + 1 }), () =>
        runtime.submit(Plain.gate, file),
      );
      yield* Effect.forEach(handles.slice(0, size), begun);
      open(file);
      yield* close;
      for (const handle of handles) assert.equal(yield* handle.await, "opened");
    }),
  },
  {
    id: "lifecycle/close-starting",
    title: "closing while the first worker starts leaves nothing behind",
    guarantees: ["L1"],
    run: Effect.fnUntraced(function* ({ close, runtime }) {
      const handle = yield* runtime.submit(Plain.double, 21);
      yield* close;
      // It depends on the machine whether the worker starts within the runtime's closeTimeout.
      const exit = yield* Effect.exit(handle.await);
      if (Exit.isSuccess(exit)) assert.equal(exit.value, 42);
      else assert.ok(Cause.hasInterruptsOnly(exit.cause));
    }),
  },
  {
    id: "lifecycle/layer",
    title: "the layer of a task is released when the runtime closes, and built once per worker",
    guarantees: ["L4"],
    run: Effect.fnUntraced(function* ({ close, marks, path, runtime, size }) {
      const file = path("marks");
      const calls = Array.from({ length: size * 4 });
      const used = yield* Effect.forEach(calls, () => runtime.run(Effects.useResource, file), {
        concurrency: "unbounded",
      });
      const pairs = distinct(used.map(({ id, lane }) => `${id} ${lane}`));
      assert.equal(pairs.length, distinct(used.map(({ lane }) => lane)).length);
      yield* close;
      const released = marks(file).map((text) => text.replace("released ", ""));
      assert.deepEqual(released.toSorted(), distinct(used.map(({ id }) => id)));
    }),
  },
  {
    id: "lifecycle/events",
    title: "the observer is told of each start and each end, with the outcome",
    guarantees: ["L5"],
    run: Effect.fnUntraced(function* ({ events, runtime }) {
      yield* runtime.run(Plain.double, 1);
      yield* Effect.exit(runtime.run(Thrown.throws, "range"));
      yield* Effect.exit(runtime.run(Effects.refuse, -1));
      yield* Effect.exit(runtime.run(Plain.count as never, 1 as never));
      assert.deepEqual(
        events.map((event) => (event._tag === "JobEnded" ? event.outcome : event.task)),
        [
          "plain/double",
          "Success",
          "thrown/throws",
          "Defect",
          "effects/refuse",
          "Failure",
          "plain/count",
          "InvalidOutput",
        ],
      );
      for (const event of events) {
        assert.equal(event.attempt, 1);
        if (event._tag === "JobEnded") assert.ok(event.queuedMillis >= 0 && event.runMillis >= 0);
      }
    }),
  },
  {
    id: "lifecycle/detached",
    title: "a detached job goes on when its caller is interrupted, who does not wait for it",
    guarantees: ["C6"],
    run: Effect.fnUntraced(function* ({ happened, open, path, runtime }) {
      const file = path("gate");
      const call = runtime.run(Plain.gate, file, { detached: true });
      const caller = yield* Effect.forkChild(call, { startImmediately: true });
      yield* happened(({ _tag }) => _tag === "JobStarted");
      yield* Fiber.interrupt(caller);
      assert.equal((yield* runtime.stats).running, 1);
      open(file);
      const ended = yield* happened(({ _tag }) => _tag === "JobEnded");
      assert.equal(ended._tag === "JobEnded" && ended.outcome, "Success");
    }),
  },
  {
    id: "lifecycle/handle",
    title: "a handle shows its job",
    guarantees: ["R5"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const handle = yield* runtime.submit(Plain.double, 1);
      yield* handle.await;
      assert.equal(String(handle), `<Job #${handle.id} plain/double on ${runtime.name}, ended>`);
    }),
  },
];
