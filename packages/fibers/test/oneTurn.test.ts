import { assert, describe, it } from "@effect/vitest";
import * as Task from "@heddle/core/Task";

import * as Fibers from "../src/Fibers.ts";

describe("jobs that end within one turn of the loop", () => {
  it("start one another in order, however many wait", async () => {
    const oneTurn = { yieldBudget: "1 minute", blockThreshold: "Infinity" } as const;
    await using runtime = await Fibers.open({ concurrency: 1, ...oneTurn });
    const started: Array<number> = [];
    const quick = Task.make({ name: "quick", body: (n: number) => void started.push(n) });
    const inputs = Array.from({ length: 10_000 }, (_, n) => n);
    const first = Task.make({ name: "first", body: () => new Promise((resolve) => setImmediate(resolve)) });
    await Promise.all([runtime.run(first), ...inputs.map((n) => runtime.run(quick, n))]);
    assert.deepStrictEqual(started, inputs);
  });

  it("start in order also where there is no time for more than one slice", async () => {
    await using runtime = await Fibers.open({ concurrency: 4, yieldBudget: "50 micros" });
    const started: Array<number> = [];
    const quick = Task.make({ name: "quick", body: (n: number) => void started.push(n) });
    const inputs = Array.from({ length: 5000 }, (_, n) => n);
    await Promise.all(inputs.map((n) => runtime.run(quick, n)));
    assert.deepStrictEqual(started, inputs);
  });
});
