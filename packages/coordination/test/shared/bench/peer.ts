import { deserialize, serialize } from "node:v8";
/** The other thread of the measurements. */
import { parentPort, workerData } from "node:worker_threads";

import type { BlockingWait } from "../../../src/internal/engine.ts";
import { engines } from "../../../src/internal/shared/engines.ts";
import { handOvers } from "./handOvers.ts";
import { Latencies, rawPong, type Raw } from "./raw.ts";

const unit = 1;
const tools = { unit, serialize, deserialize };
const wait: BlockingWait = { timeoutMillis: Infinity, isCancelled: () => false };

interface Job {
  readonly name: "raw" | "lock" | "queue" | "queue8" | "objects";
  readonly memory: ReadonlyArray<SharedArrayBuffer>;
  readonly raw: Raw;
  readonly rounds: number;
}

const { name, memory, raw, rounds } = workerData as Job;
parentPort?.postMessage("ready");
const times = new Latencies(memory[0]);
if (name === "raw") rawPong(raw, rounds, times);
if (name === "lock") handOvers(memory[1] as SharedArrayBuffer, unit, rounds, times);
if (name === "queue" || name === "queue8" || name === "objects") {
  const queue = engines.Queue.open(memory[0] as SharedArrayBuffer, tools);
  const size = name === "queue8" ? 8 : 256;
  const batch = Array.from({ length: size }, (_, index) => (name === "objects" ? { index } : index));
  for (let round = 0; round < rounds; round++) queue.offerBlocking(unit, batch, 0, wait);
  queue.end();
}
