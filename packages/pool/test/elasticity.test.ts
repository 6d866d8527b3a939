import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest";

import * as Frame from "../src/Frame.ts";
import { type ScriptedWorker, scripted } from "./scripted.ts";

const { Kind } = Frame;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

type Scripted = ReturnType<typeof scripted>;

const closingOf = (workers: ReadonlyArray<ScriptedWorker>): ReadonlyArray<boolean> =>
  workers.map(({ isClosing }) => isClosing);

/** As many workers as the pool may have, all idle. */
const warm = async (options: Parameters<typeof scripted>[0]): Promise<Scripted> => {
  const made = scripted(options);
  const warmed = made.pool.prewarm();
  for (const worker of made.workers) worker.ready();
  await warmed;
  return made;
};

const runOne = ({ submit, workers }: Scripted, index = 0): void => {
  const { call } = submit();
  workers[index]!.succeed(call);
};

describe("starting workers", () => {
  it("starts all of them when it is asked to", async () => {
    const { workers } = await warm({ size: 3 });
    assert.lengthOf(workers, 3);
  });

  it("starts no more of them than calls wait", () => {
    const { submit, workers } = scripted({ size: 8 });
    submit();
    assert.lengthOf(workers, 1);
    submit();
    assert.lengthOf(workers, 2);
  });

  it("lets the program end while all are idle, and keeps it alive while one has a call", async () => {
    const pool = await warm({ size: 1 });
    assert.isFalse(pool.workers[0]!.isRef);
    const { call } = pool.submit();
    assert.isTrue(pool.workers[0]!.isRef);
    pool.workers[0]!.succeed(call);
    assert.isFalse(pool.workers[0]!.isRef);
  });

  it("never keeps the program alive for a daemon", async () => {
    const { pool, submit, workers } = scripted({ daemon: true });
    assert.isFalse((submit(), workers[0]!.isRef));
    workers[0]!.ready();
    assert.isFalse(workers[0]!.isRef);
    const closed = pool.close();
    assert.isFalse(workers[0]!.isRef);
    workers[0]!.exit();
    await closed;
  });
});

describe("idle workers", () => {
  it("retire after a while, down to the smallest size", async () => {
    const pool = await warm({ size: 3, minSize: 1, idleMillis: 500 });
    vi.advanceTimersByTime(499);
    assert.deepStrictEqual(closingOf(pool.workers), [false, false, false]);
    vi.advanceTimersByTime(1);
    assert.lengthOf(closingOf(pool.workers).filter(Boolean), 2);
  });

  it("are given no call once they retire: that gets another worker", async () => {
    const pool = await warm({ size: 1, idleMillis: 500 });
    vi.advanceTimersByTime(500);
    assert.isTrue(pool.workers[0]!.isClosing);
    const a = pool.submit();
    assert.lengthOf(pool.workers, 2);
    pool.workers[1]!.ready();
    pool.workers[1]!.succeed(a.call);
    assert.strictEqual(a.ends[0]?._tag, "Outcome");
    assert.deepStrictEqual(pool.workers[0]!.kinds, [Kind.close]);
  });

  it("are killed when they do not end in time, which takes nothing with it", async () => {
    const pool = await warm({ size: 1, idleMillis: 500, graceMillis: 100, maxRestarts: 0 });
    vi.advanceTimersByTime(600);
    assert.isTrue(pool.workers[0]!.killed);
    pool.workers[0]!.exit(1);
    pool.submit();
    assert.lengthOf(pool.workers, 2);
  });

  it("count from when their last call ended", async () => {
    const pool = await warm({ size: 1, idleMillis: 500 });
    vi.advanceTimersByTime(400);
    runOne(pool);
    vi.advanceTimersByTime(400);
    assert.isFalse(pool.workers[0]!.isClosing);
    vi.advanceTimersByTime(100);
    assert.isTrue(pool.workers[0]!.isClosing);
  });
});

