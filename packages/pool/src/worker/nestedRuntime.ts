/**
 * The runtime of a body that calls other tasks: carries its jobs to the host and what comes back to the engine.
 * Loaded with the first such call.
 */
import type { Capabilities } from "@heddle/core/Capabilities";
import type { NestedJob } from "@heddle/core/Job";
import * as Nested from "@heddle/core/Nested";
import type { Outcome } from "@heddle/core/Outcome";
import type { Service } from "@heddle/core/Runtime";
import * as RuntimeError from "@heddle/core/RuntimeError";
import * as RuntimeErrorData from "@heddle/core/RuntimeErrorData";
import * as Effect from "effect/Effect";

import type { NestAnswer, NestEvent, NestRequest } from "../Frame.ts";
import type { WorkerCall } from "./call.ts";
import type { NestedCall } from "./nested.ts";
import { Unsent } from "./outbox.ts";

type Ended = Effect.Effect<Outcome, RuntimeError.RuntimeError>;

const requestOf = (job: NestedJob, call: WorkerCall): NestRequest => {
  const { envelope, input, mode, priority, task, timeoutMillis } = job;
  return {
    module: task.module ?? "",
    task: task.name,
    mode,
    input,
    priority,
    timeoutMillis: timeoutMillis === Number.POSITIVE_INFINITY ? undefined : timeoutMillis,
    envelope: {
      ...envelope,
      deadlineEpochMillis: envelope.deadlineEpochMillis ?? call.envelope?.deadlineEpochMillis,
    },
  };
};

const next = (nested: NestedCall): Effect.Effect<NestEvent | NestAnswer> =>
  Effect.callback((resume) => Effect.sync(nested.take((arrival) => resume(Effect.succeed(arrival)))));

const answerOf = (answer: NestAnswer): Ended =>
  answer._tag === "Outcome"
    ? Effect.succeed(answer.outcome)
    : Effect.suspend(() => Effect.fail(RuntimeErrorData.decode(answer.error)));

/** Takes events in order until the answer comes. */
const converse = Effect.fnUntraced(function* (
  nested: NestedCall,
  job: NestedJob,
): Effect.fn.Return<NestAnswer> {
  for (;;) {
    const arrival = yield* next(nested);
    switch (arrival._tag) {
      case "Started":
        job.started(arrival.unit);
        break;
      case "Progress":
        yield* job.emit(arrival);
        break;
      case "Chunk":
        yield* job.emit(arrival);
        nested.taken(arrival.values.length);
        break;
      default:
        return arrival;
    }
  }
});

const answered = Effect.fnUntraced(function* (nested: NestedCall): Effect.fn.Return<void> {
  for (;;) {
    const { _tag } = yield* next(nested);
    if (_tag === "Outcome" || _tag === "Error") return;
  }
});

const nest = (call: WorkerCall, runtime: string, job: NestedJob): Ended =>
  Effect.suspend(() => {
    let nested: NestedCall;
    try {
      nested = call.nested.begin(requestOf(job, call), job.transfer);
    } catch (cause) {
      if (!(cause instanceof Unsent)) throw cause;
      const reason = new RuntimeError.NotSerializable({ where: "input", path: cause.refusal.detail, cause });
      return Effect.fail(new RuntimeError.RuntimeError({ runtime, task: job.task.name, reason }));
    }
    const stopped = Effect.suspend(() => {
      nested.cancel();
      return answered(nested);
    });
    return Effect.flatMap(
      Effect.onInterrupt(converse(nested, job), () => stopped),
      answerOf,
    );
  });

/** The runtime that the body of a call uses. */
export const make = (call: WorkerCall, name: string, capabilities: Capabilities): Service =>
  Nested.make({ name, capabilities }, { nest: (job) => nest(call, name, job) });
