import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { deserialize, serialize } from "node:v8";
import { Worker } from "node:worker_threads";

import { expect, it } from "vitest";

import { engines } from "../../src/internal/shared/engines.ts";
import { faultsAt, type Shared, stopAt, turnsAt } from "./hammer.ts";

const kills = Number(process.env["HEDDLE_KILLS"] ?? 40);
const threads = 4;
const permits = 4;
const tools = { unit: 0, serialize, deserialize };

const makeShared = (): Omit<Shared, "unit" | "seed"> => ({
  lock: engines.Lock.create({ maxWaiters: 64 }),
  semaphore: engines.Semaphore.create({ permits, maxWaiters: 64 }),
  queues: (["fifo", "lifo", "priority"] as const).map((order) =>
    engines.Queue.create({ order, capacity: 16, maxBytes: 1 << 20, maxWaiters: 64 }),
  ),
  barrier: engines.Barrier.create({ parties: 2 }),
  event: engines.Event.create({ isSet: false, maxWaiters: 64 }),
  counter: engines.Counter.create({ value: 0n }),
  flags: new Int32Array(new SharedArrayBuffer(64)),
});

const within = async <A>(millis: number, what: string, promise: Promise<A>): Promise<A> => {
  const stop = new AbortController();
  const late = sleep(millis, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`${what} took more than ${millis} ms`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
};

it(
  `nobody is stuck when real threads are terminated anywhere, ${kills} times`,
  { timeout: 60_000 + kills * 1000 },
  async () => {
    const shared = makeShared();
    const { flags } = shared;
    const objects = [
      engines.Lock.open(shared.lock, tools),
      engines.Semaphore.open(shared.semaphore, tools),
      ...shared.queues.map((memory) => engines.Queue.open(memory, tools)),
      engines.Barrier.open(shared.barrier, tools),
      engines.Event.open(shared.event, tools),
    ];
    const errors: Array<unknown> = [];
    let unit = 0;
    const start = (): { readonly unit: number; readonly worker: Worker } => {
      unit++;
      const workerData: Shared = { ...shared, unit, seed: unit * 7919 };
      const worker = new Worker(new URL("hammer.ts", import.meta.url), { workerData });
      worker.on("error", (error) => errors.push(error));
      return { unit, worker };
    };
    const living = Array.from({ length: threads }, start);
    const turns = (): number => Atomics.load(flags, turnsAt);
    const untilTurns = async (more: number): Promise<void> => {
      const wanted = turns() + more;
      while (turns() < wanted && errors.length === 0) await sleep(2);
    };
    for (let kill = 0; kill < kills; kill++) {
      await within(10_000, `going on after ${kill} deaths`, untilTurns(20 + ((kill * 37) % 200)));
      const [dead] = living.splice(kill % threads, 1);
      await dead?.worker.terminate();
      for (const object of objects) object.abandon(dead?.unit ?? 0);
      living.push(start());
    }
    await within(10_000, "going on after the last death", untilTurns(200));
    Atomics.store(flags, stopAt, 1);
    const exits = living.map(async ({ worker }) =>
      worker.threadId === -1 ? undefined : once(worker, "exit"),
    );
    await within(10_000, "the end of all threads", Promise.all(exits));
    expect(errors).toEqual([]);
    expect(Atomics.load(flags, faultsAt)).toBe(0);

    const [lock, semaphore] = [
      engines.Lock.open(shared.lock, tools),
      engines.Semaphore.open(shared.semaphore, tools),
    ];
    expect(lock.tryAcquire(0)).toBeDefined();
    expect(semaphore.available()).toBe(permits);
    for (const memory of shared.queues) {
      const queue = engines.Queue.open(memory, tools);
      const size = queue.size();
      expect(queue.tryTake(0, Infinity).values.length).toBe(size);
      expect(
        queue.tryOffer(
          0,
          Array.from({ length: 20 }, (_, index) => index),
          0,
        ),
      ).toBe(16);
    }
  },
);
