import { MessageChannel } from "node:worker_threads";

import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as TestClock from "effect/testing/TestClock";

import * as Promised from "../src/Promised.ts";
import * as Runtime from "../src/Runtime.ts";
import { RuntimeError } from "../src/RuntimeError.ts";
import * as Task from "../src/Task.ts";
import * as Timers from "../src/Timers.ts";
import { manual } from "./manual.ts";
import { double } from "./tasks.ts";

const reasonOf = (fiber: Fiber.Fiber<unknown, unknown>) =>
  Effect.map(Effect.flip(Fiber.join(fiber)), (error) =>
    error instanceof RuntimeError ? error.reason._tag : error,
  );

describe("deadlines", () => {
  it.effect("queueTimeout ends a job that waits for too long, and lets a started one be", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter);
      const options = { queueTimeout: "1 second" } as const;
      const waits = yield* Effect.forkChild(runtime.run(double, 1, options), { startImmediately: true });
      const runs = yield* Effect.forkChild(runtime.run(double, 2, options), { startImmediately: true });
      jobs[1]!.start();
      yield* TestClock.adjust("1 second");
      assert.deepStrictEqual([jobs[0]!.cancels, jobs[1]!.cancels], [1, 0]);
      jobs[0]!.stop();
      assert.strictEqual(yield* reasonOf(waits), "QueueTimeout");
      jobs[1]!.succeed(4);
      assert.strictEqual(yield* Fiber.join(runs), 4);
    }),
  );

  it.effect("a job that waits outside of a full queue is refused after its queueTimeout as well", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter, { places: 1, maxQueue: 0 });
      yield* Effect.forkChild(runtime.run(double, 1), { startImmediately: true });
      const waits = yield* Effect.forkChild(runtime.run(double, 2, { queueTimeout: 50 }), {
        startImmediately: true,
      });
      yield* TestClock.adjust(50);
      assert.strictEqual(yield* reasonOf(waits), "QueueTimeout");
      assert.strictEqual(jobs.length, 1);
      jobs[0]!.start().succeed();
    }),
  );

  it.effect("timeout and queueTimeout are two things: waiting does not shorten the work", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter);
      const fiber = yield* Effect.forkChild(runtime.run(double, 1, { timeout: 100, queueTimeout: 1000 }), {
        startImmediately: true,
      });
      yield* TestClock.adjust(900);
      jobs[0]!.start();
      yield* TestClock.adjust(99);
      assert.strictEqual(jobs[0]!.cancels, 0);
      yield* TestClock.adjust(1);
      assert.strictEqual(jobs[0]!.cancels, 1);
      jobs[0]!.stop();
      assert.strictEqual(yield* reasonOf(fiber), "TaskTimeout");
    }),
  );

  it.effect("a call that a body makes ends at the deadline of the call above, though it waits", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter);
      const above = yield* Effect.forkChild(runtime.run(double, 1, { timeout: 100 }), {
        startImmediately: true,
      });
      const [outer] = jobs;
      outer!.start();
      const below = yield* Effect.forkChild(outer!.job.nest(outer!.job), { startImmediately: true });
      assert.strictEqual(jobs[1]!.job.envelope.deadlineEpochMillis, 100);
      assert.strictEqual(jobs[1]!.job.depth, 1);
      yield* TestClock.adjust(100);
      assert.deepStrictEqual([outer!.cancels, jobs[1]!.cancels], [1, 1]);
      jobs[1]!.stop();
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(below)));
      outer!.stop();
      assert.strictEqual(yield* reasonOf(above), "TaskTimeout");
    }),
  );

  it.effect("a nested call bypasses a full queue and a drain, or the call above could never end", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter, { places: 1, maxQueue: 0, whenFull: "reject" });
      const above = yield* Effect.forkChild(runtime.run(double, 1), { startImmediately: true });
      jobs[0]!.start();
      const drained = yield* Effect.forkChild(runtime.drain, { startImmediately: true });
      const below = yield* Effect.forkChild(jobs[0]!.job.nest(jobs[0]!.job), { startImmediately: true });
      jobs[1]!.start().succeed(7);
      assert.deepStrictEqual(yield* Fiber.join(below), { _tag: "Success", value: 7 });
      jobs[0]!.succeed(8);
      assert.strictEqual(yield* Fiber.join(above), 8);
      yield* Fiber.join(drained);
    }),
  );

  it.effect("without end are none, also for what the body calls", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter);
      const options = { timeout: "Infinity", queueTimeout: Number.POSITIVE_INFINITY } as const;
      const fiber = yield* Effect.forkChild(runtime.run(double, 1, options), { startImmediately: true });
      const { job } = jobs[0]!.start();
      assert.strictEqual(job.timeoutMillis, undefined);
      const { emit, envelope, input, mode, priority, task, timeoutMillis, transfer } = job;
      const started = (): void => undefined;
      const asked = { emit, envelope, input, mode, priority, started, task, timeoutMillis, transfer };
      yield* Effect.forkChild(job.nest(asked), { startImmediately: true });
      const nested = jobs[1]!.start();
      assert.strictEqual(nested.job.envelope.deadlineEpochMillis, undefined);
      nested.succeed();
      jobs[0]!.succeed(2);
      assert.strictEqual(yield* Fiber.join(fiber), 2);
    }),
  );
});

