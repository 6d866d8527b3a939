/**
 * Runtime errors as plain data, for channels that carry them: structured clone and JSON alike.
 *
 * @since 0.1.0
 */
import * as Defect from "./Defect.ts";
import * as RuntimeError from "./RuntimeError.ts";

/**
 * A runtime error as data. Of what caused it the text is kept: names, messages and stacks.
 *
 * @category models
 * @since 0.1.0
 */
export interface RuntimeErrorData {
  readonly runtime: string;
  readonly task: string;
  readonly reason: {
    readonly _tag: RuntimeError.Reason["_tag"];
    readonly fields: Readonly<Record<string, unknown>>;
    readonly cause?: Defect.Defect | undefined;
  };
}

type ReasonClass = new (fields: any) => RuntimeError.Reason;

const reasons: Readonly<Record<RuntimeError.Reason["_tag"], ReasonClass>> = {
  WorkerLost: RuntimeError.WorkerLost,
  OutOfMemory: RuntimeError.OutOfMemory,
  QueueFull: RuntimeError.QueueFull,
  QueueTimeout: RuntimeError.QueueTimeout,
  Quarantined: RuntimeError.Quarantined,
  TaskTimeout: RuntimeError.TaskTimeout,
  NotSerializable: RuntimeError.NotSerializable,
  InvalidInput: RuntimeError.InvalidInput,
  InvalidOutput: RuntimeError.InvalidOutput,
  TaskNotFound: RuntimeError.TaskNotFound,
  ModuleFailed: RuntimeError.ModuleFailed,
  TaskNotPortable: RuntimeError.TaskNotPortable,
  Unsupported: RuntimeError.Unsupported,
  ShuttingDown: RuntimeError.ShuttingDown,
  ProtocolViolation: RuntimeError.ProtocolViolation,
  EngineUnavailable: RuntimeError.EngineUnavailable,
  InvalidOptions: RuntimeError.InvalidOptions,
};

// Those that the class itself gives, and those that are no data.
const omitted = new Set(["_tag", "code", "name", "message", "stack", "cause"]);

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === "object" && u !== null;

const isTag = (u: unknown): u is RuntimeError.Reason["_tag"] =>
  typeof u === "string" && Object.hasOwn(reasons, u);

const isData = (u: unknown): u is RuntimeErrorData =>
  isRecord(u) &&
  typeof u["runtime"] === "string" &&
  typeof u["task"] === "string" &&
  isRecord(u["reason"]) &&
  isTag(u["reason"]["_tag"]) &&
  isRecord(u["reason"]["fields"]);

/**
 * The data of an error.
 *
 * @category conversions
 * @since 0.1.0
 */
export const encode = ({ reason, runtime, task }: RuntimeError.RuntimeError): RuntimeErrorData => {
  const fields = Object.entries(reason).filter(([name, value]) => !omitted.has(name) && value !== undefined);
  const cause: unknown = "cause" in reason ? reason.cause : undefined;
  return {
    runtime,
    task,
    reason: {
      _tag: reason._tag,
      fields: Object.fromEntries(fields),
      ...(cause === undefined ? {} : { cause: Defect.withoutFields(Defect.fromUnknown(cause)) }),
    },
  };
};

/**
 * The error of some data. Throws a `TypeError` when it is anything else.
 *
 * @category conversions
 * @since 0.1.0
 */
export const decode = (data: unknown): RuntimeError.RuntimeError => {
  if (!isData(data)) throw new TypeError("not the data of a RuntimeError");
  const { reason, runtime, task } = data;
  const { _tag, cause, fields } = reason;
  const given = cause === undefined ? fields : { ...fields, cause: Defect.toUnknown(cause) };
  return new RuntimeError.RuntimeError({ runtime, task, reason: new reasons[_tag](given) });
};
