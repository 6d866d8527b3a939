/**
 * What a caller is told when the pool could not bring its job to an outcome of its own.
 */
import type { Job } from "@heddle/core/Job";
import * as RuntimeError from "@heddle/core/RuntimeError";

import type * as Frame from "../Frame.ts";
import type { Worker } from "../Worker.ts";
import type { End } from "./call.ts";

const ofRefusal = (job: Job, { _tag, detail, where }: Frame.Refusal): RuntimeError.Reason => {
  const module = job.task.module ?? "";
  switch (_tag) {
    case "TaskNotFound":
      return new RuntimeError.TaskNotFound({ module, detail });
    case "ModuleFailed":
      return new RuntimeError.ModuleFailed({ module, detail });
    case "InvalidInput":
      return new RuntimeError.InvalidInput({ detail });
    case "InvalidOutput":
      return new RuntimeError.InvalidOutput({ where, detail });
    case "NotSerializable":
      return new RuntimeError.NotSerializable({ where, path: detail });
  }
};

const ofLoss = (
  { attempt }: Job,
  { exit, violation }: Extract<End, { _tag: "Lost" }>,
  lane: string,
  limitMiB: number | undefined,
): RuntimeError.Reason => {
  const { cause, exitCode, isOutOfMemory, signal, stderrTail } = exit;
  if (isOutOfMemory) return new RuntimeError.OutOfMemory({ lane, limitMiB, attempt, stderrTail, cause });
  if (violation !== undefined) return new RuntimeError.ProtocolViolation({ lane, detail: violation });
  return new RuntimeError.WorkerLost({ lane, exitCode, signal, attempt, stderrTail, cause });
};

/** The reason for an end that is neither an outcome nor a cancellation. */
export const reasonOf = (
  job: Job,
  end: Exclude<End, { _tag: "Outcome" | "Cancelled" }>,
  worker: Worker | undefined,
  limitMiB: number | undefined,
): RuntimeError.Reason => {
  switch (end._tag) {
    case "Refused":
      return ofRefusal(job, end.refusal);
    case "Lost":
      return ofLoss(job, end, worker?.lane ?? "", limitMiB);
    case "NotSerializable":
      return new RuntimeError.NotSerializable({ where: "input", path: end.path, cause: end.cause });
    case "Quarantined": {
      const { kills, lastDeath, retryAfterMillis } = end;
      return new RuntimeError.Quarantined({ kills, lastDeath, retryAfterMillis });
    }
    case "Unavailable":
      return new RuntimeError.EngineUnavailable({ detail: end.detail, cause: end.cause });
    case "Closed":
      return new RuntimeError.ShuttingDown({});
  }
};
