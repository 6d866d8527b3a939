import { inspect } from "node:util";

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

  const wrong: ReadonlyArray<readonly [option: string, value: unknown, named?: string]> = [
    ...([0, -1, 1.5, Number.NaN, "2", 5000, null].map((size) => ["size", size]) as Array<[string, unknown]>),
    ["minSize", -1],
    ["prewarm", 1],
    ["daemon", "yes"],
    ["grace", -1],
    ["grace", "soon"],
    ["startTimeout", Number.NaN],
    ["closeTimeout", "2 parsecs"],
    ["idleTimeout", true],
    ["aging", -1],
    ["quarantineAfter", 0],
    ["quarantineTime", "never"],
    ["memoryLimitMiB", 0],
    ["memoryLimitMiB", Number.POSITIVE_INFINITY],
    ["maxQueue", -1],
    ["maxQueue", 1.5],
    ["whenFull", "panic"],
    ["execArgv", "--inspect"],
    ["execArgv", [1]],
    ["env", { A: 1 }],
    ["recycle", 5],
    ["recycle", { jobs: 0 }, "recycle.jobs"],
    ["recycle", { heapMiB: -1 }, "recycle.heapMiB"],
    ["recycle", { age: "old" }, "recycle.age"],
    ["recycle", { jbos: 1 }, "recycle.jbos"],
    ["restarts", []],
    ["restarts", { max: 1 }, "restarts.within"],
    ["restarts", { within: 1 }, "restarts.max"],
    ["restarts", { max: -1, within: 1 }, "restarts.max"],
    ["sise", 2],
    ["toString", 2],
  ];
  for (const [option, value, named = option] of wrong) {
    it.effect(`refuses ${option}: ${inspect(value)}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(PoolOptions.resolve("x", { [option]: value }));
        assert.strictEqual(error.reason._tag, "InvalidOptions");
        assert.include(error.message, `\`${named}\``);
      }),
    );
  }

  it.effect("refuses a smallest size above the size", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(PoolOptions.resolve("x", { size: 2, minSize: 3 }));
      assert.include(error.message, "`minSize`");
    }),
  );

  it.effect("takes durations in words, of zero, of many days and without end", () =>
    Effect.gen(function* () {
      const { closeMillis, graceMillis, idleMillis, quarantineMillis } = yield* PoolOptions.resolve("x", {
        grace: 0,
        closeTimeout: "Infinity",
        idleTimeout: "100 days",
        quarantineTime: "2 seconds",
      });
      assert.deepStrictEqual(
        [graceMillis, closeMillis, idleMillis, quarantineMillis],
        [0, Number.POSITIVE_INFINITY, 8_640_000_000, 2000],
      );
    }),
  );

  it.effect("takes what switches a rule off", () =>
    Effect.gen(function* () {
      const resolved = yield* PoolOptions.resolve("x", {
        quarantineAfter: Number.POSITIVE_INFINITY,
        maxQueue: Number.POSITIVE_INFINITY,
        restarts: { max: Number.POSITIVE_INFINITY, within: 0 },
        recycle: { jobs: Number.POSITIVE_INFINITY, heapMiB: 0.5 },
      });
      assert.deepStrictEqual(
        [resolved.quarantineAfter, resolved.maxRestarts, resolved.recycleHeapMiB, resolved.recycleAgeMillis],
        [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0.5, Number.POSITIVE_INFINITY],
      );
    }),
  );

  it.effect("reads nothing through a prototype", () =>
    Effect.gen(function* () {
      const inherited = Object.create({ size: 7, recycle: { jobs: 1 } }) as PoolOptions.PoolOptions;
      const hostile = JSON.parse('{"size":2,"__proto__":{"minSize":2}}') as PoolOptions.PoolOptions;
      const nested = { recycle: Object.create({ jobs: 1 }) as object };
      const resolved = yield* PoolOptions.resolve("x", inherited);
      assert.strictEqual(resolved.recycleJobs, Number.POSITIVE_INFINITY);
      assert.strictEqual((yield* PoolOptions.resolve("x", nested)).recycleJobs, Number.POSITIVE_INFINITY);
      const error = yield* Effect.flip(PoolOptions.resolve("x", hostile));
      assert.include(error.message, "`__proto__`");
      assert.notProperty({}, "minSize");
    }),
  );
});
