/**
 * What coordination costs, each figure beside the raw limit of the platform, measured in the same run.
 *
 * `node src/bench/main.ts [uncontended|handOver|queue|broker|death]...`
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

import { Latch, Lock, Queue } from "@heddle/coordination/promised";
import type { PromisedRuntime } from "@heddle/core/Promised";

import { processes, threads } from "../places.ts";
import * as Tasks from "./tasks.ts";

const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const print = (name: string, ours: number, raw: number, unit: string): void =>
  console.log(
    `${name.padEnd(46)} ${ours.toFixed(1)} ${unit}, raw ${raw.toFixed(1)}, ratio ${(ours / raw).toFixed(2)}`,
  );

// So that all workers are up.
const warm = async (runtime: PromisedRuntime, size: number): Promise<void> => {
  const ready = await Latch.make(runtime, { count: 0 });
  const lock = await Lock.make(runtime);
  await Promise.all(Array.from({ length: size }, () => runtime.run(Tasks.inherit, { lock, ready })));
};

const uncontended = async (): Promise<void> => {
  await using runtime = await threads.open(1);
  const lock = await Lock.make(runtime);
  const rounds = await runtime.run(Tasks.uncontended, { lock, times: 2_000_000 });
  const ours = median(rounds.map((round) => round.ours));
  print("lock + unlock, uncontended, threads", ours, median(rounds.map((round) => round.raw)), "ns");
};

const handOver = async (): Promise<void> => {
  await using runtime = await threads.open(2);
  await warm(runtime, 2);
  const lock = await Lock.make(runtime);
  const times = 20_000;
  const figures: Array<{ ours: number; raw: number }> = [];
  for (let round = 0; round < 5; round++) {
    const rawMemory = new SharedArrayBuffer(64);
    const raw = await Promise.all(
      ([0, 1] as const).map((side) => runtime.run(Tasks.rawHandOver, { memory: rawMemory, side, times })),
    );
    const memory = new SharedArrayBuffer(64);
    const ours = await Promise.all([0, 1].map(() => runtime.run(Tasks.handOver, { lock, memory, times })));
    figures.push({ ours: Math.max(...ours), raw: Math.max(...raw) });
  }
  const ours = median(figures.map((figure) => figure.ours));
  print("lock handed over between two threads", ours, median(figures.map((figure) => figure.raw)), "ns");
};

const queue = async (): Promise<void> => {
  await using runtime = await threads.open(2);
  await warm(runtime, 2);
  for (const batch of [64, 256, 1024]) {
    const values = await Queue.make<number>(runtime, { capacity: 65_536 });
    const taking = runtime.run(Tasks.takeBatches, { queue: values, batch });
    await runtime.run(Tasks.offerBatches, { queue: values, batch, batches: Math.ceil(2_000_000 / batch) });
    const { perSecond } = await taking;
    console.log(
      `queue between two threads, batches of ${batch}`.padEnd(46),
      `${(perSecond / 1e6).toFixed(2)} M/s`,
    );
  }
};

const rawTrips = async (child: ChildProcess, times: number): Promise<ReadonlyArray<number>> => {
  const micros: Array<number> = [];
  for (let time = 0; time < times; time++) {
    const begin = performance.now();
    child.send([time, 1, "isHeld", []]);
    await once(child, "message");
    micros.push((performance.now() - begin) * 1000);
  }
  return micros;
};

const broker = async (): Promise<void> => {
  await using runtime = await processes.open(1);
  const lock = await Lock.make(runtime);
  const child = fork(new URL("./rawChild.ts", import.meta.url), { serialization: "json" });
  const figures: Array<{ ours: number; raw: number }> = [];
  for (let round = 0; round < 5; round++) {
    const raw = await rawTrips(child, 3000);
    const ours = await runtime.run(Tasks.roundTrips, { lock, times: 3000 });
    figures.push({ ours: median(ours), raw: median(raw) });
  }
  child.disconnect();
  const ours = median(figures.slice(1).map((figure) => figure.ours));
  print("broker round trip, processes", ours, median(figures.slice(1).map((figure) => figure.raw)), "us");
};

const death = async (): Promise<void> => {
  for (const place of [threads, processes]) {
    await using runtime = await place.open(3);
    await warm(runtime, 3);
    const millis: Array<number> = [];
    for (let round = 0; round < 20; round++) {
      const lock = await Lock.make(runtime);
      const ready = await Latch.make(runtime);
      const heir = runtime.run(Tasks.inherit, { lock, ready });
      let seenAt = 0;
      await runtime.run(Tasks.holdAndDie, { lock, ready }).catch(() => {
        seenAt = performance.timeOrigin + performance.now();
      });
      const { abandoned, at } = await heir;
      if (!abandoned) throw new Error("the heir was not told");
      millis.push(at - seenAt);
    }
    const figures = `median ${median(millis).toFixed(2)} ms, worst ${Math.max(...millis).toFixed(2)} ms`;
    console.log(`owner's death seen to lock held, ${place.name}`.padEnd(46), figures);
  }
};

const parts = { uncontended, handOver, queue, broker, death };
const names = process.argv.slice(2);

for (const [name, measure] of Object.entries(parts)) {
  if (names.length === 0 || names.includes(name)) await measure();
}
