/**
 * The one error type of every runtime, with a closed union of reasons.
 *
 * Each reason has a stable `code` and says what happened, why, and what to do about it.
 * `Effect.catchReason("RuntimeError", "WorkerLost", …)` handles one of them.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data";

type Where = "input" | "output" | "error" | "progress";

/**
 * The worker died while it ran the job: it exited, crashed or was killed by somebody else.
 *
 * **Details**
 *
 * Only the attempt that ran there is lost. The body may have had side effects, so nothing is repeated unasked.
 *
 * @category reasons
 * @since 0.1.0
 */
export class WorkerLost extends Data.TaggedError("WorkerLost")<{
  readonly lane: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly attempt: number;
  readonly stderrTail?: string | undefined;
  readonly cause?: unknown;
}> {
  readonly code = "HEDDLE_WORKER_LOST";
  override get message(): string {
    const how = this.signal === null ? `exit code ${this.exitCode ?? "unknown"}` : `signal ${this.signal}`;
    const last = this.stderrTail ? ` It last wrote: ${this.stderrTail.trim().split("\n").at(-1)}.` : "";
    return `worker ${this.lane} died (${how}) while it ran attempt ${this.attempt}.${last} The body may have had effects; run it again only if that is safe.`;
  }
}

/**
 * The worker reached its memory limit while it ran the job, and died of it.
 *
 * **Details**
 *
 * `limitMiB` is the `memoryLimitMiB` of the pool; nothing when the platform's own limit was reached.
 *
 * @category reasons
 * @since 0.1.0
 */
export class OutOfMemory extends Data.TaggedError("OutOfMemory")<{
  readonly lane: string;
  readonly limitMiB?: number | undefined;
  readonly attempt: number;
  readonly stderrTail?: string | undefined;
  readonly cause?: unknown;
}> {
  readonly code = "HEDDLE_OUT_OF_MEMORY";
  override get message(): string {
    const limit = this.limitMiB === undefined ? "its memory limit" : `its limit of ${this.limitMiB} MiB`;
    return `worker ${this.lane} reached ${limit} while it ran attempt ${this.attempt}. Raise \`memoryLimitMiB\` or give the task less at a time.`;
  }
}

/**
 * The runtime's queue was full and `whenFull` says to refuse. Nothing was started.
 *
 * @category reasons
 * @since 0.1.0
 */
export class QueueFull extends Data.TaggedError("QueueFull")<{
  readonly maxQueue: number;
}> {
  readonly code = "HEDDLE_QUEUE_FULL";
  override get message(): string {
    return `${this.maxQueue} jobs wait already, which is \`maxQueue\`. Submit more slowly, raise the limit, or let callers wait with \`whenFull: "wait"\`.`;
  }
}

/**
 * The job waited for a place for longer than its `queueTimeout`; its body never started.
 *
 * @category reasons
 * @since 0.1.0
 */
export class QueueTimeout extends Data.TaggedError("QueueTimeout")<{
  readonly queueTimeoutMillis: number;
}> {
  readonly code = "HEDDLE_QUEUE_TIMEOUT";
  override get message(): string {
    return `no place was free within ${this.queueTimeoutMillis} ms, so the body never started. Raise \`queueTimeout\`, add workers, or submit less.`;
  }
}

/**
 * The task killed several workers in a row and is not run for a while. Nothing was started.
 *
 * @category reasons
 * @since 0.1.0
 */
export class Quarantined extends Data.TaggedError("Quarantined")<{
  /** How many workers it killed without a success in between. */
  readonly kills: number;
  readonly lastDeath: string;
  readonly retryAfterMillis: number;
}> {
  readonly code = "HEDDLE_QUARANTINED";
  override get message(): string {
    return `the task killed ${this.kills} workers in a row (the last: ${this.lastDeath}) and is tried again in ${this.retryAfterMillis} ms at the earliest. Mend the task, or raise \`quarantineAfter\`.`;
  }
}

/**
 * The body did not end within its `timeout`; it was cancelled.
 *
 * @category reasons
 * @since 0.1.0
 */
export class TaskTimeout extends Data.TaggedError("TaskTimeout")<{
  readonly timeoutMillis: number;
}> {
  readonly code = "HEDDLE_TASK_TIMEOUT";
  override get message(): string {
    return `the body did not end within ${this.timeoutMillis} ms and was cancelled. Raise \`timeout\` or make the task smaller.`;
  }
}

/**
 * A value cannot cross the boundary. `path` names the first offending place, such as `input.rows[3].callback`.
 *
 * @category reasons
 * @since 0.1.0
 */
export class NotSerializable extends Data.TaggedError("NotSerializable")<{
  readonly where: Where;
  readonly path: string;
  readonly cause?: unknown;
}> {
  readonly code = "HEDDLE_NOT_SERIALIZABLE";
  override get message(): string {
    return `${this.path} cannot leave this isolate. Send plain data, or give the task a schema that encodes it.`;
  }
}

/**
 * The input does not fit the task's `input` schema.
 *
 * @category reasons
 * @since 0.1.0
 */
export class InvalidInput extends Data.TaggedError("InvalidInput")<{
  readonly detail: string;
  readonly cause?: unknown;
}> {
  readonly code = "HEDDLE_INVALID_INPUT";
  override get message(): string {
    return `the input does not fit the task's schema: ${this.detail}`;
  }
}

/**
 * What the body gave does not fit its schema, or its mode: `run` wants a value, `stream` a stream.
 *
 * @category reasons
 * @since 0.1.0
 */
