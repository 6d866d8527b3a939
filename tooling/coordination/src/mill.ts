/**
 * Units that use everything without end and are killed somewhere in it.
 */
import {
  Lock as BlockingLock,
  Queue as BlockingQueue,
  Semaphore as BlockingSemaphore,
} from "@heddle/coordination/blocking";
import { Lock, Queue, Semaphore, SharedBytes } from "@heddle/coordination/promised";
import * as Task from "@heddle/core/Task";

export interface Mill {
  readonly lock: Lock.Lock;
  readonly semaphore: Semaphore.Semaphore;
  readonly queue: Queue.Queue<number>;
  readonly bytes: SharedBytes.SharedBytes;
}

/** Who is inside of the lock, how often two were, how often somebody came in, how often it was left by somebody dead. */
export const Cell = { inside: 0, broken: 1, entered: 2, abandoned: 3 } as const;

export const cellsOf = async (bytes: SharedBytes.SharedBytes): Promise<Int32Array> => {
  const view = await SharedBytes.view(bytes);
  return new Int32Array(view.buffer, view.byteOffset, 4);
};

// What somebody dead left inside is not a second one.
const enter = (cells: Int32Array, { abandoned }: Lock.Held): void => {
  if (abandoned) Atomics.add(cells, Cell.abandoned, 1);
  if (Atomics.exchange(cells, Cell.inside, 1) === 1 && !abandoned) Atomics.add(cells, Cell.broken, 1);
  Atomics.add(cells, Cell.entered, 1);
};

const leave = (cells: Int32Array): void => void Atomics.store(cells, Cell.inside, 0);

export const mill = Task.make({
  name: "mill/promised",
  module: import.meta.url,
  body: async ({ bytes, lock, queue, semaphore }: Mill): Promise<void> => {
    const cells = await cellsOf(bytes);
    for (let turn = 0; ; turn++) {
      const held = await Lock.acquire(lock);
      enter(cells, held);
      await Queue.tryOffer(queue, turn);
      leave(cells);
      await Lock.release(lock, held);
      const permits = await Semaphore.acquire(semaphore, 1 + (turn % 3));
      await Queue.poll(queue);
      await Semaphore.release(semaphore, permits);
    }
  },
});

export const blockingMill = Task.make({
  name: "mill/blocking",
  module: import.meta.url,
  body: async ({ bytes, lock, queue, semaphore }: Mill): Promise<void> => {
    const cells = await cellsOf(bytes);
    for (let turn = 0; ; turn++) {
      const held = BlockingLock.acquire(lock);
      enter(cells, held);
      BlockingQueue.tryOffer(queue, turn);
      leave(cells);
      BlockingLock.release(lock, held);
      const permits = BlockingSemaphore.acquire(semaphore, 1 + (turn % 3));
      BlockingQueue.poll(queue);
      BlockingSemaphore.release(semaphore, permits);
    }
  },
});
