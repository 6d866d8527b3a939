/**
 * Mutants that are wrong about workers: their deaths, their ends, what they leave behind.
 */
import { Worker } from "node:worker_threads";

import type { Adapter } from "@heddle/core/Adapter";
import { type RuntimeError, WorkerLost } from "@heddle/core/RuntimeError";
import * as Effect from "effect/Effect";

import { blaming, changing, entangling, executing, type Mutant } from "./mutant.ts";

/** What mutants left behind on purpose. */
const left: Array<() => unknown> = [];

/** To be called after each mutant, so that only the suite sees what it left. */
export const tidyUp = async (): Promise<void> => {
  for (const clear of left.splice(0)) await clear();
};

const leakingThreads = (adapter: Adapter): Adapter => {
  let isLeaked = false;
  return executing((job, execute) => {
    if (!isLeaked) {
      isLeaked = true;
      const worker = new Worker("setInterval(() => {}, 1000)", { eval: true });
      left.push(() => worker.terminate());
    }
    return execute(job);
  })(adapter);
};

const leakingTimers = executing((job, execute) => {
  const timer = setTimeout(() => undefined, 3_600_000);
  left.push(() => clearTimeout(timer));
  return execute(job);
});

const isLost = (error: RuntimeError): boolean => error.reason._tag === "WorkerLost";

const repeating = executing((job, execute) =>
  Effect.catchIf(execute(job), isLost, () => execute({ ...job, started: () => undefined })),
);

/** When one worker dies, all jobs are lost. */
const sharingDeath = entangling((job, interruptAll) =>
  Effect.tapError(job, (error) => (isLost(error) ? interruptAll : Effect.void)),
);

const nameless = blaming((reason) =>
  reason._tag === "WorkerLost"
    ? new WorkerLost({ attempt: reason.attempt, lane: reason.lane, exitCode: null, signal: null })
    : reason,
);

const threads = { base: "threads", size: 1 } as const;

export const workers: ReadonlyArray<Mutant> = [
  {
    ...threads,
    name: "leaks a worker",
    fault: "a thread goes on when the runtime has closed",
    caughtBy: "lifecycle/close-lets-end",
    mutate: leakingThreads,
  },
  {
    ...threads,
    name: "leaks a timer",
    fault: "timers go on when the runtime has closed",
    caughtBy: "lifecycle/close-lets-end",
    mutate: leakingTimers,
  },
  {
    ...threads,
    name: "repeats what was lost",
    fault: "runs a body again when its worker died, though nobody asked for it",
    caughtBy: "capabilities/delivery",
    mutate: repeating,
  },
  {
    ...threads,
    size: 4,
    name: "dies as one",
    fault: "the death of one worker takes the jobs of the others along",
    caughtBy: "supervision/exit-1",
    mutate: sharingDeath,
  },
  {
    ...threads,
    name: "does not say why",
    fault: "a lost worker has no exit code and no cause",
    caughtBy: "supervision/exit-1",
    mutate: nameless,
  },
  {
    ...threads,
    name: "forgets which attempt it is",
    fault: "every attempt is the first",
    caughtBy: "supervision/retry",
    mutate: changing(() => ({ attempt: 1 })),
  },
  {
    ...threads,
    name: "knows no quarantine",
    fault: "a task may kill workers for ever",
    caughtBy: "supervision/quarantine",
    options: { quarantineAfter: 1_000_000 },
  },
  {
    ...threads,
    name: "respawns in a storm",
    fault: "workers that keep dying are replaced at once, for ever",
    caughtBy: "supervision/storm",
    options: { restarts: { max: 1_000_000, within: 1 } },
  },
  {
    ...threads,
    name: "has its own memory limit",
    fault: "a body may take more memory than the limit allows",
    caughtBy: "supervision/out-of-memory",
    options: { memoryLimitMiB: 200 },
  },
  {
    ...threads,
    name: "hides its workers",
    fault: "its stats know of no worker",
    caughtBy: "elasticity/prewarm",
    mutate: (adapter) => ({ ...adapter, workers: () => [] }),
  },
  {
    ...threads,
    size: 4,
    name: "confuses its workers",
    fault: "all jobs are said to run on the same worker",
    caughtBy: "ordering/saturation",
    mutate: changing((job) => ({
      started: (unit) => job.started({ ...unit, lane: "threads/0", threadId: 1 }),
    })),
  },
];
