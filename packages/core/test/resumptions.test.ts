/**
 * When fibers go on whose calls have ended.
 */
import { assert, describe, it } from "@effect/vitest";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";

import { Resumptions } from "../src/internal/resumptions.ts";
import * as Runtime from "../src/Runtime.ts";
import * as Task from "../src/Task.ts";
import { manual, type ManualJob } from "./manual.ts";

const task = Task.make({ name: "apart", module: import.meta.url, body: (n: number) => n });

const inBackground = { startImmediately: true } as const;

const open = (isolation: "none" | "isolate") => {
  const { adapter, jobs } = manual();
  const capabilities = { ...adapter.capabilities, isolation, parallelism: 2 };
  return { runtime: Runtime.make({ ...adapter, capabilities }), jobs };
};

const inputsOf = (jobs: ReadonlyArray<ManualJob>): ReadonlyArray<unknown> => jobs.map(({ job }) => job.input);

/** Two fibers that each make one call after the other; the first two calls have started. */
const twoInARow = (isolation: "none" | "isolate") =>
  Effect.gen(function* () {
    const { jobs, runtime } = open(isolation);
    const twice = (first: number) =>
      Effect.flatMap(runtime.run(task, first), (n) => runtime.run(task, n + 10));
    const fiber = yield* Effect.forkChild(
      Effect.forEach([1, 2], twice, { concurrency: "unbounded" }),
      inBackground,
    );
    for (const job of jobs) job.start();
    return { fiber, jobs };
  });

const microtasks = Effect.promise(() => Promise.resolve());

describe("fibers whose calls end together", () => {
  it.effect.each(["isolate", "none"] as const)(
    "go on together, in the order of the ends, once all of those were told: isolation %s",
    (isolation) =>
      Effect.gen(function* () {
        const { fiber, jobs } = yield* twoInARow(isolation);
        const [first, second] = jobs;
        second!.succeed(2);
        first!.succeed(1);
        assert.deepStrictEqual(inputsOf(jobs), [1, 2]);
        yield* microtasks;
        assert.deepStrictEqual(inputsOf(jobs), [1, 2, 12, 11]);
        for (const job of jobs.slice(2)) job.start().succeed(job.job.input);
        assert.deepStrictEqual(yield* Fiber.join(fiber), [11, 12]);
      }),
  );

  it.effect("are all counted before one of them goes on", () =>
    Effect.gen(function* () {
      const { jobs, runtime } = open("isolate");
      const seen = yield* Deferred.make<number>();
      const look = Effect.flatMap(runtime.stats, ({ succeeded }) => Deferred.succeed(seen, succeeded));
      yield* Effect.forkChild(Effect.andThen(runtime.run(task, 1), look), inBackground);
      yield* Effect.forkChild(runtime.run(task, 2), inBackground);
      for (const job of jobs) job.start().succeed(0);
      assert.strictEqual(yield* Deferred.await(seen), 2);
    }),
  );
});

describe("a fiber that is interrupted between the end of its call and its next step", () => {
  it.effect("is interrupted, and does not go on", () =>
    Effect.gen(function* () {
      const { jobs, runtime } = open("isolate");
      let steps = 0;
      const step = Effect.sync(() => steps++);
      const fiber = yield* Effect.forkChild(Effect.tap(runtime.run(task, 1), step), inBackground);
      jobs[0]!.start().succeed(1);
      fiber.interruptUnsafe();
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)));
      yield* microtasks;
      assert.strictEqual(steps, 0);
      assert.strictEqual(jobs[0]!.cancels, 0);
      assert.strictEqual((yield* runtime.stats).succeeded, 1);
    }),
  );

  it.effect("is interrupted as well where its call is detached", () =>
    Effect.gen(function* () {
      const { jobs, runtime } = open("isolate");
      const fiber = yield* Effect.forkChild(runtime.run(task, 1, { detached: true }), inBackground);
      jobs[0]!.start().succeed(1);
      fiber.interruptUnsafe();
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)));
      assert.strictEqual((yield* runtime.stats).succeeded, 1);
    }),
  );
});

describe("a fiber that waits for its call to stop", () => {
  it.effect("goes on when the end has come, not before", () =>
    Effect.gen(function* () {
      const { jobs, runtime } = open("isolate");
      const fiber = yield* Effect.forkChild(runtime.run(task, 1), inBackground);
      jobs[0]!.start();
      fiber.interruptUnsafe();
      yield* microtasks;
      assert.strictEqual(jobs[0]!.cancels, 1);
      assert.isUndefined(fiber.pollUnsafe());
      jobs[0]!.stop();
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)));
    }),
  );
});

describe("resumptions", () => {
  const throwing = (thrown: unknown) => ({
    resumeNow: () => {
      throw thrown;
    },
  });

  /** What nobody caught while the microtasks ran. */
  const uncaughtIn = async (act: () => void): Promise<ReadonlyArray<unknown>> => {
    const uncaught: Array<unknown> = [];
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => uncaught.push(error));
    try {
      act();
      await new Promise((done) => setImmediate(done));
      return uncaught;
    } finally {
      process.removeAllListeners("uncaughtException");
      for (const other of others) process.on("uncaughtException", other);
    }
  };

  it("go on behind one that throws, in their order, and tell what it threw", async () => {
    const resumptions = new Resumptions();
    const order: Array<string> = [];
    const named = (name: string) => ({ resumeNow: () => void order.push(name) });
    const first = {
      resumeNow: () => {
        order.push("first");
        resumptions.add(named("added meanwhile"));
      },
    };
    const problems = [new Error("one"), new Error("two")];
    const uncaught = await uncaughtIn(() => {
      for (const each of [first, throwing(problems[0]), named("second"), throwing(problems[1])])
        resumptions.add(each);
    });
    assert.deepStrictEqual(order, ["first", "second", "added meanwhile"]);
    assert.deepStrictEqual(uncaught, problems);
    resumptions.add(named("later"));
    await Promise.resolve();
    assert.strictEqual(order.at(-1), "later");
  });
});
