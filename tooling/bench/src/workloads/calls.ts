/** No-op calls: throughput with many under way, latency with one. */
import type { Workload } from "../contract.ts";
import {
  barelyWarm,
  heddleProcesses,
  heddleThreads,
  processLimits,
  processPeers,
  ratioAtLeast,
  ratioAtMost,
  smokeProcesses,
  smokeThreads,
  threadLimits,
  threadPeers,
  warm,
} from "./common.ts";

const throughput = {
  unit: "calls/s",
  better: "higher",
  probe: "throughput",
  figure: "callsPerSecond",
  size: 2,
  rounds: 5,
} as const;

const inFlight = (calls: number): Pick<Workload, "params" | "smokeParams"> => ({
  params: { inFlight: calls, warmUpCalls: 5000, seconds: 1.5, pythonCalls: 10_000 },
  smokeParams: { inFlight: calls, warmUpCalls: 200, seconds: 0.01, pythonCalls: 200 },
});

const threads = [heddleThreads, ...threadPeers, ...threadLimits];
const processes = [heddleProcesses, ...processPeers, ...processLimits];

const latency = {
  unit: "µs",
  better: "lower",
  probe: "latency",
  size: 2,
  contenders: [heddleThreads, "heddle-threads-low", ...threadPeers, "raw-threads"],
  smoke: smokeThreads,
  rounds: 5,
} as const;

const idle = {
  ...latency,
  params: { ...warm, calls: 200, pauseMillis: 5 },
  smokeParams: { ...barelyWarm, calls: 5, pauseMillis: 1 },
  goals: [ratioAtMost(1, "bestPeer")],
} as const;

export const workloads: ReadonlyArray<Workload> = [
  {
    ...throughput,
    ...inFlight(64),
    id: "noop-64",
    title: "No-op run, threads, 64 in flight",
    contenders: [...threads, "python-threads"],
    smoke: [...smokeThreads, "python-threads"],
    goals: [ratioAtLeast(5, ["piscina"]), ratioAtLeast(4, "bestPeer")],
    note: "Python's threads share one core; they are here for scale only.",
  },
  {
    ...throughput,
    ...inFlight(1000),
    id: "noop-1000",
    title: "No-op run, threads, 1,000 in flight",
    contenders: threads,
    smoke: smokeThreads,
    goals: [ratioAtLeast(8, "bestPeer")],
  },
  {
    ...throughput,
    id: "noop-200k",
    title: "No-op run, threads, 200,000 at once",
    probe: "burst",
    params: { ...warm, warmUpCalls: 20_000, calls: 200_000 },
    smokeParams: { ...barelyWarm, warmUpCalls: 100, calls: 1000 },
    contenders: threads,
    smoke: smokeThreads,
    rounds: 3,
    goals: [ratioAtLeast(6, "bestPeer")],
  },
  {
    ...throughput,
    ...inFlight(64),
    id: "effect-64",
    title: "No-op run, threads, Effect API from fibers, 64 in flight",
    contenders: ["heddle-threads-effect", ...threadPeers, ...threadLimits],
    smoke: ["heddle-threads-effect", "effect-rpc-threads", "raw-threads"],
    goals: [ratioAtLeast(4, "bestPeer", "heddle-threads-effect")],
  },
  {
    ...throughput,
    ...inFlight(64),
    id: "processes-64",
    title: "No-op run, processes, 64 in flight",
    contenders: [...processes, "python-processes"],
    smoke: [...smokeProcesses, "python-processes"],
    goals: [ratioAtLeast(5, "bestPeer", heddleProcesses)],
  },
  {
    ...throughput,
    ...inFlight(1000),
    id: "processes-1000",
    title: "No-op run, processes, 1,000 in flight",
    contenders: processes,
    smoke: smokeProcesses,
    goals: [ratioAtLeast(8, "bestPeer", heddleProcesses)],
  },
  {
    ...latency,
    id: "latency-hot",
    title: "One in flight, one after the other: median",
    figure: "p50",
    params: { ...warm, calls: 10_000, pauseMillis: 0 },
    smokeParams: { ...barelyWarm, calls: 50, pauseMillis: 0 },
    goals: [ratioAtMost(1.15, "bestPeer"), ratioAtMost(0.85, "bestPeer", "heddle-threads-low")],
  },
  { ...idle, id: "latency-idle-p50", title: "Idle for 5 ms, then one call: median", figure: "p50" },
  { ...idle, id: "latency-idle-p99", title: "Idle for 5 ms, then one call: 99th percentile", figure: "p99" },
];
