import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Schedule from "effect/Schedule";
import * as TestClock from "effect/testing/TestClock";

import * as Events from "../src/Events.ts";
import * as Runtime from "../src/Runtime.ts";
import * as RuntimeError from "../src/RuntimeError.ts";
import { lost, manual } from "./manual.ts";
import { double } from "./tasks.ts";

const twice = { retry: Schedule.recurs(2) };

describe("retry", () => {
  it.effect("repeats what the runtime lost, with a new attempt each, and ends once", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter);
      const events: Array<Events.Event> = [];
      const fiber = yield* runtime.run(double, 1, twice).pipe(
        Effect.provideService(Events.Observer, (event) => void events.push(event)),
        Effect.forkChild({ startImmediately: true }),
      );
      jobs[0]!.start().lose();
      yield* TestClock.adjust(0);
      jobs[1]!.start().lose(new RuntimeError.OutOfMemory({ lane: "manual/0", attempt: 2 }));
      yield* TestClock.adjust(0);
      jobs[2]!.start().succeed(2);
      assert.strictEqual(yield* Fiber.join(fiber), 2);
      assert.deepStrictEqual(
        jobs.map(({ job }) => [job.id, job.attempt]),
        [1, 2, 3].map((attempt) => [jobs[0]!.job.id, attempt]),
      );
      assert.deepStrictEqual(
        events.map(({ _tag, attempt }) => [_tag, attempt]),
        [
          ["JobStarted", 1],
          ["JobStarted", 2],
          ["JobStarted", 3],
          ["JobEnded", 3],
        ],
      );
      assert.deepInclude(yield* runtime.stats, { queued: 0, running: 0, succeeded: 1, failed: 0 });
    }),
  );

  it.effect("gives up when the schedule does, with the last error", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const fiber = yield* Effect.forkChild(
        Runtime.make(adapter).run(double, 1, { retry: Schedule.recurs(1) }),
        {
          startImmediately: true,
        },
      );
      jobs[0]!.start().lose();
      yield* TestClock.adjust(0);
      jobs[1]!.start().lose(lost(2));
      const error = yield* Effect.flip(Fiber.join(fiber));
      assert.deepInclude(error.reason, { _tag: "WorkerLost", attempt: 2 });
    }),
  );

  it.effect("never repeats unasked, nor what would fail again", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter);
      const unasked = yield* Effect.forkChild(runtime.run(double, 1), { startImmediately: true });
      jobs[0]!.start().lose();
      assert.strictEqual((yield* Effect.flip(Fiber.join(unasked))).reason._tag, "WorkerLost");
      const quarantined = yield* Effect.forkChild(runtime.run(double, 1, twice), { startImmediately: true });
      jobs[1]!.lose(new RuntimeError.Quarantined({ kills: 3, lastDeath: "SIGKILL", retryAfterMillis: 1 }));
      assert.strictEqual((yield* Effect.flip(Fiber.join(quarantined))).reason._tag, "Quarantined");
      assert.strictEqual(jobs.length, 2);
    }),
  );

  it.effect("pauses as the schedule says; a call that is cancelled in the pause ends at once", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter);
      const fiber = yield* Effect.forkChild(runtime.run(double, 1, { retry: Schedule.spaced("1 minute") }), {
        startImmediately: true,
      });
      jobs[0]!.start().lose();
      yield* TestClock.adjust("59 seconds");
      assert.deepStrictEqual([jobs.length, (yield* runtime.stats).queued], [1, 1]);
      yield* TestClock.adjust("1 second");
      jobs[1]!.start().lose();
      yield* Fiber.interrupt(fiber);
      yield* TestClock.adjust("1 hour");
      assert.strictEqual(jobs.length, 2);
      assert.deepInclude(yield* runtime.stats, { queued: 0, running: 0, interrupted: 1 });
    }),
  );

  it.effect("tries a full queue again", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter, { places: 1, maxQueue: 0, whenFull: "reject" });
      const first = yield* Effect.forkChild(runtime.run(double, 1), { startImmediately: true });
      const second = yield* Effect.forkChild(runtime.run(double, 2, { retry: Schedule.spaced(10) }), {
        startImmediately: true,
      });
      jobs[0]!.start().succeed(2);
      yield* Fiber.join(first);
      yield* TestClock.adjust(10);
      jobs[1]!.start().succeed(4);
      assert.strictEqual(yield* Fiber.join(second), 4);
    }),
  );
});

describe("detached", () => {
  it.effect("a detached job goes on when its caller is interrupted", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter);
      const fiber = yield* Effect.forkChild(runtime.run(double, 1, { detached: true }), {
        startImmediately: true,
      });
      jobs[0]!.start();
      yield* Fiber.interrupt(fiber);
      assert.deepStrictEqual([jobs[0]!.cancels, (yield* runtime.stats).running], [0, 1]);
      jobs[0]!.succeed(2);
      assert.strictEqual((yield* runtime.stats).succeeded, 1);
    }),
  );

  it.effect("a detached handle outlives its scope and can still be cancelled", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter);
      const handle = yield* Effect.scoped(runtime.submit(double, 1, { detached: true }));
      jobs[0]!.start();
      assert.strictEqual(yield* handle.status, "running");
      const cancelled = yield* Effect.forkChild(handle.cancel, { startImmediately: true });
      assert.strictEqual(jobs[0]!.cancels, 1);
      jobs[0]!.stop();
      yield* Fiber.join(cancelled);
      assert.strictEqual(yield* handle.status, "ended");
    }),
  );
});
