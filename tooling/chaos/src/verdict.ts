/**
 * How a call ended, and whether it may have ended so, given what it is and what was done to it.
 */
import type { Call } from "./call.ts";
import { endedEarly } from "./submit.ts";
import { answerTo } from "./tasks/evidence.ts";
import type { Caught } from "./tasks/nested.task.ts";

/** What was done to the workers and to their runtime, as far as a verdict depends on it. */
export interface Circumstances {
  /** Whether the worker of that lane was attacked while it had something to do with the call. */
  readonly wasAttacked: (lane: string, call: Call) => boolean;
  /** Whether the task of the call has killed workers enough to be refused. */
  readonly mayBeQuarantined: (call: Call) => boolean;
  /** Whether the runtime refuses calls when its queue is full. */
  readonly mayBeFull: boolean;
}

/** `name` is how it ended, `detail` what is wrong with it even so, `lane` the worker that it tells of. */
export interface Ending {
  readonly name: string;
  readonly lane?: string | undefined;
  readonly detail?: string | undefined;
}

export type Settlement = { readonly value: unknown } | { readonly thrown: unknown };

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === "object" && u !== null;

/** The name of the task's own error reaches the host as it is. */
const caughtEnding = ({ lane, reason }: Caught): Ending => {
  if (reason.startsWith("RangeError: thrown by")) return { name: "caught defect" };
  if (reason.startsWith("AbortError") || reason.startsWith("Interrupted"))
    return { name: "caught interruption" };
  return { name: `caught ${reason}`, lane };
};

const ofValue = (call: Call, value: unknown): Ending => {
  if (value === endedEarly) return { name: "ended early" };
  if (isObject(value) && "reason" in value) return caughtEnding(value as unknown as Caught);
  const expected = answerTo({ id: call.firstId, salt: call.salt });
  if (isObject(value) && value["id"] === expected.id && value["sum"] === expected.sum)
    return { name: "success" };
  return { name: "success", detail: `gave ${JSON.stringify(value)} instead of ${JSON.stringify(expected)}` };
};

const ofError = (call: Call, thrown: Error): Ending => {
  const { firstId, salt } = call;
  const { _tag, id, salt: given, lane, reason } = thrown as Error & Readonly<Record<string, unknown>>;
  if (_tag === "RuntimeError" && isObject(reason)) {
    return { name: String(reason["_tag"]), lane: reason["lane"] as string | undefined };
  }
  if (_tag === "Refused") {
    return {
      name: "failure",
      detail: id === firstId && given === salt ? undefined : `the failure of ${String(id)}`,
    };
  }
  if (thrown instanceof RangeError && thrown.message.startsWith("thrown by")) {
    return { name: "defect", detail: id === firstId ? undefined : `what ${String(id)} threw` };
  }
  if (thrown.name === "AbortError") return { name: "interrupted" };
  return {
    name: "unknown",
    lane: lane as string | undefined,
    detail: `threw ${thrown.stack ?? String(thrown)}`,
  };
};

export const endingOf = (call: Call, settlement: Settlement): Ending => {
  if ("value" in settlement) return ofValue(call, settlement.value);
  const { thrown } = settlement;
  if (thrown === call.cancelReason) return { name: "cancelled" };
  if (thrown instanceof Error) return ofError(call, thrown);
  return { name: "unknown", detail: `threw ${String(thrown)}` };
};

const isStopped = ({ closing, fate, isCancelled }: Call): boolean =>
  isCancelled || closing === "closing" || fate.timeoutMillis !== undefined;

/** Whether it may have ended so. Names are those of `endingOf`; reasons are those of `RuntimeError`. */
export const isAllowed = (call: Call, { lane, name }: Ending, circumstances: Circumstances): boolean => {
  const { closing, draft, fate } = call;
  if (draft.expects.includes(name)) return true;
  switch (name) {
    case "ended early":
      return draft.way._tag === "stream" && draft.way.stopAfter !== undefined;
    case "cancelled":
      return call.isCancelledBy("signal");
    case "interrupted":
      return call.isCancelledBy("handle") || closing === "closing";
    case "TaskTimeout":
    case "caught TaskTimeout":
      return fate.timeoutMillis !== undefined;
    case "QueueTimeout":
      return fate.queueTimeoutMillis !== undefined;
    case "QueueFull":
      return circumstances.mayBeFull;
    case "ShuttingDown":
      return closing !== "open";
    // A body on its way out sees its calls go before it.
    case "caught interruption":
    case "caught ShuttingDown":
      return isStopped(call);
    case "Quarantined":
    case "caught Quarantined":
      return circumstances.mayBeQuarantined(call);
    case "WorkerLost":
    case "caught WorkerLost":
      return lane !== undefined && circumstances.wasAttacked(lane, call);
    default:
      return false;
  }
};
