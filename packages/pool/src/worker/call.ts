/**
 * One call in a worker: its context for the body, its channel to the caller, its cancellation and its one end.
 */
import { findUncloneable } from "@heddle/core/Cloneable";
import type { TaskCodec } from "@heddle/core/Codec";
import * as Defect from "@heddle/core/Defect";
import * as Outcome from "@heddle/core/Outcome";
import type * as Task from "@heddle/core/Task";
import type { TaskContext, Unit } from "@heddle/core/TaskContext";

import { type HostFrame, initialCredit, Kind, type Refusal, type WorkerFrame } from "../Frame.ts";
import type { Port } from "./port.ts";

export type RunFrame = Extract<HostFrame, readonly [1, ...ReadonlyArray<unknown>]>;

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

const cancelled = (): DOMException => new DOMException("The job was cancelled", "AbortError");

export class WorkerCall {
  readonly number: number;
  readonly jobId: string;
  readonly mode: Task.Mode;
  readonly input: unknown;
  readonly attempt: number;
  readonly envelope: RunFrame[8];
  readonly unit: Unit;
  private readonly port: Port;
  private readonly onEnd: (call: WorkerCall) => void;
  private credit = initialCredit;
  private waiting: Array<() => void> = [];
  private controller: AbortController | undefined;
  private isAborted = false;
  /** How an Effect body is interrupted, once there is one. */
  interrupt: (() => void) | undefined;
  codec: TaskCodec | undefined;
  private unsent: { readonly refusal: Refusal; readonly message: string } | undefined;

  constructor(frame: RunFrame, unit: Unit, port: Port, onEnd: (call: WorkerCall) => void) {
    [, this.number, this.jobId, , , this.mode, this.input, this.attempt, this.envelope] = frame;
    this.unit = unit;
    this.port = port;
    this.onEnd = onEnd;
  }

  get isCancelled(): boolean {
    return this.isAborted || this.port.isCancelFlagRaised(this.number);
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.isAborted) this.controller.abort(cancelled());
    return this.controller.signal;
  }

  cancel(): void {
    this.isAborted = true;
    this.controller?.abort(cancelled());
    this.interrupt?.();
    this.resume();
  }

  addCredit(chunks: number): void {
    this.credit += chunks;
    this.resume();
  }

  /** Sends a chunk of a stream; resolves when the caller has room for the next. */
  async chunk(values: ReadonlyArray<unknown>): Promise<void> {
    // Nobody reads any more. The turn lets the cancel message in, so that an endless producer hears of it.
    if (this.isCancelled) return new Promise((resolve) => setImmediate(resolve));
    this.send([Kind.chunk, this.number, values], "output");
    this.credit--;
    while (this.credit <= 0 && !this.isCancelled) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  // A flush of a timer may wait beside the one of the loop.
  private resume(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  progress(value: unknown): void {
    this.send(
      [Kind.progress, this.number, this.codec === undefined ? value : this.codec.encodeProgress(value)],
      "progress",
    );
  }

  log(message: ReadonlyArray<unknown>): void {
    this.send([Kind.log, this.number, message, "Info", undefined], "progress");
  }

  succeed(value: unknown): void {
    let encoded = value;
    try {
      if (this.codec !== undefined && this.mode === "value") encoded = this.codec.encodeOutput(value);
    } catch (thrown) {
      return this.refuse({ _tag: "InvalidOutput", where: "output", detail: messageOf(thrown) });
    }
    this.end(Outcome.success(encoded));
  }

  /** Ends with what the body threw: cancelled, a typed failure, or a defect. */
  fail(thrown: unknown): void {
    if (this.isCancelled) return this.end(Outcome.interrupted);
    try {
      const failure = this.codec?.asFailure(thrown);
      this.end(
        failure === undefined ? Outcome.defect(Defect.fromUnknown(thrown)) : Outcome.failure(failure.error),
      );
    } catch (cause) {
      this.refuse({ _tag: "InvalidOutput", where: "error", detail: messageOf(cause) });
    }
  }

  /** The end of the call. A value that cannot be cloned ends it as a refusal that names the offending path. */
  end(outcome: Outcome.Outcome): void {
    const { unsent } = this;
    if (unsent !== undefined && isDefectOf(outcome, unsent.message)) return this.refuse(unsent.refusal);
    try {
      this.send([Kind.outcome, this.number, outcome], outcome._tag === "Success" ? "output" : "error");
    } catch (thrown) {
      if (this.unsent === undefined) throw thrown;
      return this.refuse(this.unsent.refusal);
    }
    this.onEnd(this);
  }

  refuse(refusal: Refusal): void {
    this.port.post([[Kind.refused, this.number, refusal]]);
    this.onEnd(this);
  }

  context(): TaskContext<unknown> {
    return new CallContext(this);
  }

  private send(frame: WorkerFrame, where: Refusal["where"]): void {
    try {
      this.port.post([frame]);
    } catch (cause) {
      const path = pathOf(frame, where);
      const message = `${path} cannot leave this worker: ${messageOf(cause)}`;
      this.unsent = { refusal: { _tag: "NotSerializable", where, detail: path }, message };
      throw new TypeError(message, { cause });
    }
  }
}

// The body may have caught the error of a value that could not be sent and failed of something else.
const isDefectOf = (outcome: Outcome.Outcome, message: string): boolean =>
  outcome._tag === "Defect" && outcome.defect._tag === "Error" && outcome.defect.message === message;

const pathOf = (frame: WorkerFrame, where: Refusal["where"]): string => {
  const payload = frame[2];
  if (frame[0] !== Kind.outcome) return findUncloneable(payload, where) ?? where;
  const outcome = frame[2];
  const value =
    outcome._tag === "Success" ? outcome.value : outcome._tag === "Failure" ? outcome.error : outcome;
  return findUncloneable(value, where) ?? where;
};

// A class, so that a body that ignores its signal never makes an AbortController.
class CallContext implements TaskContext<unknown> {
  readonly #call: WorkerCall;
  readonly id: string;
  readonly attempt: number;
  readonly unit: Unit;

  constructor(call: WorkerCall) {
    this.#call = call;
    this.id = call.jobId;
    this.attempt = call.attempt;
    this.unit = call.unit;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }

  get deadlineEpochMillis(): number | undefined {
    return this.#call.envelope?.deadlineEpochMillis;
  }

  readonly isCancelled = (): boolean => this.#call.isCancelled;
  readonly throwIfCancelled = (): void => {
    if (this.#call.isCancelled) throw cancelled();
  };
  readonly progress = (value: unknown): void => this.#call.progress(value);
  readonly log = (...message: ReadonlyArray<unknown>): void => this.#call.log(message);
  readonly transfer = (): void => undefined;
  readonly run = (): Promise<never> => Promise.reject(new Error("not yet"));
}
