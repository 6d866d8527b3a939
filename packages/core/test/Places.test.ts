import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";

import { Places } from "../src/Places.ts";

const rank = { priority: 0, depth: 0 };

const compute = (millis: number): void => {
  const end = performance.now() + millis;
  while (performance.now() < end);
};

/** One place, taken until it is let go, and jobs behind it that write down when they start. */
const queued = (millis: number, end: Effect.Effect<void> = Effect.void) => {
  const places = new Places(1, 1000);
  const started: Array<number> = [];
  const open = Promise.withResolvers<void>();
  const first = Effect.runFork(
    places.run(
      rank,
      Effect.promise(() => open.promise),
    ),
  );
  const job = (n: number) =>
    Effect.andThen(
      Effect.sync(() => {
        started.push(n);
        compute(millis);
      }),
      end,
    );
  const behind = Array.from({ length: 10 }, (_, n) => Effect.runFork(places.run(rank, job(n))));
  const ended = () => Effect.runPromise(Fiber.awaitAll([first, ...behind]));
  return { places, started, behind, open: () => open.resolve(), ended };
};

const microtask = Effect.promise(() => Promise.resolve());

describe("jobs that wait for a place", () => {
  for (const [kind, end] of [
    ["synchronous", Effect.void],
    ["quick promises", microtask],
  ] as const) {
    it(`can be cancelled by a timer between two bodies that compute, if these are ${kind}`, async () => {
      const { behind, ended, open, started } = queued(20, end);
      open();
      setTimeout(() => {
        for (const fiber of behind) fiber.interruptUnsafe();
      }, 5);
      await ended();
      assert.isNotEmpty(started);
      assert.isBelow(started.length, 5);
    });
  }

  it("start in the order in which they came", async () => {
    const { ended, open, started } = queued(3);
    open();
    await ended();
    assert.deepStrictEqual(
      started,
      Array.from({ length: 10 }, (_, n) => n),
    );
  });

  it("are not overtaken by one that comes while a place is free until the next turn", async () => {
    const { ended, open, places, started } = queued(20);
    open();
    await new Promise((resolve) => setImmediate(resolve));
    assert.isBelow(started.length, 10);
    await Effect.runPromise(
      places.run(
        rank,
        Effect.sync(() => started.push(99)),
      ),
    );
    await ended();
    assert.strictEqual(started.at(-1), 99);
  });

  it("leave the place to the next one when all were cancelled in between", async () => {
    const { behind, ended, open, places } = queued(20);
    open();
    await new Promise((resolve) => setImmediate(resolve));
    for (const fiber of behind) fiber.interruptUnsafe();
    let hasStarted = false;
    const late = Effect.runFork(
      places.run(
        rank,
        Effect.sync(() => void (hasStarted = true)),
      ),
    );
    assert.isTrue(hasStarted, "a place is free and nothing waits");
    await ended();
    await Effect.runPromise(Fiber.await(late));
  });
});

describe("a place that is free", () => {
  it("starts a body within the call", () => {
    const places = new Places(1, 1000);
    let hasStarted = false;
    Effect.runSync(
      places.run(
        rank,
        Effect.sync(() => void (hasStarted = true)),
      ),
    );
    assert.isTrue(hasStarted);
  });
});
