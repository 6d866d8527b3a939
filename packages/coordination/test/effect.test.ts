import * as TestRuntime from "@heddle/core/testing/TestRuntime";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as TestClock from "effect/testing/TestClock";
import { describe, expect, it } from "vitest";

import { Lock, Queue, Semaphore } from "../src/index.ts";

const run = <A, E>(program: Effect.Effect<A, E, any>): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.provide(program, TestRuntime.layer())) as Effect.Effect<A, E>);

describe("in Effect", () => {
  it("a lock goes through thousands of fibers that end one another, without a stack for each", async () => {
    const program = Effect.gen(function* () {
      const lock = yield* Lock.make({ maxWaiters: 100_000 });
      let inside = 0;
      const once = Lock.withLock(
        lock,
        Effect.sync(() => ++inside),
      );
      yield* Effect.all(
        Array.from({ length: 20_000 }, () => once),
        { concurrency: "unbounded" },
      );
      return inside;
    });
    expect(await run(program)).toBe(20_000);
  });

  it("interruption leaves the line, and what was granted at that moment goes on", async () => {
    const program = Effect.gen(function* () {
      const lock = yield* Lock.make();
      const queue = yield* Queue.make<number>();
      for (let round = 0; round < 100; round++) {
        const held = yield* Lock.acquire(lock);
        const owner = yield* Effect.forkChild(Lock.acquire(lock));
        const taker = yield* Effect.forkChild(Queue.take(queue));
        yield* Effect.yieldNow;
        yield* Lock.release(lock, held);
        yield* Queue.offer(queue, round);
        const exits = yield* Effect.all([Fiber.interrupt(owner), Fiber.interrupt(taker)]).pipe(
          Effect.andThen(Effect.all([Fiber.await(owner), Fiber.await(taker)])),
        );
        const [ownerExit, takerExit] = exits;
        if (Exit.isSuccess(ownerExit)) yield* Lock.release(lock, ownerExit.value);
        const left = yield* Queue.pollAll(queue);
        const seen = Exit.isSuccess(takerExit) ? [takerExit.value] : left;
        if (seen[0] !== round || (Exit.isSuccess(takerExit) && left.length > 0)) return `round ${round}`;
        if (yield* Lock.isHeld(lock)) return `held after round ${round}`;
      }
      return "nothing lost";
    });
    expect(await run(program)).toBe("nothing lost");
  });

  it("a timeout goes by the clock of the fiber", async () => {
    const program = Effect.gen(function* () {
      const lock = yield* Lock.make();
      yield* Lock.acquire(lock);
      const waits = yield* Effect.forkChild(Effect.flip(Lock.acquire(lock, { timeout: "1 hour" })));
      yield* TestClock.adjust("59 minutes");
      const early = waits.pollUnsafe();
      yield* TestClock.adjust("1 minute");
      const error = yield* Fiber.join(waits);
      return [early, error.reason];
    });
    expect(await run(Effect.provide(program, TestClock.layer()))).toEqual([undefined, "TimedOut"]);
  });

  it("the permits of an interrupted effect are released", async () => {
    const program = Effect.gen(function* () {
      const semaphore = yield* Semaphore.make({ permits: 2 });
      const fiber = yield* Effect.forkChild(Semaphore.withPermits(semaphore, 2, Effect.never));
      yield* Effect.yieldNow;
      const during = yield* Semaphore.available(semaphore);
      yield* Fiber.interrupt(fiber);
      return [during, yield* Semaphore.available(semaphore)];
    });
    expect(await run(program)).toEqual([0, 2]);
  });

  it("what a scope made is freed with it", async () => {
    const program = Effect.gen(function* () {
      const lock = yield* Effect.scoped(Lock.makeScoped());
      return (yield* Effect.flip(Lock.acquire(lock))).reason;
    });
    expect(await run(program)).toBe("Freed");
  });
});
