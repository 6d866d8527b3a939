/** Counting up one number from several units: with nothing but shared memory, under a lock, and with a counter. */
import { Counter as CounterNow, Lock as LockNow } from "@heddle/coordination/blocking";
import { Barrier, Counter, Lock, SharedBytes } from "@heddle/coordination/promised";
import * as Task from "@heddle/core/Task";

interface Share {
  /** Nobody counts before all are there. */
  readonly start: Barrier.Barrier;
  readonly times: number;
}

export interface RawShare extends Share {
  readonly bytes: SharedBytes.SharedBytes;
}

export interface LockShare extends RawShare {
  readonly lock: Lock.Lock;
  /** Whether a wait may block the thread: where memory is shared, that spares a trip to the loop. */
  readonly blocks: boolean;
}

export interface CounterShare extends Share {
  readonly counter: Counter.Counter<number>;
  readonly blocks: boolean;
}

/** The number in the block. */
export const cellOf = ({ buffer, byteOffset }: Uint8Array): Int32Array =>
  new Int32Array(buffer, byteOffset, 1);

/** Reads, adds and writes: what another unit wrote in between is lost. */
const addOne = (cell: Int32Array): void => {
  cell[0] = (cell[0] ?? 0) + 1;
};

export const countRaw = Task.make({
  name: "counter/raw",
  module: import.meta.url,
  body: async ({ bytes, start, times }: RawShare, { signal }) => {
    const cell = cellOf(await SharedBytes.view(bytes));
    await Barrier.wait(start, { signal });
    for (let i = 0; i < times; i++) addOne(cell);
  },
});

export const countLocked = Task.make({
  name: "counter/locked",
  module: import.meta.url,
  body: async ({ blocks, bytes, lock, start, times }: LockShare, { signal }) => {
    const cell = cellOf(await SharedBytes.view(bytes));
    const add = (): void => addOne(cell);
    await Barrier.wait(start, { signal });
    for (let i = 0; i < times; i++) {
      if (blocks) LockNow.withLock(lock, add);
      else await Lock.withLock(lock, add, { signal });
    }
  },
});

export const countCounted = Task.make({
  name: "counter/counted",
  module: import.meta.url,
  body: async ({ blocks, counter, start, times }: CounterShare, { signal }) => {
    await Barrier.wait(start, { signal });
    for (let i = 0; i < times; i++) {
      if (blocks) CounterNow.add(counter);
      else await Counter.add(counter);
    }
  },
});
