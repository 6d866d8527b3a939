/**
 * Threads with a lot to do, of which the host reads by itself.
 */
import { afterEach, assert, describe, it, vi } from "@effect/vitest";

import * as Threads from "../src/Threads.ts";
import * as Tasks from "./fixtures/latencyTasks.ts";

const timeout = 30_000;
const shortMillis = 0.3;

afterEach(() => {
  vi.useRealTimers();
});

/** A thread that is known to run the task quickly. */
const openKnown = async () => {
  const runtime = await Threads.open({ size: 1 });
  for (let n = 0; n < 10; n++) await runtime.run(Tasks.burns, shortMillis);
  return runtime;
};

describe("the ends of many calls that a thread holds", { timeout }, () => {
  it("are told while it computes for long after them", async () => {
    await using runtime = await openKnown();
    const ends: Array<number> = [];
    const told = (): void => void ends.push(performance.now());
    const short = Array.from({ length: 60 }, () => runtime.run(Tasks.burns, shortMillis).then(told));
    const long = runtime.run(Tasks.burns, 500).then(told);
    await Promise.all([...short, long]);
    assert.lengthOf(ends, 61);
    assert.isAbove(ends[60]! - ends[59]!, 400);
  });

  it("are told in a program whose timers stand still", async () => {
    await using runtime = await openKnown();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const ends = await Promise.all(Array.from({ length: 200 }, () => runtime.run(Tasks.burns, shortMillis)));
    assert.lengthOf(ends, 200);
    vi.useRealTimers();
  });
});
