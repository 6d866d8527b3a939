/**
 * Mutants that are wrong about who starts when, and about jobs that call others.
 */
import type { Adapter } from "@heddle/core/Adapter";
import * as Effect from "effect/Effect";

import { changing, claiming, executing, type Mutant } from "./mutant.ts";

/** One body at a time; of those that wait, the one that came last goes first. */
const lastInFirstOut = (adapter: Adapter): Adapter => {
  const waiting: Array<() => void> = [];
  let isTaken = false;
  const take = Effect.callback<void>((resume) => {
    const grant = (): void => resume(Effect.void);
    if (isTaken) {
      waiting.push(grant);
      return Effect.sync(() => void waiting.splice(waiting.indexOf(grant), 1));
    }
    isTaken = true;
    return grant();
  });
  const release = Effect.sync(() => {
    const next = waiting.pop();
    if (next === undefined) isTaken = false;
    else next();
  });
  return executing((job, execute) =>
    job.depth > 0 ? execute(job) : Effect.andThen(take, Effect.ensuring(execute(job), release)),
  )(adapter);
};

const fibers = { base: "fibers", size: 1 } as const;

export const order: ReadonlyArray<Mutant> = [
  {
    ...fibers,
    name: "reorders",
    fault: "the job that came last starts first",
    caughtBy: "ordering/fifo",
    mutate: lastInFirstOut,
  },
  {
    ...fibers,
    name: "ignores priorities",
    fault: "all jobs have the same priority",
    caughtBy: "ordering/priority",
    mutate: changing(() => ({ priority: 0 })),
  },
  {
    ...fibers,
    name: "starves",
    fault: "a job of low priority waits as long as there are others",
    caughtBy: "ordering/aging",
    options: { aging: "1 hour" },
  },
  {
    ...fibers,
    name: "overbooks",
    fault: "runs one body more than it has places",
    caughtBy: "lifecycle/no-more-than-size",
    options: { size: 2 },
  },
  {
    base: "threads",
    size: 4,
    name: "takes turns",
    fault: "declares four places and has one",
    caughtBy: "capabilities/parallelism",
    options: { size: 1 },
    mutate: claiming({ parallelism: 4 }),
  },
  {
    ...fibers,
    name: "has no place for nested jobs",
    fault: "what a body calls waits for the place that the body holds",
    caughtBy: "nesting/promises",
    mutate: changing(() => ({ depth: 0 })),
  },
];
