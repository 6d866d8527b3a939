/** A worker that uses all objects at random, blocking, until it is told to stop or dies. */
import { deserialize, serialize } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";

import { CoordinationError } from "../../src/CoordinationError.ts";
import type { BlockingWait } from "../../src/internal/engine.ts";
import { engines } from "../../src/internal/shared/engines.ts";

/** What the host shares with each. */
export interface Shared {
  readonly unit: number;
  readonly seed: number;
  readonly lock: SharedArrayBuffer;
  readonly semaphore: SharedArrayBuffer;
  readonly queues: ReadonlyArray<SharedArrayBuffer>;
  readonly barrier: SharedArrayBuffer;
  readonly event: SharedArrayBuffer;
  readonly counter: SharedArrayBuffer;
  /** Whether to stop; who is inside the lock; turns done. */
  readonly flags: Int32Array<SharedArrayBuffer>;
}

export const stopAt = 0;
export const insideAt = 1;
export const turnsAt = 2;
export const faultsAt = 3;

const endless: BlockingWait = { timeoutMillis: Infinity, isCancelled: () => false };
const brief: BlockingWait = { timeoutMillis: 2, isCancelled: () => false };

const expected = new Set(["TimedOut", "Broken", "Ended"]);
const tolerant = (run: () => void): void => {
  try {
    run();
  } catch (error) {
    if (!(error instanceof CoordinationError) || !expected.has(error.reason)) throw error;
  }
};

const hammer = (shared: Shared): void => {
  const { flags, unit } = shared;
  const tools = { unit, serialize, deserialize };
  const lock = engines.Lock.open(shared.lock, tools);
  const semaphore = engines.Semaphore.open(shared.semaphore, tools);
  const queues = shared.queues.map((memory) => engines.Queue.open(memory, tools));
  const barrier = engines.Barrier.open(shared.barrier, tools);
  const event = engines.Event.open(shared.event, tools);
  const counter = engines.Counter.open(shared.counter, tools);
  let state = shared.seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const underLock = (wait: BlockingWait): void => {
    const held = lock.acquireBlocking(unit, wait);
    // Of a dead owner the mark is still there.
    if (Atomics.exchange(flags, insideAt, unit) !== 0 && !held.abandoned) Atomics.add(flags, faultsAt, 1);
    for (let left = random(200); left > 0; left--) Atomics.load(flags, insideAt);
    Atomics.store(flags, insideAt, 0);
    lock.release(unit, held.token);
  };
  const withPermits = (wait: BlockingWait): void => {
    const held = semaphore.acquireBlocking(unit, 1 + random(3), wait);
    semaphore.release(unit, held.token);
  };
  const turns: ReadonlyArray<() => void> = [
    () => underLock(endless),
    () => underLock(brief),
    () => withPermits(endless),
    () => withPermits(brief),
    () => queues[random(3)]?.offerBlocking(unit, [random(9), "text ".repeat(random(40))], random(3), brief),
    () => void queues[random(3)]?.takeBlocking(unit, 1 + random(4), brief),
    () => void queues[random(3)]?.tryTake(unit, 2),
    () => void queues[random(3)]?.tryOffer(unit, [{ nested: [unit] }], 1),
    () => void barrier.waitBlocking(unit, brief),
    () => barrier.reset(),
    () => event.waitBlocking(unit, brief),
    () => event.set(),
    () => event.clear(),
    () => void counter.add(1n),
  ];
  while (Atomics.load(flags, stopAt) === 0) {
    tolerant(turns[random(turns.length)] as () => void);
    Atomics.add(flags, turnsAt, 1);
  }
};

if (parentPort !== null) hammer(workerData as Shared);
