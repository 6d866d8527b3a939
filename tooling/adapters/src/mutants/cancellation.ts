/**
 * Mutants that are wrong about cancellation and deadlines.
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";

import { changing, entangling, executing, type Mutant } from "./mutant.ts";

/** Whoever cancels one job cancels all that run. */
const hittingNeighbours = entangling((job, interruptAll) => Effect.onInterrupt(job, () => interruptAll));

const fibers = { base: "fibers", size: 1 } as const;
const threads = { base: "threads", size: 1 } as const;

export const cancellation: ReadonlyArray<Mutant> = [
  {
    ...fibers,
    name: "ignores cancel",
    fault: "no body is ever told that it is cancelled",
    caughtBy: "cancellation/signal",
    mutate: executing((job, execute) => Effect.uninterruptible(execute(job))),
  },
  {
    ...fibers,
    name: "does not wait for the body",
    fault: "a cancelled call ends while its body still cleans up",
    caughtBy: "cancellation/finalizers",
    mutate: executing((job, execute) =>
      Effect.flatMap(Effect.forkDetach(execute(job), { startImmediately: true }), (fiber) =>
        Effect.onInterrupt(Fiber.join(fiber), () => Effect.sync(() => fiber.interruptUnsafe())),
      ),
    ),
  },
  {
    ...fibers,
    name: "hits the neighbours",
    fault: "cancelling one job cancels all that run",
    size: 4,
    caughtBy: "cancellation/exactly-its-attempt",
    mutate: hittingNeighbours,
  },
  {
    ...fibers,
    name: "starts what was cancelled",
    fault: "a queued job that is cancelled runs all the same",
    caughtBy: "cancellation/queued",
    mutate: executing((job, execute) =>
      Effect.onInterrupt(execute(job), () => Effect.exit(execute({ ...job, depth: 1 }))),
    ),
  },
  {
    ...threads,
    name: "kills at once",
    fault: "a cancelled body has no time to clean up",
    caughtBy: "cancellation/grace",
    options: { grace: 0 },
  },
  {
    ...threads,
    name: "never kills",
    fault: "a body that looks at nothing runs on after its cancellation",
    caughtBy: "cancellation/force",
    options: { grace: "1 hour" },
  },
  {
    ...fibers,
    name: "hides the deadline",
    fault: "a body does not see until when it has time",
    caughtBy: "deadline/visible",
    mutate: changing(({ envelope }) => ({
      timeoutMillis: undefined,
      envelope: { ...envelope, deadlineEpochMillis: undefined },
    })),
  },
  {
    ...fibers,
    name: "starts too early",
    fault: "a job that waits for a place is told to have started",
    caughtBy: "deadline/queue-timeout",
    mutate: changing((job) => {
      job.started({ runtime: "fibers", lane: "fibers/0", pid: process.pid, threadId: 0 });
      return { started: () => undefined };
    }),
  },
];
