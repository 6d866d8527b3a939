import { createHook } from "node:async_hooks";

import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Stream from "effect/Stream";

import * as Promised from "../src/Promised.ts";
import * as Runtime from "../src/Runtime.ts";
import * as Task from "../src/Task.ts";
import * as TestRuntime from "../src/testing/TestRuntime.ts";
import { Boom, count, double, failing, never } from "./tasks.ts";

const withRuntime = Effect.provide(Layer.fresh(TestRuntime.layer()));

const quadruple = Task.make({
  name: "quadruple",
  body: async (n: number, { run }) => run(double, await run(double, n)),
});

const descend = Task.make({
  name: "descend",
  body: (depth: number): Effect.Effect<number, never, Runtime.Runtime> =>
    depth === 0 ? Effect.succeed(0) : Effect.map(Effect.orDie(Runtime.run(descend, depth - 1)), (n) => n + 1),
});

describe("a task that calls tasks", () => {
  it.effect("does so with promises and with Effect, as deep as it likes", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Runtime.run(quadruple, 3), 12);
      assert.strictEqual(yield* Runtime.run(descend, 5), 5);
    }).pipe(withRuntime),
  );

  it.effect("maps and streams within a body", () =>
    Effect.gen(function* () {
      const sums = Task.make({
        name: "sums",
        body: (n: number) =>
          Effect.all([
            Stream.runSum(Runtime.map(double, [1, 2, n])),
            Stream.runSum(Runtime.stream(count, n)),
          ]).pipe(Effect.orDie),
      });
      assert.deepStrictEqual(yield* Runtime.run(sums, 3), [12, 6]);
    }).pipe(withRuntime),
  );

  it.effect("sees the typed failure of what it called", () =>
    Effect.gen(function* () {
      const guarded = Task.make({
        name: "guarded",
        body: async (n: number, { run }) =>
          run(failing, n).catch((error: unknown) => (error instanceof Boom ? `Boom ${error.n}` : "another")),
      });
      assert.strictEqual(yield* Runtime.run(guarded, -2), "Boom -2");
    }).pipe(withRuntime),
  );

  it.effect("takes what it called with it when it is cancelled", () =>
    Effect.gen(function* () {
      const waits = Task.make({ name: "waits", body: () => Effect.orDie(Runtime.run(never, undefined)) });
      const fiber = yield* Effect.forkChild(Runtime.run(waits), { startImmediately: true });
      assert.strictEqual((yield* Runtime.stats).running, 2);
      yield* Fiber.interrupt(fiber);
      assert.deepInclude(yield* Runtime.stats, { queued: 0, running: 0, interrupted: 2 });
    }).pipe(withRuntime),
  );

  it.effect("does not command its runtime", () =>
    Effect.gen(function* () {
      const resizes = Task.make({
        name: "resizes",
        body: () =>
          Effect.flatMap(Runtime.Runtime, (runtime) => Effect.flip(runtime.resize(3))).pipe(
            Effect.map((error) => error.reason._tag),
            Effect.orDie,
          ),
      });
      assert.strictEqual(yield* Runtime.run(resizes), "Unsupported");
    }).pipe(withRuntime),
  );
});

describe("submit site", () => {
  const breaks = Task.make({
    name: "breaks",
    body: (_: number): number => {
      throw new RangeError("deep inside");
    },
  });

  it("the stack of what a body threw goes on with that of the caller", async () => {
    await using runtime = await Promised.open(TestRuntime.layer());
    const callsIt = async (): Promise<number> => {
      const value = await runtime.run(breaks, 1);
      return value;
    };
    const stackOf = async (): Promise<string> => {
      try {
        return String(await callsIt());
      } catch (error) {
        return (error as Error).stack!;
      }
    };
    const [remote, local] = (await stackOf()).split("--- submitted from ---");
    assert.match(remote!, /^RangeError: deep inside\n.*nested\.test/s);
    assert.match(local!, /at (async )?callsIt .*nested\.test/);
    assert.notMatch(local!, /Promised\.ts/);
  });

  it("a refusal is told with the caller's stack as well", async () => {
    await using runtime = await Promised.open(TestRuntime.layer());
    await runtime.close();
    const callsIt = async (): Promise<number> => {
      const value = await runtime.run(double, 1);
      return value;
    };
    const error: unknown = await callsIt().catch((thrown: unknown) => thrown);
    assert.match((error as Error).stack!, /ShuttingDown|closing or closed/);
    assert.match((error as Error).stack!, /submitted from ---\n.*callsIt/s);
  });

  it("is told to each of several that wait together, also where the program follows its promises", async () => {
    const hook = createHook({ init: () => undefined }).enable();
    try {
      await using runtime = await Promised.open(TestRuntime.layer());
      const callsBoth = async (): Promise<void> => {
        await Promise.all([runtime.run(breaks, 1), runtime.run(double, 1)]);
      };
      const error: unknown = await callsBoth().catch((thrown: unknown) => thrown);
      assert.match((error as Error).stack!, /submitted from ---\n.*Promise\.all.*callsBoth/s);
    } finally {
      hook.disable();
    }
  });

  it("is told once, and a rejection that nobody handles is one", async () => {
    await using runtime = await Promised.open(TestRuntime.layer());
    const unhandled: Array<unknown> = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    const others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", note);
    try {
      void runtime.run(breaks, 1);
      while (unhandled.length === 0) await new Promise(setImmediate);
      await new Promise(setImmediate);
      assert.lengthOf(unhandled, 1);
      assert.lengthOf((unhandled[0] as Error).stack!.split("--- submitted from ---").slice(1), 0);
    } finally {
      process.off("unhandledRejection", note);
      for (const other of others) process.on("unhandledRejection", other);
    }
  });
});
