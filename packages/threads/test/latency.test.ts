/**
 * Threads that wait where they stand.
 */
import { assert, describe, it } from "@effect/vitest";

import * as Threads from "../src/Threads.ts";
import * as Tasks from "./fixtures/latencyTasks.ts";

const timeout = 30_000;

const openLow = () => Threads.open({ size: 1, latency: "low", grace: 100 });

// Longer than a thread waits in one place: it has come back to its loop and waits there again.
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60));

describe('with latency: "low" a thread that waits', { timeout }, () => {
  it("takes the next call, after a pause as well", async () => {
    await using runtime = await openLow();
    assert.strictEqual(await runtime.run(Tasks.plain, 1), 1);
    await pause();
    assert.strictEqual(await runtime.run(Tasks.plain, 2), 2);
    assert.deepStrictEqual(await runtime.run(Tasks.plain, { a: new Map([[1, "b"]]) }), {
      a: new Map([[1, "b"]]),
    });
  });

  it("lets go on what bodies have left behind", async () => {
    await using runtime = await openLow();
    await runtime.run(Tasks.leavesTimer);
    await pause();
    await pause();
    assert.isAtLeast(await runtime.run(Tasks.ticksSoFar), 2);
  });

  it("does not hold up an asynchronous body", async () => {
    await using runtime = await openLow();
    await runtime.run(Tasks.plain, 1);
    await pause();
    const waited = await Promise.all([1, 1, 1].map((millis) => runtime.run(Tasks.waits, millis)));
    // The loop of a thread that waits in place turns every 20 ms.
    for (const millis of waited) assert.isBelow(millis, 15);
  });

  it("closes at once", async () => {
    const runtime = await openLow();
    await runtime.run(Tasks.plain, 1);
    await pause();
    const startedAt = performance.now();
    await runtime.close();
    assert.isBelow(performance.now() - startedAt, 90);
  });

  it("is replaced when it ends, and recycled", async () => {
    await using runtime = await openLow();
    await pause();
    const lost = await runtime.run(Tasks.exits, 3).catch((error: unknown) => error);
    assert.include(String(lost), "exit code 3");
    assert.strictEqual(await runtime.run(Tasks.plain, 1), 1);
    await pause();
    await runtime.recycle();
    assert.strictEqual(await runtime.run(Tasks.plain, 2), 2);
  });
});

describe("the option latency", () => {
  it.each(["high", 1, null])("is refused when it is %s", async (latency) => {
    const refused = await Threads.open({ latency: latency as "low" }).catch((error: unknown) => error);
    assert.include(String(refused), 'expected "normal" or "low"');
  });
});
