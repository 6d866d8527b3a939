/**
 * One call in a worker: its channel to the caller, its cancellation and its one end, after which it sends nothing.
 */
import type { TaskCodec } from "@heddle/core/Codec";
import * as Defect from "@heddle/core/Defect";
import type { Items } from "@heddle/core/Items";
import type { LogLevel } from "@heddle/core/Job";
import * as Outcome from "@heddle/core/Outcome";
import type * as Task from "@heddle/core/Task";
import type { Unit } from "@heddle/core/TaskContext";
import * as Timers from "@heddle/core/Timers";

import { type HostFrameOf, initialCredit, Kind, type Refusal, type WorkerFrame } from "../Frame.ts";
import { elapsedMillis } from "./clock.ts";
import { NestedCalls } from "./nested.ts";
import { Outbox, Unsent } from "./outbox.ts";
import type { Port } from "./port.ts";
import { Progress } from "./progress.ts";

/** What starts a call. */
export type RunFrame = HostFrameOf<"run" | "runSeries">;

/** What an aborted signal gives as its reason, and what is thrown for it. */
export const cancelled = (): DOMException => new DOMException("The job was cancelled", "AbortError");

// Half of what there is room for at first, so that one half is made while the other is on its way.
const smallBatch = initialCredit / 2;
const largeBatch = 64;

/** A call is running until it is cancelled or ended; a cancelled one still has to end. */
type State = "running" | "cancelled" | "ended";

/** A call of this worker, from its `run` frame to its end. */
export class WorkerCall {
  readonly number: number;
  jobId: string;
  /** Its input are those of several jobs. */
  readonly isSeries: boolean;
  readonly mode: Task.Mode;
  readonly input: unknown;
  readonly attempt: number;
  readonly envelope: RunFrame[8];
  readonly unit: Unit;
  readonly port: Port;
  /** How an Effect body is interrupted, once there is one. */
  interrupt: (() => void) | undefined;
  codec: TaskCodec | undefined;
  private readonly onEnd: (call: WorkerCall) => void;
  private readonly outbox: Outbox;
  private state: State = "running";
  private startedAtMillis = Number.NaN;
  private credit = initialCredit;
  private waiting: Array<() => void> = [];
  private controller: AbortController | undefined;
  private reported: Progress | undefined;
  private nestedCalls: NestedCalls | undefined;

  constructor(frame: RunFrame, unit: Unit, port: Port, onEnd: (call: WorkerCall) => void) {
    this.isSeries = frame[0] === Kind.runSeries;
    [, this.number, this.jobId, , , this.mode, this.input, this.attempt, this.envelope] = frame;
    this.unit = unit;
    this.port = port;
    this.onEnd = onEnd;
    this.outbox = new Outbox(port);
  }

  /** The calls that the body makes. */
  get nested(): NestedCalls {
    return (this.nestedCalls ??= new NestedCalls(this));
  }

  /** Its body begins. */
  started(): void {
    this.startedAtMillis = elapsedMillis();
  }

  /** Whether nobody waits for it: it was cancelled, or has ended and the body left something running. */
  get isCancelled(): boolean {
    return this.state !== "running" || this.port.isCancelFlagRaised(this.number);
  }

