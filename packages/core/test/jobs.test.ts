/**
 * What adapters are given, and calls that end while what they called has not.
 */
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Schedule from "effect/Schedule";

import type { Adapter } from "../src/Adapter.ts";
import type { Job, NestedJob } from "../src/Job.ts";
import * as Runtime from "../src/Runtime.ts";
import * as TestRuntime from "../src/testing/TestRuntime.ts";
import { manual } from "./manual.ts";
import { double } from "./tasks.ts";

const dataOf = (job: Job) => {
  const { depth, envelope, id, input, mode, priority, task, timeoutMillis, transfer } = job;
  return { depth, envelope, id, input, mode, priority, task, timeoutMillis, transfer };
};

const inBackground = { startImmediately: true } as const;

describe("a job", () => {
  it.effect("that is executed may be spread and taken apart", () =>
    Effect.gen(function* () {
      const { adapter } = TestRuntime;
      const execute: Adapter["execute"] = ({ emit, nest, started, ...job }) =>
        adapter.execute({ ...job, emit, nest, started, input: 20 });
      assert.strictEqual(yield* Runtime.make({ ...adapter, execute }).run(double, 1), 40);
    }),
  );

  it.effect("that is begun again is the same but for its attempt", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const options = { retry: Schedule.recurs(1), priority: 3, timeout: 5000 };
      const fiber = yield* Effect.forkChild(Runtime.make(adapter).run(double, 21, options), inBackground);
      jobs[0]!.start().lose();
      while (jobs.length < 2) yield* Effect.yieldNow;
      const [first, second] = jobs.map(({ job }) => job);
      assert.deepStrictEqual([first!.attempt, second!.attempt], [1, 2]);
      assert.deepStrictEqual(dataOf(second!), dataOf(first!));
      assert.deepInclude(dataOf(first!), { id: "1", input: 21, priority: 3, timeoutMillis: 5000, depth: 0 });
      jobs[1]!.start().succeed(42);
      assert.strictEqual(yield* Fiber.join(fiber), 42);
    }),
  );
});

/** A call whose body has ended while a call that it made has not: the nested one stops when the test says so. */
const finishing = Effect.gen(function* () {
  const { adapter, jobs } = manual();
  const runtime = Runtime.make(adapter);
  const fiber = yield* Effect.forkChild(runtime.run(double, 1), inBackground);
  const { job } = jobs[0]!.start();
  const asked: NestedJob = { ...dataOf(job), emit: () => Effect.void, started: () => undefined };
  const below = yield* Effect.forkChild(job.nest(asked), inBackground);
  const [above, nested] = [jobs[0]!, jobs[1]!.start()];
  above.succeed(2);
  return { above, asked, below, fiber, jobs, nested, runtime };
});

describe("a call whose body has ended before what it called", () => {
  it.effect("ends when that has stopped, and calls nothing any more", () =>
    Effect.gen(function* () {
      const { above, asked, fiber, jobs, nested, runtime } = yield* finishing;
      assert.strictEqual(nested.cancels, 1);
      assert.strictEqual((yield* runtime.stats).running, 2);
      assert.isTrue(Exit.hasInterrupts(yield* Effect.exit(above.job.nest(asked))));
      assert.lengthOf(jobs, 2);
      nested.stop();
      assert.strictEqual(yield* Fiber.join(fiber), 2);
      const { interrupted, queued, running, succeeded } = yield* runtime.stats;
      assert.deepStrictEqual(
        { interrupted, queued, running, succeeded },
        { interrupted: 1, queued: 0, running: 0, succeeded: 1 },
      );
    }),
  );

  it.effect("can still be cancelled", () =>
    Effect.gen(function* () {
      const { fiber, nested, runtime } = yield* finishing;
      const stopping = yield* Effect.forkChild(Fiber.interrupt(fiber), inBackground);
      nested.stop();
      yield* Fiber.join(stopping);
      const { interrupted, running } = yield* runtime.stats;
      assert.deepStrictEqual({ interrupted, running }, { interrupted: 2, running: 0 });
    }),
  );
});
