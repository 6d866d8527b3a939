/** A lock that two threads hand to one another. */
import { deserialize, serialize } from "node:v8";

import type { BlockingWait } from "../../../src/internal/engine.ts";
import { engines } from "../../../src/internal/shared/engines.ts";
import { type Latencies, work } from "./raw.ts";

const wait: BlockingWait = { timeoutMillis: Infinity, isCancelled: () => false };
/** The first who waits. */
const lineAt = 22;

const idle = new Int32Array(new SharedArrayBuffer(4));

/** Takes it and releases it again and again; measures those times that it was handed to one who waited. */
export const handOvers = (
  memory: SharedArrayBuffer,
  unit: number,
  rounds: number,
  times: Latencies,
): void => {
  const lock = engines.Lock.open(memory, { unit, serialize, deserialize });
  const words = new Int32Array(memory, 0, 32);
  for (let round = 0; round < rounds; round++) {
    const held = lock.acquireBlocking(unit, wait);
    times.end();
    work();
    // The other one is to wait. It may not even have had a processor to lie down on.
    for (let look = 0; Atomics.load(words, lineAt) === 0 && look < 20; look++) Atomics.wait(idle, 0, 0, 0.05);
    if (Atomics.load(words, lineAt) !== 0) times.begin();
    lock.release(unit, held.token);
  }
};
