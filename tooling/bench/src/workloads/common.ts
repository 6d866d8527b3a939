/** Who takes part in what. */
import type { Goal } from "../contract.ts";

export const heddleThreads = "heddle-threads";
export const heddleProcesses = "heddle-processes";

/** Every thread pool that is called with promises, and the limits. */
export const threadPeers = [
  "piscina",
  "piscina-no-atomics",
  "piscina-64",
  "tinypool-threads",
  "workerpool-threads",
  "poolifier-fixed",
  "poolifier-dynamic",
  "jest-worker-threads",
  "effect-rpc-threads",
];
export const threadLimits = ["raw-threads", "raw-threads-batched"];

export const processPeers = [
  "tinypool-processes",
  "workerpool-processes",
  "poolifier-cluster",
  "jest-worker-processes",
  "effect-rpc-processes",
];
export const processLimits = ["raw-processes", "raw-processes-batched"];

export const smokeThreads = [heddleThreads, "piscina", "raw-threads"];
export const smokeProcesses = [heddleProcesses, "jest-worker-processes", "raw-processes"];

type Against = Goal["against"];

export const ratioAtLeast = (limit: number, against: Against, subject = heddleThreads): Goal => ({
  subject,
  against,
  compare: "ratio",
  bound: "atLeast",
  limit,
});

export const ratioAtMost = (limit: number, against: Against, subject = heddleThreads): Goal => ({
  ...ratioAtLeast(limit, against, subject),
  bound: "atMost",
});

/** At most so much more than the other has, in the unit of the workload. */
export const moreAtMost = (limit: number, against: Against, subject = heddleThreads): Goal => ({
  ...ratioAtMost(limit, against, subject),
  compare: "difference",
});

export const figureAtMost = (limit: number, subject = heddleThreads): Goal => ({
  ...ratioAtMost(limit, "nothing", subject),
  compare: "figure",
});

export const figureAtLeast = (limit: number, subject = heddleThreads): Goal => ({
  ...ratioAtLeast(limit, "nothing", subject),
  compare: "figure",
});

/** How long the rounds of the same kind take that come before what is measured. */
export const warm = { warmUpSeconds: 1 };
/** One round. */
export const barelyWarm = { warmUpSeconds: 0 };
