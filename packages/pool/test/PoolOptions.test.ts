import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";

import * as PoolOptions from "../src/PoolOptions.ts";

describe("PoolOptions.resolve", () => {
  it.effect("fills in the defaults", () =>
    Effect.gen(function* () {
      const { closeMillis, graceMillis, prewarm, size, startMillis } = yield* PoolOptions.resolve("x", {});
      assert.isAtLeast(size, 1);
      assert.deepStrictEqual([prewarm, graceMillis, startMillis, closeMillis], [false, 1000, 10_000, 5000]);
    }),
  );

  const wrong: ReadonlyArray<readonly [option: string, value: unknown]> = [
    ...([0, -1, 1.5, Number.NaN, "2", 5000].map((size) => ["size", size]) as Array<[string, unknown]>),
    ["prewarm", 1],
    ["grace", -1],
    ["grace", "soon"],
    ["startTimeout", Number.NaN],
    ["closeTimeout", "2 parsecs"],
    ["sise", 2],
  ];
  for (const [option, value] of wrong) {
    it.effect(`refuses ${option}: ${String(value)}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(PoolOptions.resolve("x", { [option]: value }));
        assert.strictEqual(error.reason._tag, "InvalidOptions");
        assert.include(error.message, `\`${option}\``);
      }),
    );
  }

  it.effect("takes durations in words, and none that a timer cannot hold", () =>
    Effect.gen(function* () {
      const { closeMillis, graceMillis } = yield* PoolOptions.resolve("x", {
        grace: "2 seconds",
        closeTimeout: "Infinity",
      });
      assert.deepStrictEqual([graceMillis, closeMillis], [2000, 2 ** 31 - 1]);
    }),
  );
});
