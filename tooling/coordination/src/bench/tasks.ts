/**
 * What units do in the benchmark, with the raw limit of the platform beside it.
 */
import { Lock as BlockingLock, Queue as BlockingQueue } from "@heddle/coordination/blocking";
import { Latch, Lock, type Queue } from "@heddle/coordination/promised";
import * as Task from "@heddle/core/Task";

const module = import.meta.url;

/** What it takes on average, in nanoseconds. */
export const nanosOf = (times: number, run: () => void): number => {
  const begin = performance.now();
  run();
  return ((performance.now() - begin) * 1e6) / times;
};

export const uncontended = Task.make({
  name: "bench/uncontended",
  module,
  body: ({ lock, times }: { lock: Lock.Lock; times: number }) => {
    const words = new Int32Array(new SharedArrayBuffer(64));
    const raw = (): void => {
      for (let time = 0; time < times; time++) {
        Atomics.compareExchange(words, 0, 0, 1);
        Atomics.store(words, 0, 0);
      }
    };
    const ours = (): void => {
      for (let time = 0; time < times; time++) BlockingLock.release(lock, BlockingLock.acquire(lock));
    };
    return [1, 2, 3, 4, 5].map(() => ({ raw: nanosOf(times, raw), ours: nanosOf(times, ours) }));
  },
});

/** Two of them pass a word to and fro. */
export const rawHandOver = Task.make({
  name: "bench/rawHandOver",
  module,
  body: ({ memory, side, times }: { memory: SharedArrayBuffer; side: 0 | 1; times: number }) => {
    const words = new Int32Array(memory);
    Atomics.add(words, 1, 1);
    while (Atomics.load(words, 1) < 2);
    return nanosOf(2 * times, () => {
      for (let time = 0; time < times; time++) {
        while (Atomics.load(words, 0) !== side) Atomics.wait(words, 0, 1 - side);
        Atomics.store(words, 0, 1 - side);
        Atomics.notify(words, 0, 1);
      }
    });
  },
});

/** Two of them lock and unlock; since it is fair, they take turns. */
export const handOver = Task.make({
  name: "bench/handOver",
  module,
  body: ({ lock, memory, times }: { lock: Lock.Lock; memory: SharedArrayBuffer; times: number }) => {
    const words = new Int32Array(memory);
    Atomics.add(words, 1, 1);
    while (Atomics.load(words, 1) < 2);
    return nanosOf(2 * times, () => {
      for (let time = 0; time < times; time++) BlockingLock.release(lock, BlockingLock.acquire(lock));
    });
  },
});

export const offerBatches = Task.make({
  name: "bench/offerBatches",
  module,
  body: ({ batch, batches, queue }: { queue: Queue.Queue<number>; batch: number; batches: number }) => {
    const values = Array.from({ length: batch }, (_, index) => index);
    for (let at = 0; at < batches; at++) BlockingQueue.offerAll(queue, values);
    BlockingQueue.end(queue);
  },
});

export const takeBatches = Task.make({
  name: "bench/takeBatches",
  module,
  body: ({ batch, queue }: { queue: Queue.Queue<number>; batch: number }) => {
    let count = 0;
    let begin = 0;
    try {
      for (;;) {
        count += BlockingQueue.takeAll(queue, { max: batch }).length;
        if (begin === 0) begin = performance.now();
      }
    } catch (thrown) {
      if ((thrown as { reason?: unknown }).reason !== "Ended") throw thrown;
    }
    return { count, perSecond: count / ((performance.now() - begin) / 1000) };
  },
});

export const roundTrips = Task.make({
  name: "bench/roundTrips",
  module,
  body: async ({ lock, times }: { lock: Lock.Lock; times: number }) => {
    const micros: Array<number> = [];
    for (let time = 0; time < times; time++) {
      const begin = performance.now();
      await Lock.isHeld(lock);
      micros.push((performance.now() - begin) * 1000);
    }
    return micros;
  },
});

const now = (): number => performance.timeOrigin + performance.now();

export const holdAndDie = Task.make({
  name: "bench/holdAndDie",
  module,
  body: async ({ lock, ready }: { lock: Lock.Lock; ready: Latch.Latch }) => {
    await Lock.acquire(lock);
    await Latch.countDown(ready);
    await new Promise((resolve) => setTimeout(resolve, 30));
    process.exit(3);
  },
});

/** When it got the lock, and whether of somebody dead. */
export const inherit = Task.make({
  name: "bench/inherit",
  module,
  body: async ({ lock, ready }: { lock: Lock.Lock; ready: Latch.Latch }) => {
    await Latch.wait(ready);
    const held = await Lock.acquire(lock);
    const at = now();
    await Lock.release(lock, held);
    return { at, abandoned: held.abandoned };
  },
});
