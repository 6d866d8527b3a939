import { assert, describe, it } from "@effect/vitest";

import * as Threads from "../src/Threads.ts";
import * as Tasks from "./fixtures/loopTasks.ts";

const steps = 100_000;
const loops = 500;

/** How long all threads but this one have computed, in microseconds. */
const usedElsewhere = (): number => {
  const all = process.cpuUsage();
  const here = process.threadCpuUsage();
  return all.user + all.system - here.user - here.system;
};

const micros = async (act: () => Promise<unknown>): Promise<number> => {
  const before = usedElsewhere();
  await act();
  return usedElsewhere() - before;
};

describe("a body that computes", () => {
  // Called from code of the runtime that it has become a part of, it takes four to five times as long; else at most twice.
  it("takes about as long as the same loop called directly in that thread, also when it is the only one there", async () => {
    await using runtime = await Threads.open({ size: 1 });
    const compute = () => Promise.all(Array.from({ length: loops }, () => runtime.run(Tasks.compute, steps)));
    await compute();
    const called = await micros(compute);
    const direct = await micros(() => runtime.run(Tasks.direct, { loops, steps }));
    assert.isBelow(called / direct, 3, `${called} µs for ${direct} µs`);
  });
});
