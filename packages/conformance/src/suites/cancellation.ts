/**
 * Cancelling completes when the body has really stopped, and harms nobody else.
 */
import * as assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";

import type { Env, Suite } from "../Conformance.ts";
import * as Effects from "../fixtures/tasks/effects.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { assertIdle, assertInterrupted, begun, isIsolated, reasonOf } from "../internal/expect.ts";

/** Fills every place with a body that runs until the file is opened. */
const fill = Effect.fnUntraced(function* ({ runtime, size }: Env, file: string) {
  const blockers = yield* Effect.forEach(Array.from({ length: size }), () =>
    runtime.submit(Plain.gate, file),
  );
  yield* Effect.forEach(blockers, begun);
  return blockers;
});

export const cancellation: Suite = [
  {
    id: "cancellation/queued",
    title: "a queued job that is cancelled never starts",
    run: Effect.fnUntraced(function* (env) {
      const [file, marks] = [env.path("gate"), env.path("marks")];
      const blockers = yield* fill(env, file);
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
    run: Effect.fnUntraced(function* (env) {
      const [file, marks] = [env.path("gate"), env.path("marks")];
      yield* fill(env, file);
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
    run: Effect.fnUntraced(function* ({ events, marks, path, runtime }) {
      const file = path("marks");
      const fiber = yield* Effect.forkChild(runtime.run(Effects.finalized, { file, text: "finalized" }), {
        startImmediately: true,
      });
      // The first job of a worker has begun when one behind it could only wait.
      const handle = yield* runtime.submit(Effects.finalized, { file, text: "second" });
      yield* handle.cancel;
      yield* Fiber.interrupt(fiber);
      assert.ok(marks(file).every((mark) => mark === "finalized" || mark === "second"));
      assert.equal(events.filter(({ _tag }) => _tag === "JobEnded").length, 2);
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "cancellation/poll",
    title: "a synchronous loop sees isCancelled at once where memory is shared",
    needs: (capabilities) => isIsolated(capabilities) && capabilities.sharedMemory,
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
    title: "a generator body is returned: its finally blocks run",
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
    needs: ({ forceKill }) => forceKill,
    run: Effect.fnUntraced(function* ({ open, path, runtime, size }) {
      const file = path("gate");
      const neighbours = yield* Effect.forEach(Array.from({ length: size - 1 }), () =>
        runtime.submit(Plain.gate, file),
      );
      yield* Effect.forEach(neighbours, begun);
      const handle = yield* runtime.submit(Plain.stubborn, 0);
      yield* begun(handle);
      yield* handle.cancel;
      yield* assertInterrupted(handle.await);
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
      open(file);
      for (const neighbour of neighbours) assert.equal(yield* neighbour.await, "opened");
    }),
  },
  {
    id: "cancellation/ended",
    title: "cancelling a job that has ended changes nothing",
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
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      for (let i = 0; i < 10; i++) {
        const handle = yield* runtime.submit(Plain.hold, { file: path("marks"), text: "x" });
        yield* handle.cancel;
        yield* assertInterrupted(handle.await);
      }
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "cancellation/timeout",
    title: "a body that takes longer than its timeout is cancelled: TaskTimeout",
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      const call = runtime.run(Effects.finalized, { file, text: "finalized" }, { timeout: 50 });
      assert.equal((yield* reasonOf(call, "TaskTimeout")).timeoutMillis, 50);
      yield* assertIdle(runtime);
      assert.ok(marks(file).length <= 1);
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "cancellation/timeout-from-start",
    title: "waiting for a place does not count for the timeout",
    run: Effect.fnUntraced(function* (env) {
      const file = env.path("gate");
      yield* fill(env, file);
      const waiting = yield* env.runtime.submit(Plain.later, 21, { timeout: 1000 });
      // The only way to see that time does not count is to let it pass.
      yield* Effect.sleep(1100);
      assert.equal(yield* waiting.status, "queued");
      env.open(file);
      assert.equal(yield* waiting.await, 42);
    }),
  },
];
