/** `demo right-tool`: which runtime for which work, and why. */

export interface Work {
  readonly work: "io" | "cpu";
  /** What a bad job must not be able to do to its neighbours. */
  readonly isolation: "none" | "memory" | "crash";
  /** The work must survive the end of this program, or outgrow this machine. */
  readonly lasting: boolean;
  /** How long one job computes. */
  readonly millis: number;
}

export interface Decision {
  readonly runtime: "fibers" | "threads" | "processes" | "cluster";
  readonly reason: string;
  readonly watchOut: string;
}

// Below this a trip to another thread costs more than it saves.
const worthTheTripMillis = 1;

/** The decision rule, first match wins. */
export const decide = ({ isolation, lasting, millis, work }: Work): Decision => {
  if (lasting) {
    return {
      runtime: "cluster",
      reason: "work that must survive a restart, or outgrows one machine, needs a store that outlives both",
      watchOut:
        "delivery is at least once: make the task safe to repeat (and @heddle/cluster is not in this release yet)",
    };
  }
  if (isolation === "crash") {
    return {
      runtime: "processes",
      reason: "a crash, a leak or a native fault ends one worker and not the program",
      watchOut: "values are copied, and a process costs more memory than a thread",
    };
  }
  if (work === "cpu" && (millis >= worthTheTripMillis || isolation === "memory")) {
    return {
      runtime: "threads",
      reason:
        "computing holds its thread, so it needs one of its own; there is no GIL here, and threads use all cores",
      watchOut: "a native crash or process.exit() ends all threads",
    };
  }
  return work === "io" && isolation === "none"
    ? {
        runtime: "fibers",
        reason: "waiting needs no thread: thousands of fibers wait on one loop, and nothing is copied",
        watchOut: "one task that computes without a pause stops all the others",
      }
    : smallOrPrivate(isolation);
};

const smallOrPrivate = (isolation: Work["isolation"]): Decision =>
  isolation === "memory"
    ? {
        runtime: "threads",
        reason: "a thread has a heap of its own, so a job cannot touch what its neighbours hold",
        watchOut: "values are copied; a crash still ends the program",
      }
    : {
        runtime: "fibers",
        reason: "jobs this small cost less than the trip to another thread",
        watchOut: "batch them, or let them yield, when there are many",
      };

/** The rule of thumb behind it. */
export const rule =
  "Fibers when you can, threads when you must, processes when you fear, a cluster when you need to survive.";