export class InvalidOutput extends Data.TaggedError("InvalidOutput")<{
  readonly where: Where;
  readonly detail: string;
  readonly cause?: unknown;
}> {
  readonly code = "HEDDLE_INVALID_OUTPUT";
  override get message(): string {
    return `the ${this.where} of the body does not fit the task: ${this.detail}`;
  }
}

/**
 * The task's module was loaded but exports no task of that name; or what was passed is not a task at all.
 *
 * @category reasons
 * @since 0.1.0
 */
export class TaskNotFound extends Data.TaggedError("TaskNotFound")<{
  readonly module: string | null;
  readonly detail: string;
}> {
  readonly code = "HEDDLE_TASK_NOT_FOUND";
  override get message(): string {
    return this.detail;
  }
}

/**
 * The task's module could not be imported in a worker: it is missing, or it throws while it loads.
 *
 * @category reasons
 * @since 0.1.0
 */
export class ModuleFailed extends Data.TaggedError("ModuleFailed")<{
  readonly module: string;
  readonly detail: string;
  readonly cause?: unknown;
}> {
  readonly code = "HEDDLE_MODULE_FAILED";
  override get message(): string {
    return `module ${this.module} could not be loaded in a worker: ${this.detail}`;
  }
}

/**
 * The task has no `module`, so a runtime that leaves this isolate cannot find it.
 *
 * @category reasons
 * @since 0.1.0
 */
export class TaskNotPortable extends Data.TaggedError("TaskNotPortable") {
  readonly code = "HEDDLE_TASK_NOT_PORTABLE";
  constructor(_fields: object = {}) {
    super();
  }
  override get message(): string {
    return "the task has no `module`, so a worker cannot import it. Export it from a file of its own with `module: import.meta.url`.";
  }
}

/**
 * The call needs a capability that this runtime does not have. Nothing was started.
 *
 * @category reasons
 * @since 0.1.0
 */
export class Unsupported extends Data.TaggedError("Unsupported")<{
  readonly capability: string;
}> {
  readonly code = "HEDDLE_UNSUPPORTED";
  override get message(): string {
    return `this runtime has no capability "${this.capability}". Choose a runtime that declares it, or leave the option out.`;
  }
}

/**
 * The runtime is closing or closed and takes no new jobs.
 *
 * @category reasons
 * @since 0.1.0
 */
export class ShuttingDown extends Data.TaggedError("ShuttingDown") {
  readonly code = "HEDDLE_SHUTTING_DOWN";
  constructor(_fields: object = {}) {
    super();
  }
  override get message(): string {
    return "the runtime is closing or closed. Open a new one, or submit before it closes.";
  }
}

/**
 * A worker broke the protocol: it sent a frame that cannot be understood. That worker was killed.
 *
 * @category reasons
 * @since 0.1.0
 */
export class ProtocolViolation extends Data.TaggedError("ProtocolViolation")<{
  readonly lane: string;
  readonly detail: string;
}> {
  readonly code = "HEDDLE_PROTOCOL_VIOLATION";
  override get message(): string {
    return `worker ${this.lane} broke the protocol (${this.detail}) and was killed.`;
  }
}

/**
 * No worker could be started at all.
 *
 * @category reasons
 * @since 0.1.0
 */
export class EngineUnavailable extends Data.TaggedError("EngineUnavailable")<{
  readonly detail: string;
  readonly cause?: unknown;
}> {
  readonly code = "HEDDLE_ENGINE_UNAVAILABLE";
  override get message(): string {
    return `no worker could be started: ${this.detail}`;
  }
}

/**
 * The runtime was opened with an option that makes no sense. Nothing was started.
 *
 * **Details**
 *
 * An option belongs to a runtime and to no task, so the error's `task` is `"*"`. Make the error with
 * {@link invalidOptions}.
 *
 * @category reasons
 * @since 0.1.0
 */
export class InvalidOptions extends Data.TaggedError("InvalidOptions")<{
  readonly option: string;
  readonly detail: string;
}> {
  readonly code = "HEDDLE_INVALID_OPTIONS";
  override get message(): string {
    return `option \`${this.option}\` is invalid: ${this.detail}. Correct it where the runtime is opened.`;
  }
}

/**
 * Any of the reasons.
 *
 * @category reasons
 * @since 0.1.0
 */
export type Reason =
  | WorkerLost
  | OutOfMemory
  | QueueFull
  | QueueTimeout
  | Quarantined
  | TaskTimeout
  | NotSerializable
  | InvalidInput
  | InvalidOutput
  | TaskNotFound
  | ModuleFailed
  | TaskNotPortable
  | Unsupported
  | ShuttingDown
  | ProtocolViolation
  | EngineUnavailable
  | InvalidOptions;

/**
 * What a runtime fails with when it could not bring a job to an outcome of its own.
 *
 * **Errors**
 *
 * A task's own failures are never wrapped in it: they reach the caller as they are.
 *
 * @category errors
 * @since 0.1.0
 */
export class RuntimeError extends Data.TaggedError("RuntimeError")<{
  readonly runtime: string;
  readonly task: string;
  readonly reason: Reason;
}> {
  /** The stable code of the reason, for programs and for search engines. */
  get code(): Reason["code"] {
    return this.reason.code;
  }
  override get message(): string {
    const where = this.task === "*" ? this.runtime : `task "${this.task}" on ${this.runtime}`;
    return `${where}: ${this.reason.message} [${this.code}]`;
  }
}

/**
 * The error of a runtime that was opened with a wrong option.
 *
 * @category constructors
 * @since 0.1.0
 */
export const invalidOptions = (runtime: string, option: string, detail: string): RuntimeError =>
  new RuntimeError({ runtime, task: "*", reason: new InvalidOptions({ option, detail }) });
