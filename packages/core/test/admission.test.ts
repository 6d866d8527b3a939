import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";

import * as Promised from "../src/Promised.ts";
import * as Runtime from "../src/Runtime.ts";
import { manual } from "./manual.ts";
import { double } from "./tasks.ts";

const tagOf = (effect: Effect.Effect<unknown, unknown>) =>
  Effect.map(
    Effect.flip(effect),
    (error) => (error as { readonly reason: { readonly _tag: string } }).reason._tag,
  );

describe("maxQueue", () => {
  it.effect("refuses a job too many at once, and takes jobs again when there is room", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter, { places: 1, maxQueue: 1, whenFull: "reject" });
      const first = yield* Effect.forkChild(runtime.run(double, 1), { startImmediately: true });
      const second = yield* Effect.forkChild(runtime.run(double, 2), { startImmediately: true });
      assert.strictEqual(yield* tagOf(runtime.run(double, 3)), "QueueFull");
      jobs[0]!.start().succeed(2);
      assert.strictEqual(yield* Fiber.join(first), 2);
      const third = yield* Effect.forkChild(runtime.run(double, 3), { startImmediately: true });
      jobs[1]!.start().succeed(4);
      jobs[2]!.start().succeed(6);
      assert.deepStrictEqual(yield* Fiber.joinAll([second, third]), [4, 6]);
    }),
  );

  it.effect("lets jobs wait outside in order, and nothing of them reaches the adapter before", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter, { places: 1, maxQueue: 0 });
      const fibers = yield* Effect.forEach([1, 2, 3], (n) =>
        Effect.forkChild(runtime.run(double, n), { startImmediately: true }),
      );
      assert.deepStrictEqual([jobs.length, (yield* runtime.stats).waiting], [1, 2]);
      for (const index of [0, 1, 2]) jobs[index]!.start().succeed(jobs[index]!.job.input);
      assert.deepStrictEqual(yield* Fiber.joinAll(fibers), [1, 2, 3]);
      assert.strictEqual((yield* runtime.stats).waiting, 0);
    }),
  );

  it.effect(
    "a job that is cancelled while it waits outside never reaches the adapter, and takes no room",
    () =>
      Effect.gen(function* () {
        const { adapter, jobs } = manual();
        const runtime = Runtime.make(adapter, { places: 1, maxQueue: 0 });
        const start = (n: number) => Effect.forkChild(runtime.run(double, n), { startImmediately: true });
        const first = yield* start(1);
        const second = yield* start(2);
        const third = yield* start(3);
        yield* Fiber.interrupt(second);
        jobs[0]!.start().succeed();
        jobs[1]!.start().succeed();
        yield* Fiber.joinAll([first, third]);
        assert.deepStrictEqual(
          jobs.map(({ job }) => job.input),
          [1, 3],
        );
        assert.deepStrictEqual((yield* runtime.stats).interrupted, 1);
      }),
  );

  it.effect("submit waits until there is room", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter, { places: 1, maxQueue: 0 });
      yield* runtime.submit(double, 1);
      const second = yield* Effect.forkChild(runtime.submit(double, 2), { startImmediately: true });
      assert.strictEqual(second.pollUnsafe(), undefined);
      jobs[0]!.start().succeed();
      const handle = yield* Fiber.join(second);
      jobs[1]!.start().succeed(4);
      assert.strictEqual(yield* handle.await, 4);
    }).pipe(Effect.scoped),
  );

  it("a handle in promises comes at once and tells when it was accepted", async () => {
    const { adapter, jobs } = manual();
    const runtime = Promised.fromService(Runtime.make(adapter, { places: 1, maxQueue: 0 }));
    const [first, second] = [runtime.submit(double, 1), runtime.submit(double, 2)];
    await first.accepted;
    let accepted = false;
    const waiting = second.accepted.then(() => (accepted = true));
    assert.deepStrictEqual([accepted, jobs.length], [false, 1]);
    jobs[0]!.start().succeed();
    await waiting;
    jobs[1]!.start().succeed(4);
    assert.strictEqual(await second.result, 4);
  });

  it.effect("closing settles what waits outside", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter, { places: 1, maxQueue: 0 });
      const fibers = yield* Effect.forEach([1, 2], (n) =>
        Effect.forkChild(runtime.run(double, n), { startImmediately: true }),
      );
      const drained = yield* Effect.forkChild(runtime.drain, { startImmediately: true });
      assert.strictEqual(yield* tagOf(runtime.run(double, 3)), "ShuttingDown");
      assert.strictEqual(drained.pollUnsafe(), undefined);
      jobs[0]!.start().succeed();
      jobs[1]!.start().succeed();
      yield* Fiber.join(drained);
      yield* Fiber.joinAll(fibers);
    }),
  );
});
