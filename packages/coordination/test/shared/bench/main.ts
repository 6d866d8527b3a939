/**
 * Measures the shared-memory engine beside what Atomics alone do, in one run: `node test/shared/bench/main.ts`.
 */
import { once } from "node:events";
import { deserialize, serialize } from "node:v8";
import { Worker } from "node:worker_threads";

import type { BlockingWait } from "../../../src/internal/engine.ts";
import { engines } from "../../../src/internal/shared/engines.ts";
import { handOvers } from "./handOvers.ts";
import { Latencies, rawLock, rawPing, type Raw } from "./raw.ts";

const tools = { unit: 0, serialize, deserialize };
const wait: BlockingWait = { timeoutMillis: Infinity, isCancelled: () => false };
const raw: Raw = new Int32Array(new SharedArrayBuffer(64));

const nanosPer = (count: number, run: () => void): number => {
  const begin = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - begin) / count;
};

const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] as number;

const withPeer = async (
  name: string,
  memory: ReadonlyArray<SharedArrayBuffer>,
  rounds: number,
  run: () => void,
  count = rounds,
): Promise<number> => {
  const worker = new Worker(new URL("peer.ts", import.meta.url), {
    workerData: { name, memory, raw, rounds },
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  await once(worker, "message");
  const nanos = nanosPer(count, run);
  await once(worker, "exit");
  return nanos;
};

const uncontended = (): void => {
  const lock = engines.Lock.open(engines.Lock.create({ maxWaiters: 8 }), tools);
  const semaphore = engines.Semaphore.open(engines.Semaphore.create({ permits: 2, maxWaiters: 8 }), tools);
  const rounds = 2_000_000;
  const lockOnce = (): void => {
    for (let round = 0; round < rounds; round++) {
      const held = lock.acquireBlocking(0, wait);
      lock.release(0, held.token);
    }
  };
  const semaphoreOnce = (): void => {
    for (let round = 0; round < rounds / 10; round++) {
      const held = semaphore.acquireBlocking(0, 1, wait);
      semaphore.release(0, held.token);
    }
  };
  const found: Array<readonly [number, number, number]> = [];
  for (let pass = 0; pass < 9; pass++) {
    found.push([
      nanosPer(rounds, () => void rawLock(raw, rounds)),
      nanosPer(rounds, lockOnce),
      nanosPer(rounds / 10, semaphoreOnce),
    ]);
  }
  const of = (index: 0 | 1 | 2): number => median(found.slice(2).map((row) => row[index]));
  const ratio = median(found.slice(2).map((row) => row[1] / row[0]));
  console.log(
    `uncontended  raw ${of(0).toFixed(1)} ns  lock ${of(1).toFixed(1)} ns  ratio ${ratio.toFixed(2)}  semaphore ${of(2).toFixed(0)} ns`,
  );
};

const contended = async (): Promise<void> => {
  const rounds = 8000;
  const ratios: Array<number> = [];
  for (let pass = 0; pass < 5; pass++) {
    const rawTimes = new Latencies();
    await withPeer("raw", [rawTimes.memory], rounds, () => rawPing(raw, rounds, rawTimes));
    const lockTimes = new Latencies();
    const memory = engines.Lock.create({ maxWaiters: 8 });
    await withPeer("lock", [lockTimes.memory, memory], rounds, () => handOvers(memory, 0, rounds, lockTimes));
    const [rawMicros, lockMicros] = [rawTimes.medianMicros(), lockTimes.medianMicros()];
    ratios.push(lockMicros / rawMicros);
    console.log(
      `hand-over    raw ${rawMicros.toFixed(2)} us  lock ${lockMicros.toFixed(2)} us  ratio ${(lockMicros / rawMicros).toFixed(2)} (${lockTimes.count} of ${2 * rounds} were handed over)`,
    );
  }
  console.log(`hand-over    ratio ${median(ratios).toFixed(2)} (median)`);
};

const drain = (memory: SharedArrayBuffer): number => {
  const queue = engines.Queue.open(memory, tools);
  let count = 0;
  for (;;) {
    try {
      count += queue.takeBlocking(0, 1024, wait).values.length;
    } catch (error) {
      if (!queue.isEnded() || queue.size() > 0) throw error;
      return count;
    }
  }
};

const queues = async (): Promise<void> => {
  for (const order of ["fifo", "lifo", "priority"] as const) {
    for (const [name, size, rounds] of [
      ["queue", 256, 8000],
      ["queue8", 8, 40_000],
      ["objects", 256, 1000],
    ] as const) {
      const memory = engines.Queue.create({ order, capacity: 4096, maxBytes: 2 ** 24, maxWaiters: 8 });
      let count = 0;
      const drainAll = (): void => {
        count = drain(memory);
      };
      const nanos = await withPeer(name, [memory], rounds, drainAll, rounds * size);
      if (count !== rounds * size) throw new Error(`${rounds * size - count} items were lost`);
      console.log(`queue ${order} ${name} x${size}: ${(1000 / nanos).toFixed(2)} M items/s (${count})`);
    }
  }
};

const only = process.argv[2];
if (only === undefined || only === "uncontended") uncontended();
if (only === undefined || only === "contended") await contended();
if (only === undefined || only === "queues") await queues();
