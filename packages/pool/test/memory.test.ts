/**
 * What a call costs while it waits: a million of them are a benchmark, not an accident.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { assert, describe, it } from "@effect/vitest";
import * as Promised from "@heddle/core/Promised";
import * as Runtime from "@heddle/core/Runtime";
import * as Task from "@heddle/core/Task";
import * as Effect from "effect/Effect";

import { open } from "./scriptedAdapter.ts";

const double = Task.make({ name: "double", module: "file:///double.ts", body: (n: number) => n * 2 });

const heapUsed = (): number => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
};

const count = 20_000;

describe("a call that waits", () => {
  it.live("takes no more than 600 bytes, its promise included", () =>
    Effect.gen(function* () {
      const { adapter } = yield* open();
      const runtime = Promised.fromService(Runtime.make(adapter));
      // The first ones show the engine how large such objects are.
      const calls = Array.from({ length: 1000 }, () => runtime.run(double, 1));
      const before = heapUsed();
      for (let n = 0; n < count; n++) calls.push(runtime.run(double, 1));
      const bytes = (heapUsed() - before) / count;
      for (const call of calls) void call.catch(() => undefined);
      assert.isBelow(bytes, 600);
      assert.isAbove(bytes, 100, "they are held");
    }).pipe(Effect.scoped),
  );
});