describe("recycling", () => {
  it("replaces a worker after some jobs, without letting a later call pass", async () => {
    const pool = await warm({ size: 1, recycleJobs: 2 });
    const calls = Array.from({ length: 5 }, () => pool.submit());
    for (let done = 0; done < 5; done++) {
      const worker = pool.workers[Math.floor(done / 2)]!;
      if (done > 0 && done % 2 === 0) worker.ready();
      worker.succeed(calls[done]!.call);
      const closed = pool.workers.filter(({ isClosing }) => isClosing);
      for (const one of closed) if (!one.exited) one.exit();
    }
    assert.deepStrictEqual(
      pool.workers.map(({ calls: numbers }) => numbers),
      [calls.slice(0, 2), calls.slice(2, 4), calls.slice(4)].map((those) =>
        those.map(({ call }) => call.number),
      ),
    );
    assert.isTrue(calls.every(({ ends }) => ends[0]?._tag === "Outcome"));
  });

  it("replaces an idle worker that is too old at once, a busy one when its call ends", async () => {
    const pool = await warm({ size: 2, recycleAgeMillis: 1000 });
    const { call } = pool.submit();
    vi.advanceTimersByTime(1000);
    assert.deepStrictEqual(closingOf(pool.workers), [true, false]);
    pool.workers[1]!.succeed(call);
    assert.deepStrictEqual(closingOf(pool.workers), [true, true]);
  });

  it("asks for the heap after a job, now and then, and replaces a worker that holds too much", async () => {
    const pool = await warm({ size: 1, recycleHeapMiB: 10 });
    runOne(pool);
    runOne(pool);
    assert.lengthOf(
      pool.workers[0]!.kinds.filter((kind) => kind === Kind.measure),
      1,
    );
    pool.workers[0]!.send([Kind.heap, 10 * 1024 * 1024]);
    assert.isFalse(pool.workers[0]!.isClosing);
    vi.advanceTimersByTime(100);
    runOne(pool);
    assert.lengthOf(
      pool.workers[0]!.kinds.filter((kind) => kind === Kind.measure),
      2,
    );
    const { call } = pool.submit();
    pool.workers[0]!.send([Kind.heap, 10 * 1024 * 1024 + 1]);
    assert.isFalse(pool.workers[0]!.isClosing);
    pool.workers[0]!.succeed(call);
    assert.isTrue(pool.workers[0]!.isClosing);
  });

  it("on demand replaces all, each when it has no call, and completes when the last old one is gone", async () => {
    const pool = await warm({ size: 2 });
    const { call } = pool.submit();
    let isDone = false;
    const recycled = pool.pool.recycle().then(() => (isDone = true));
    assert.deepStrictEqual(closingOf(pool.workers), [true, false]);
    const next = pool.submit();
    pool.workers[2]!.ready();
    assert.deepStrictEqual(pool.workers[2]!.calls, [next.call.number]);
    pool.workers[0]!.exit();
    pool.workers[1]!.succeed(call);
    await Promise.resolve();
    assert.isFalse(isDone);
    pool.workers[1]!.exit();
    await recycled;
    assert.isFalse(pool.workers[2]!.isClosing);
  });

  it("replaces a worker that was still starting as well", async () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    const recycled = pool.recycle();
    workers[0]!.ready();
    assert.deepStrictEqual(workers[0]!.kinds, [Kind.close]);
    workers[1]!.ready();
    workers[1]!.succeed(a.call);
    workers[0]!.exit();
    await recycled;
    assert.strictEqual(a.ends[0]?._tag, "Outcome");
  });

  it("is over at once where there is no worker", async () => {
    await scripted().pool.recycle();
    assert.strictEqual(vi.getTimerCount(), 0);
  });

  it("keeps the smallest size", async () => {
    const pool = await warm({ size: 1, minSize: 1, recycleJobs: 1 });
    runOne(pool);
    assert.lengthOf(pool.workers, 2);
  });
});

describe("resizing", () => {
  it("up starts more for what waits; down lets calls end and retires what is too many", async () => {
    const pool = await warm({ size: 1 });
    const calls = Array.from({ length: 4 }, () => pool.submit());
    pool.pool.resize(3);
    assert.lengthOf(pool.workers, 3);
    pool.workers[1]!.ready();
    pool.workers[2]!.ready();
    pool.pool.resize(1);
    assert.deepStrictEqual(closingOf(pool.workers), [false, false, false]);
    pool.workers[0]!.succeed(calls[0]!.call);
    pool.workers[1]!.succeed(calls[1]!.call);
    assert.deepStrictEqual(closingOf(pool.workers), [true, true, false]);
    assert.deepStrictEqual(calls[3]!.ends, []);
    pool.workers[2]!.succeed(calls[2]!.call);
    assert.deepStrictEqual(pool.workers[2]!.calls, [calls[2]!.call.number, calls[3]!.call.number]);
  });
});

describe("nested calls", () => {
  it("finish at size 1, five deep, and the extra workers retire", () => {
    const { pool, submit, workers } = scripted();
    const calls = [submit()];
    workers[0]!.ready();
    for (let depth = 1; depth <= 5; depth++) {
      pool.setBlocked(calls.at(-1)!.call, true);
      calls.push(submit({ depth }));
      workers[depth]!.ready();
    }
    for (const [depth, { call }] of [...calls.entries()].toReversed()) {
      workers[depth]!.succeed(call);
      if (depth > 0) pool.setBlocked(calls[depth - 1]!.call, false);
    }
    assert.isTrue(calls.every(({ ends }) => ends[0]?._tag === "Outcome"));
    vi.advanceTimersByTime(1000);
    assert.lengthOf(
      closingOf(workers).filter((isClosing) => !isClosing),
      1,
    );
    for (const worker of workers) if (worker.isClosing) worker.exit();
    assert.lengthOf(pool.stats(), 1);
    assert.strictEqual(vi.getTimerCount(), 0);
  });

  it("go before what waited before them, and give no other call their place when they end", () => {
    const { pool, submit, workers } = scripted();
    const outer = submit();
    workers[0]!.ready();
    const waiting = submit({ priority: 10 });
    pool.setBlocked(outer.call, true);
    const nested = submit({ depth: 1, onEnd: () => pool.setBlocked(outer.call, false) });
    workers[1]!.ready();
    assert.deepStrictEqual(workers[1]!.calls, [nested.call.number]);
    workers[1]!.succeed(nested.call);
    // The body above goes on, so there is no place for the call that waits.
    assert.deepStrictEqual(workers[1]!.calls, [nested.call.number]);
    workers[0]!.succeed(outer.call);
    assert.strictEqual(waiting.call.state, "running");
  });

  it("that come one after the other use the same worker", () => {
    const { pool, submit, workers } = scripted();
    const outer = submit();
    workers[0]!.ready();
    for (let n = 0; n < 10; n++) {
      pool.setBlocked(outer.call, true);
      const nested = submit({ depth: 1, onEnd: () => pool.setBlocked(outer.call, false) });
      if (n === 0) workers[1]!.ready();
      workers[1]!.succeed(nested.call);
      vi.advanceTimersByTime(50);
    }
    assert.lengthOf(workers, 2);
  });
});
