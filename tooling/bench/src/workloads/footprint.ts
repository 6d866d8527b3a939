/** What a pool costs while it waits, starts, or has too much to do; and what a fiber costs. */
import type { Workload } from "../contract.ts";
import {
  barelyWarm,
  figureAtMost,
  heddleProcesses,
  heddleThreads,
  moreAtMost,
  processPeers,
  ratioAtMost,
  smokeProcesses,
  smokeThreads,
  threadLimits,
  threadPeers,
  warm,
} from "./common.ts";

const queued = {
  better: "lower",
  probe: "queued",
  size: 2,
  params: { ...warm, warmUpCalls: 5000, calls: 1_000_000, awaited: 10_000 },
  smokeParams: { ...barelyWarm, warmUpCalls: 100, calls: 2000, awaited: 2000 },
  contenders: [
    heddleThreads,
    heddleProcesses,
    ...threadPeers.filter((id) => id !== "effect-rpc-threads"),
    ...threadLimits,
  ],
  smoke: smokeThreads,
  rounds: 3,
  timeLimitSeconds: 120,
  note: "All calls are made in one turn of the event loop; what waits for their results counts for everybody. Effect's rpc workers would need 7 GB.",
} as const;

const threads = [heddleThreads, ...threadPeers, "raw-threads"];
const processes = [heddleProcesses, ...processPeers, "raw-processes"];

const coldStart = {
  unit: "ms",
  better: "lower",
  probe: "coldStart",
  figure: "firstResultMillis",
  size: 1,
  params: {},
  smokeParams: {},
  rounds: 9,
} as const;

const memory = {
  unit: "MiB",
  better: "lower",
  probe: "memory",
  figure: "workerMiB",
  size: 1,
  params: { pools: 4 },
  smokeParams: { pools: 1 },
  rounds: 3,
} as const;

const idleCpu = {
  unit: "µs CPU per second",
  better: "lower",
  probe: "idleCpu",
  figure: "cpuMicrosPerSecond",
  size: 2,
  params: { warmUpCalls: 2000, settleMillis: 1000, idleMillis: 2000 },
  smokeParams: { warmUpCalls: 50, settleMillis: 10, idleMillis: 50 },
  rounds: 3,
} as const;

// A hundredth of a percent of one core.
const idleNoiseMicros = 100;

// Of bare Effect: a promise; what a call promises, by hand; and a fiber that waits for one that it forked, as the caller of
// a task does within a program.
const fiberContenders = ["heddle-fibers", "heddle-fibers-effect", "effect", "effect-owned", "effect-fork"];

const fiberGoals: Workload["goals"] = [
  ratioAtMost(1.15, ["effect"], "heddle-fibers"),
  ratioAtMost(1.15, ["effect-owned"], "heddle-fibers"),
  ratioAtMost(1.15, ["effect-fork"], "heddle-fibers-effect"),
];

const fibers = {
  better: "lower",
  size: 1,
  contenders: fiberContenders,
  smoke: fiberContenders,
  rounds: 3,
  goals: fiberGoals,
} as const;

const parked = (fiberCount: number, name: string): ReadonlyArray<Workload> => {
  const common = {
    ...fibers,
    probe: "parked",
    params: { ...warm, warmUpFibers: 10_000, fibers: fiberCount },
    smokeParams: { ...barelyWarm, warmUpFibers: 10, fibers: 1000 },
    timeLimitSeconds: 120,
  } as const;
  const title = `${fiberCount.toLocaleString("en-US")} parked fibers`;
  return [
    {
      ...common,
      id: `parked-${name}-bytes`,
      title: `${title}: heap`,
      unit: "bytes per fiber",
      figure: "heapBytesPerFiber",
    },
    {
      ...common,
      id: `parked-${name}-time`,
      title: `${title}: time to start one`,
      unit: "µs",
      figure: "microsPerFiber",
    },
    {
      ...common,
      id: `parked-${name}-end`,
      title: `${title}: time to end one`,
      unit: "µs",
      figure: "endMicrosPerFiber",
    },
  ];
};

export const workloads: ReadonlyArray<Workload> = [
  {
    ...queued,
    id: "queued-heap",
    title: "1,000,000 queued calls: heap",
    unit: "bytes per call",
    figure: "heapBytesPerCall",
    goals: [figureAtMost(500), figureAtMost(500, heddleProcesses)],
  },
  {
    ...queued,
    id: "queued-enqueue",
    title: "1,000,000 queued calls: time to queue one",
    unit: "µs",
    figure: "enqueueMicros",
    goals: [figureAtMost(1), figureAtMost(1, heddleProcesses)],
  },
  {
    ...coldStart,
    id: "cold-start-threads",
    title: "Loading, opening, first result: one thread",
    contenders: threads,
    smoke: smokeThreads,
    goals: [ratioAtMost(1, "bestPeer")],
  },
  {
    ...coldStart,
    id: "cold-start-processes",
    title: "Loading, opening, first result: one process",
    contenders: processes,
    smoke: smokeProcesses,
    goals: [ratioAtMost(1, "bestPeer", heddleProcesses)],
  },
  {
    ...memory,
    id: "memory-threads",
    title: "Private memory of one more thread",
    contenders: threads,
    smoke: smokeThreads,
    goals: [moreAtMost(1.5, "bestRaw")],
  },
  {
    ...memory,
    id: "memory-processes",
    title: "Private memory of one more process",
    contenders: processes,
    smoke: smokeProcesses,
    goals: [moreAtMost(1.5, "bestRaw", heddleProcesses)],
  },
  {
    ...idleCpu,
    id: "idle-threads",
    title: "CPU of an idle pool of two threads",
    contenders: threads,
    smoke: smokeThreads,
    goals: [moreAtMost(idleNoiseMicros, "bestRaw")],
  },
  {
    ...idleCpu,
    id: "idle-processes",
    title: "CPU of an idle pool of two processes",
    contenders: processes,
    smoke: smokeProcesses,
    goals: [moreAtMost(idleNoiseMicros, "bestRaw", heddleProcesses)],
  },
  ...parked(100_000, "100k"),
  ...parked(1_000_000, "1m"),
  {
    ...fibers,
    id: "fibers-run",
    title: "Fork and run a no-op fiber, 64 in flight",
    unit: "µs",
    probe: "throughput",
    figure: "microsPerCall",
    params: { inFlight: 64, warmUpCalls: 5000, seconds: 0.5 },
    smokeParams: { inFlight: 64, warmUpCalls: 200, seconds: 0.01 },
  },
];