  get isEnded(): boolean {
    return this.state === "ended";
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.state !== "running") this.controller.abort(cancelled());
    return this.controller.signal;
  }

  cancel(): void {
    if (this.state !== "running") return;
    this.state = "cancelled";
    this.controller?.abort(cancelled());
    this.interrupt?.();
    this.nestedCalls?.interrupt();
    this.resume();
  }

  /** Sends outputs of a series, which ends with the last. Throws {@link Unsent}. */
  sendOutputs(outputs: Items, micros: number, isLast: boolean): void {
    const moved = ArrayBuffer.isView(outputs) ? [outputs.buffer] : undefined;
    this.send([Kind.outputs, this.number, outputs, micros, isLast], "output", moved);
    if (isLast) this.ended();
  }

  /** Ends without a word: what is left of a job of a series, which has ended before. */
  forget(): void {
    this.state = "ended";
  }

  addCredit(items: number): void {
    this.credit += items;
    this.resume();
  }

  /** How many items to gather before they are sent. There is always room for them. */
  get batchSize(): number {
    return Math.min(this.credit > initialCredit ? largeBatch : smallBatch, this.credit);
  }

  /** Sends items of a stream, as many at a time as there is room for; resolves when there is room for the next. */
  async chunk(values: ReadonlyArray<unknown>): Promise<void> {
    // Nobody reads any more. The turn lets the cancel message in, so that an endless producer hears of it.
    if (this.isCancelled) return new Promise((resolve) => void Timers.nextTurn(resolve));
    for (let sent = 0; sent < values.length && !this.isCancelled;) {
      const part = values.slice(sent, sent + this.credit);
      this.outbox.sendValue([Kind.chunk, this.number, part]);
      sent += part.length;
      this.credit -= part.length;
      while (this.credit <= 0 && !this.isCancelled) {
        await new Promise<void>((resolve) => this.waiting.push(resolve));
      }
    }
  }

  // A flush of a timer may wait beside the one of the loop.
  private resume(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  progress(value: unknown): void {
    if (this.isEnded) return;
    const encoded = this.codec === undefined ? value : this.codec.encodeProgress(value);
    this.reported ??= new Progress((latest) => this.send([Kind.progress, this.number, latest], "progress"));
    this.reported.report(encoded);
  }

  log(
    message: ReadonlyArray<unknown>,
    level: LogLevel,
    annotations?: Readonly<Record<string, unknown>>,
  ): void {
    this.send([Kind.log, this.number, message, level, annotations], "progress");
  }

  /** Wants objects moved with the next value of the body that contains them. */
  transfer(objects: ReadonlyArray<unknown>): void {
    this.outbox.transfer(objects);
  }

  /** Sends a frame that is not of the body's values; throws `Unsent`. Once the call has ended it sends nothing. */
  send(frame: WorkerFrame, where: Refusal["where"], transfer?: ReadonlyArray<unknown>): void {
    if (!this.isEnded) this.outbox.send(frame, where, transfer);
  }

  succeed(value: unknown): void {
    let encoded = value;
    try {
      if (this.codec !== undefined && this.mode === "value") encoded = this.codec.encodeOutput(value);
    } catch (thrown) {
      return this.refuse({ _tag: "InvalidOutput", where: "output", detail: Defect.messageOf(thrown) });
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
      this.refuse({ _tag: "InvalidOutput", where: "error", detail: Defect.messageOf(cause) });
    }
  }

  /** The end of the call. A value that cannot be cloned ends it as a refusal that names the offending path. */
  end(outcome: Outcome.Outcome): void {
    if (this.isEnded) return;
    const { lastUnsent } = this.outbox;
    if (lastUnsent !== undefined && isDefectOf(outcome, lastUnsent.message)) {
      return this.refuse(lastUnsent.refusal);
    }
    try {
      this.flushProgress(outcome);
      this.sendOutcome(outcome);
    } catch (thrown) {
      if (thrown instanceof Unsent) return this.refuse(thrown.refusal);
      // A value that throws when it is looked at.
      return this.end(Outcome.defect(Defect.fromUnknown(thrown)));
    }
    this.ended();
  }

  refuse(refusal: Refusal): void {
    this.reported?.drop();
    this.send([Kind.refused, this.number, refusal], "output");
    this.ended();
  }

  // What the body itself failed with says more than a last value of its progress that could not be sent.
  private flushProgress(outcome: Outcome.Outcome): void {
    try {
      this.reported?.flush();
    } catch (thrown) {
      if (outcome._tag === "Success") throw thrown;
    }
  }

  private sendOutcome(outcome: Outcome.Outcome): void {
    if (outcome._tag === "Defect") return this.sendDefect(outcome.defect);
    if (outcome._tag !== "Success")
      return this.send([Kind.outcome, this.number, outcome, this.micros], "error");
    const mistake = this.outbox.neverMoved(outcome.value);
    if (mistake === undefined) this.outbox.sendValue([Kind.outcome, this.number, outcome, this.micros]);
    else
      this.send(
        [Kind.outcome, this.number, Outcome.defect(Defect.fromUnknown(mistake)), this.micros],
        "error",
      );
  }

  // Nothing for one that never began.
  private get micros(): number | undefined {
    const millis = elapsedMillis() - this.startedAtMillis;
    return Number.isNaN(millis) ? undefined : Math.ceil(millis * 1000);
  }

  // A channel may take less than structured clone does; what was thrown is told all the same.
  private sendDefect(defect: Defect.Defect): void {
    try {
      this.send([Kind.outcome, this.number, Outcome.defect(defect), this.micros], "error");
    } catch (thrown) {
      if (!(thrown instanceof Unsent)) throw thrown;
      this.send(
        [Kind.outcome, this.number, Outcome.defect(Defect.withoutFields(defect)), this.micros],
        "error",
      );
    }
  }

  private ended(): void {
    if (this.isEnded) return;
    this.state = "ended";
    this.nestedCalls?.end();
    this.resume();
    this.onEnd(this);
  }
}

// The body may have caught the error of a value that could not be sent and failed of something else.
const isDefectOf = (outcome: Outcome.Outcome, message: string): boolean =>
  outcome._tag === "Defect" && outcome.defect._tag === "Error" && outcome.defect.message === message;
