/** Many items, and large ones. */
import type { Workload } from "../contract.ts";
import {
  barelyWarm,
  figureAtLeast,
  heddleProcesses,
  heddleThreads,
  ratioAtLeast,
  ratioAtMost,
  smokeThreads,
  warm,
} from "./common.ts";

const chunked = ["piscina-chunked-1000", "piscina-chunked-10000", "piscina-chunked-50000"];

const buffers = {
  unit: "µs",
  better: "lower",
  probe: "buffers",
  figure: "microsPerTrip",
  size: 1,
  rounds: 5,
} as const;

const megabyte = (isMoved: 0 | 1): Pick<Workload, "params" | "smokeParams"> => ({
  params: { ...warm, bytes: 2 ** 20, trips: 300, isMoved },
  smokeParams: { ...barelyWarm, bytes: 2 ** 20, trips: 3, isMoved },
});

export const workloads: ReadonlyArray<Workload> = [
  {
    id: "map-1m",
    title: "Map over 1,000,000 tiny items, no hint given",
    unit: "items/s",
    better: "higher",
    probe: "map",
    figure: "itemsPerSecond",
    size: 2,
    params: { ...warm, warmUpItems: 20_000, items: 1_000_000 },
    smokeParams: { ...barelyWarm, warmUpItems: 100, items: 2000 },
    contenders: [
      heddleThreads,
      heddleProcesses,
      "piscina",
      ...chunked,
      "tinypool-threads",
      "poolifier-fixed",
      "jest-worker-threads",
      "python-processes",
      "raw-threads",
      "raw-threads-batched",
    ],
    smoke: [
      heddleThreads,
      heddleProcesses,
      "piscina",
      "piscina-chunked-1000",
      "python-processes",
      "raw-threads-batched",
    ],
    rounds: 3,
    timeLimitSeconds: 180,
    goals: [
      ratioAtLeast(50, ["piscina"]),
      ratioAtLeast(1, chunked),
      ratioAtLeast(0.5, ["raw-threads-batched"]),
      figureAtLeast(2_000_000),
    ],
    note: "Peers have no map: they are given one task per item, 1,000 in flight, or chunks cut by hand. The batched raw pool takes chunks of 16,384, and Python chunks of 10,000.",
  },
  {
    id: "map-floats",
    title: "Map over a Float64Array of 10,000,000, moved",
    unit: "items/s",
    better: "higher",
    probe: "floats",
    figure: "itemsPerSecond",
    size: 2,
    params: { ...warm, items: 10_000_000, chunk: 65_536 },
    smokeParams: { ...barelyWarm, items: 20_000, chunk: 1000 },
    contenders: [heddleThreads, "piscina", "tinypool-threads", "workerpool-threads", "raw-threads"],
    smoke: smokeThreads,
    rounds: 5,
    goals: [ratioAtLeast(0.7, ["raw-threads"])],
    note: "Peers are given chunks of 65,536, cut by hand; Heddle's mapChunks finds its own.",
  },
  {
    ...buffers,
    ...megabyte(0),
    id: "buffer-threads-copied",
    title: "1 MiB there and back, threads, copied",
    contenders: [
      heddleThreads,
      "piscina",
      "tinypool-threads",
      "workerpool-threads",
      "poolifier-fixed",
      "jest-worker-threads",
      "raw-threads",
    ],
    smoke: smokeThreads,
    goals: [ratioAtMost(1.05, "bestRaw")],
  },
  {
    ...buffers,
    ...megabyte(1),
    id: "buffer-threads-moved",
    title: "1 MiB there and back, threads, moved",
    contenders: [heddleThreads, "piscina", "tinypool-threads", "workerpool-threads", "raw-threads"],
    smoke: smokeThreads,
    goals: [ratioAtMost(1.05, "bestRaw")],
  },
  {
    ...buffers,
    ...megabyte(0),
    id: "buffer-processes",
    title: "1 MiB there and back, processes",
    contenders: [heddleProcesses, "jest-worker-processes", "raw-processes-advanced"],
    smoke: [heddleProcesses, "jest-worker-processes", "raw-processes-advanced"],
    goals: [ratioAtMost(1.05, "bestRaw", heddleProcesses)],
    note: "Processes cannot move; raw IPC with advanced serialization.",
  },
];