describe("a program that held its own loop", () => {
  const holdLoop = (millis: number): void => {
    const end = performance.now() + millis;
    while (performance.now() < end);
  };

  it("takes an answer that came in time, where bodies run elsewhere", async () => {
    const { adapter, jobs } = manual();
    const isolated = { ...adapter, capabilities: { ...adapter.capabilities, isolation: "isolate" as const } };
    const runtime = Promised.fromService(Runtime.make(isolated));
    const task = Task.make({ name: "elsewhere", module: import.meta.url, body: (n: number) => n });
    const result = runtime.run(task, 1, { timeout: 20 });
    jobs[0]!.start();
    // The answer lies in the port when the timer fires: it is delivered before the next setImmediate.
    const { port1, port2 } = new MessageChannel();
    port2.once("message", () => jobs[0]!.succeed(7));
    port1.postMessage("done");
    holdLoop(60);
    assert.strictEqual(await result, 7);
    port1.close();
  });

  it("is told of a timeout when there is no answer", async () => {
    const { adapter, jobs } = manual();
    const isolated = { ...adapter, capabilities: { ...adapter.capabilities, isolation: "isolate" as const } };
    const runtime = Promised.fromService(Runtime.make(isolated));
    const task = Task.make({ name: "elsewhere", module: import.meta.url, body: (n: number) => n });
    const result = runtime.run(task, 1, { timeout: 20 }).catch((error: unknown) => error);
    jobs[0]!.start();
    while (jobs[0]!.cancels === 0) await new Promise((resolve) => setImmediate(resolve));
    jobs[0]!.stop();
    const error = await result;
    assert.isTrue(error instanceof RuntimeError && error.reason._tag === "TaskTimeout");
  });
});

describe("timers", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("hold beyond 2^31 ms, where setTimeout fires at once", () => {
    const longMillis = 2 ** 31 + 5;
    let fired = 0;
    Timers.after(longMillis, () => fired++);
    vi.advanceTimersByTime(longMillis - 1);
    assert.strictEqual(fired, 0);
    vi.advanceTimersByTime(1);
    assert.strictEqual(fired, 1);
  });

  it("can be taken back in every step, and never fire for Infinity", () => {
    let fired = 0;
    const stop = Timers.after(2 ** 32, () => fired++);
    Timers.after(Number.POSITIVE_INFINITY, () => fired++);
    vi.advanceTimersByTime(2 ** 31);
    stop();
    vi.advanceTimersByTime(2 ** 33);
    assert.strictEqual(fired, 0);
    assert.strictEqual(vi.getTimerCount(), 0);
  });
});
