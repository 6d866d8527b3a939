/**
 * One attempt of a call as adapters are given it.
 */
import type * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";

import type * as Adapter from "../Adapter.ts";
import type { Envelope } from "../Envelope.ts";
import type { Job, JobEvent, NestedJob } from "../Job.ts";
import type { Outcome } from "../Outcome.ts";
import type { RuntimeError } from "../RuntimeError.ts";
import type * as Task from "../Task.ts";
import type { Unit } from "../TaskContext.ts";
import type { ActiveCall } from "./activeCall.ts";

/** A job, and what its adapter tells: the end, or that it could not even begin. */
export interface Attempt extends Adapter.Attempt {
  readonly notBegun: (thrown: unknown) => void;
  /** Gives it to the adapter, when it is a series. */
  readonly beginMany?: (() => Adapter.Begun) | undefined;
}

/** Any attempt but the first: that is the call itself, since most calls have no other. */
export class LaterAttempt implements Attempt {
  readonly attempt: number;
  private readonly call: ActiveCall;

  constructor(call: ActiveCall, attempt: number) {
    this.call = call;
    this.attempt = attempt;
  }

  get id(): string {
    return this.call.id;
  }
  get context(): Context.Context<never> {
    return this.call.context;
  }
  get task(): Task.Any {
    return this.call.task;
  }
  get input(): unknown {
    return this.call.input;
  }
  get transfer(): ReadonlyArray<unknown> {
    return this.call.transfer;
  }
  get envelope(): Envelope {
    return this.call.envelope;
  }
  get mode(): Task.Mode {
    return this.call.mode;
  }
  get priority(): number {
    return this.call.priority;
  }
  get depth(): number {
    return this.call.depth;
  }
  get timeoutMillis(): number | undefined {
    return this.call.timeoutMillis;
  }

  emit(event: JobEvent): Effect.Effect<void> {
    return this.call.emit(event);
  }
  started(unit: Unit): void {
    this.call.attemptStarted(unit, this.attempt);
  }
  nest(job: NestedJob): Effect.Effect<Outcome, RuntimeError> {
    return this.call.nest(job);
  }
  ended(exit: Exit.Exit<Outcome, RuntimeError>): void {
    this.call.attemptEnded(exit, this.attempt);
  }
  notBegun(thrown: unknown): void {
    this.call.attemptNotBegun(thrown, this.attempt);
  }
}

/** The same as a plain object, which an adapter may spread and take apart. */
export const plainJob = (job: Job): Job => {
  const { attempt, depth, envelope, id, input, mode, priority, task, timeoutMillis, transfer } = job;
  return {
    id,
    task,
    input,
    transfer,
    attempt,
    envelope,
    mode,
    priority,
    depth,
    timeoutMillis,
    emit: (event) => job.emit(event),
    started: (unit) => job.started(unit),
    nest: (nested) => job.nest(nested),
  };
};
