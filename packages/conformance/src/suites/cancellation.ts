/**
 * Cancelling completes when the body has really stopped, and harms nobody else.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";

import type { Case } from "../Case.ts";
import * as Effects from "../fixtures/tasks/effects.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { assertIdle, assertInterrupted, begun, fill, marked } from "../internal/expect.ts";

export const cancellation: ReadonlyArray<Case> = [
  {
    id: "cancellation/queued",
    title: "a queued job that is cancelled never starts",
    guarantees: ["C1"],
    run: Effect.fnUntraced(function* (env) {
      const [file, marks] = [env.path("gate"), env.path("marks")];
      const blockers = yield* fill(env, file, env.size);
      const doomed = yield* env.runtime.submit(Plain.mark, { file: marks, text: "doomed" });
      const next = yield* env.runtime.submit(Plain.mark, { file: marks, text: "next" });
      assert.equal(yield* doomed.status, "queued");
      yield* doomed.cancel;
      assert.equal(yield* doomed.status, "ended");
      yield* assertInterrupted(doomed.await);
      env.open(file);
      for (const blocker of blockers) assert.equal(yield* blocker.await, "opened");
      yield* next.await;
      assert.deepEqual(env.marks(marks), ["next"]);
      assert.ok(!env.events.some(({ _tag, id }) => _tag === "JobStarted" && id === doomed.id));
    }),
  },
  {
    id: "cancellation/all-queued",
    title: "cancelling every other queued job leaves the rest in order",
    guarantees: ["C1", "O1"],
    run: Effect.fnUntraced(function* (env) {
      const [file, marks] = [env.path("gate"), env.path("marks")];
      yield* fill(env, file, env.size);
      const handles = yield* Effect.forEach(
        Array.from({ length: 20 }, (_, i) => i),
        (i) => env.runtime.submit(Plain.mark, { file: marks, text: String(i) }),
      );
      yield* Effect.forEach(
        handles.filter((_, i) => i % 2 === 0),
        (handle) => handle.cancel,
      );
      env.open(file);
      yield* Effect.forEach(
        handles.filter((_, i) => i % 2 === 1),
        (handle) => handle.await,
      );
      const started = env.events.filter(({ _tag, task }) => _tag === "JobStarted" && task === "plain/mark");
      assert.deepEqual(
        started.map(({ id }) => id),
        handles.filter((_, i) => i % 2 === 1).map(({ id }) => id),
      );
      assert.equal(env.marks(marks).length, 10);
    }),
  },
  {
    id: "cancellation/signal",
    title: "a running body is told by its signal, and waited for",
    guarantees: ["C2"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      const handle = yield* runtime.submit(Plain.hold, { file, text: "held" });
      yield* begun(handle);
      assert.equal(yield* handle.status, "running");
      yield* handle.cancel;
      assert.deepEqual(marks(file), ["held aborted=true cancelled=true"]);
      yield* assertInterrupted(handle.await);
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "cancellation/interrupted-run",
    title: "interrupting the caller of `run` cancels the body and waits for it",
    guarantees: ["C2"],
    run: Effect.fnUntraced(function* (env) {
      const { events, marks, path, runtime } = env;
      const [file, noted] = [path("marks"), path("begun")];
      const fiber = yield* Effect.forkChild(runtime.run(Plain.hold, { file, text: "held", begun: noted }), {
        startImmediately: true,
      });
      yield* marked(env, noted);
      yield* Fiber.interrupt(fiber);
      assert.deepEqual(marks(file), ["held aborted=true cancelled=true"]);
      assert.deepEqual(
        events.map((event) => (event._tag === "JobEnded" ? event.outcome : event._tag)),
        ["JobStarted", "Interrupted"],
      );
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "cancellation/poll",
    title: "a synchronous loop sees isCancelled at once where memory is shared",
    guarantees: ["C2"],
    needs: ["isolation", "sharedMemory"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      const handle = yield* runtime.submit(Plain.poll, { file, text: "seen" });
      yield* begun(handle);
      yield* handle.cancel;
      assert.deepEqual(marks(file), ["seen"]);
      const workers = (yield* runtime.stats).workers.filter(({ state }) => state === "idle");
      assert.ok(workers.length > 0, "the worker was killed although its body stopped by itself");
    }),
  },
  {
    id: "cancellation/generator",
    title: "a generator body is returned: its finally blocks run to their end, though they yield",
    guarantees: ["C2"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      const handle = yield* runtime.submit(Plain.endlessSteps, { file, text: "returned" });
      yield* begun(handle);
      yield* handle.cancel;
      assert.deepEqual(marks(file), ["returned"]);
      yield* assertInterrupted(handle.await);
    }),
  },
  {
    id: "cancellation/finalizers",
    title: "the finalizers of an Effect body run and are awaited",
    guarantees: ["C2"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      const handle = yield* runtime.submit(Effects.finalized, { file, text: "finalized" });
      yield* begun(handle);
      yield* handle.cancel;
      assert.deepEqual(marks(file), ["finalized"]);
      yield* assertInterrupted(handle.await);
    }),
  },
  {
    id: "cancellation/force",
    title:
      "a body that looks at nothing is killed after the grace; its neighbour and the next call are unharmed",
    guarantees: ["C3"],
    needs: ["forceKill"],
    run: Effect.fnUntraced(function* ({ open, path, runtime, size }) {
      const file = path("gate");
      const neighbours = yield* Effect.forEach(Array.from({ length: size - 1 }), () =>
        runtime.submit(Plain.gate, file),
      );
      yield* Effect.forEach(neighbours, begun);
      const handle = yield* runtime.submit(Plain.stubborn, 0);
      yield* begun(handle);
      const start = performance.now();
      yield* handle.cancel;
      yield* assertInterrupted(handle.await);
      const tookMillis = performance.now() - start;
      assert.ok(tookMillis < Plain.longestMillis / 2, `it ended by itself, after ${tookMillis} ms`);
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
      open(file);
      for (const neighbour of neighbours) assert.equal(yield* neighbour.await, "opened");
    }),
  },
  {
    id: "cancellation/ended",
    title: "cancelling a job that has ended changes nothing",
    guarantees: ["C5"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const handle = yield* runtime.submit(Plain.double, 21);
      assert.equal(yield* handle.await, 42);
      yield* handle.cancel;
      assert.equal(yield* handle.await, 42);
      assert.equal(yield* handle.status, "ended");
    }),
  },
  {
    id: "cancellation/twice",
    title: "cancelling twice at once is cancelling once",
    guarantees: ["C5"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      const handle = yield* runtime.submit(Plain.hold, { file, text: "held" });
      yield* begun(handle);
      yield* Effect.all([handle.cancel, handle.cancel], { concurrency: 2 });
      assert.equal(marks(file).length, 1);
    }),
  },
  {
    id: "cancellation/scope",
    title: "closing the scope of a submitted job cancels it",
    guarantees: ["C6"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      yield* Effect.scoped(
        Effect.flatMap(runtime.submit(Plain.hold, { file, text: "held" }), (handle) => begun(handle)),
      );
      assert.equal(marks(file).length, 1);
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "cancellation/immediately",
    title: "a job that is cancelled as soon as it is submitted leaves the runtime usable",
    guarantees: ["C2", "C5"],
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      for (let i = 0; i < 10; i++) {
        const handle = yield* runtime.submit(Plain.hold, { file: path("marks"), text: "x" });
        yield* handle.cancel;
        yield* assertInterrupted(handle.await);
      }
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
];
