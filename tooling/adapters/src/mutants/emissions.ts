/**
 * Mutants that are wrong about what a body sends besides its outcome, or about its context.
 */
import type { Job, JobEvent } from "@heddle/core/Job";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";

import { changing, executing, type Mutant } from "./mutant.ts";

/** The events of a job go through here on their way to the caller. */
const emitting = (emit: (event: JobEvent, pass: Job["emit"]) => Effect.Effect<void>) =>
  changing((job) => ({ emit: (event) => emit(event, job.emit) }));

/** Each chunk is passed on when the next one comes: the last one never is. */
const droppingTheLast = changing((job) => {
  let held: JobEvent | undefined;
  return {
    emit: (event) => {
      if (event._tag !== "Chunk") return job.emit(event);
      const before = held;
      held = event;
      return before === undefined ? Effect.void : job.emit(before);
    },
  };
});

/** Passes on what it holds, after what came later, once the body has ended. */
const delaying = (tag: JobEvent["_tag"]) =>
  executing((job, execute) =>
    Effect.suspend(() => {
      const held: Array<JobEvent> = [];
      const emit: Job["emit"] = (event) =>
        event._tag === tag ? Effect.sync(() => void held.push(event)) : job.emit(event);
      return Effect.tap(execute({ ...job, emit }), () =>
        Effect.forEach(held.toReversed(), (event) => job.emit(event)),
      );
    }),
  );

const fibers = { base: "fibers", size: 1 } as const;

export const emissions: ReadonlyArray<Mutant> = [
  {
    ...fibers,
    name: "drops the last chunk",
    fault: "the last elements of a stream never arrive",
    caughtBy: "streaming/order",
    mutate: droppingTheLast,
  },
  {
    ...fibers,
    name: "reorders chunks",
    fault: "the elements of a stream arrive in another order",
    caughtBy: "streaming/order",
    mutate: delaying("Chunk"),
  },
  {
    ...fibers,
    name: "knows no back-pressure",
    fault: "a producer runs ahead of a slow consumer without bound",
    caughtBy: "streaming/back-pressure",
    mutate: emitting((event, pass) =>
      Effect.asVoid(Effect.forkDetach(pass(event), { startImmediately: true })),
    ),
  },
  {
    ...fibers,
    name: "drops progress",
    fault: "progress never arrives",
    caughtBy: "progress/delivered",
    mutate: emitting((event, pass) => (event._tag === "Progress" ? Effect.void : pass(event))),
  },
  {
    ...fibers,
    name: "drops log lines",
    fault: "log lines never arrive",
    caughtBy: "context/log",
    mutate: emitting((event, pass) => (event._tag === "Log" ? Effect.void : pass(event))),
  },
  {
    base: "threads",
    size: 1,
    name: "reorders log lines",
    fault: "log lines arrive in another order",
    caughtBy: "context/log-before-end",
    mutate: delaying("Log"),
  },
  {
    base: "threads",
    size: 1,
    name: "loses the trace",
    fault: "a body is not in the trace of its caller",
    caughtBy: "context/trace",
    mutate: changing(({ envelope }) => ({ envelope: { ...envelope, trace: undefined } })),
  },
  {
    ...fibers,
    name: "builds a layer per job",
    fault: "the layer of a task is built for each of its jobs",
    caughtBy: "lifecycle/layer",
    mutate: changing(({ task }) =>
      task.layer === undefined ? {} : { task: { ...task, layer: Layer.fresh(task.layer) } },
    ),
  },
];
