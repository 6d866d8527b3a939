/**
 * One accepted call on its way through a runtime: let in, executed, perhaps again, ended exactly once.
 *
 * Callbacks and one small state machine, since a fiber costs more than all of the rest.
 */
import type * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

import { awaitEnd, type Begun } from "../Adapter.ts";
import * as Envelope from "../Envelope.ts";
import type { Job, NestedJob } from "../Job.ts";
import type { Outcome } from "../Outcome.ts";
import type { RunOptions } from "../Runtime.ts";
import * as RuntimeError from "../RuntimeError.ts";
import type * as Task from "../Task.ts";
import type { Unit } from "../TaskContext.ts";
import * as Timers from "../Timers.ts";
import { type CallEvent, type CallState, next } from "./callState.ts";
import { Children } from "./children.ts";
import * as Clock from "./clock.ts";
import type { Engine } from "./engine.ts";
import { Life, type OnStatus, outcomeName } from "./life.ts";
import { isRepeatable, Retry } from "./retry.ts";

/** What is to be executed, already checked and encoded. */
export interface Spec {
  readonly task: Task.Any;
  readonly mode: Task.Mode;
  readonly input: unknown;
  readonly transfer: ReadonlyArray<unknown>;
  readonly priority: number;
  readonly depth: number;
  readonly timeoutMillis: number | undefined;
  readonly queueTimeoutMillis: number | undefined;
  readonly retry: RunOptions["retry"];
  readonly envelope: Envelope.Envelope;
  readonly emit: Job["emit"];
  readonly settle: (outcome: Outcome) => Exit.Exit<unknown, unknown>;
  readonly onStarted?: ((unit: Unit) => void) | undefined;
  readonly onStatus?: OnStatus | undefined;
  readonly onAccepted?: (() => void) | undefined;
  readonly onEnded?: (() => void) | undefined;
}

type Verdict = "cancelled" | RuntimeError.Reason;

const interrupted = Exit.interrupt();

export class ActiveCall {
  private readonly engine: Engine;
  private readonly spec: Spec;
  private readonly context: Context.Context<never>;
  private readonly onEnd: (exit: Exit.Exit<unknown, unknown>) => void;
  private readonly life: Life;
  private state: CallState = "entering";
  private attempt = 1;
  /** The last attempt of which the adapter has told the end. */
  private endedAttempt = 0;
  private begun: Begun | undefined;
  /** How the call will end, once that was decided before its body stopped. */
  private verdict: Verdict | undefined;
  private startedAt: number | undefined;
  private deadlineEpochMillis: number | undefined;
  private isInside = false;
  private stopQueueTimer: (() => void) | undefined;
  private stopWorkTimer: (() => void) | undefined;
  private stopDeadlineTimer: (() => void) | undefined;
  private stopPause: (() => void) | undefined;
  private retry: Retry | undefined;
  private children: Children | undefined;

  constructor(
    engine: Engine,
    spec: Spec,
    context: Context.Context<never>,
    onEnd: (exit: Exit.Exit<unknown, unknown>) => void,
  ) {
    this.engine = engine;
    this.spec = spec;
    this.context = context;
    this.onEnd = onEnd;
    this.life = new Life(String(++engine.nextId), spec.task.name, engine, spec.onStatus, context);
  }

  /** Begins; the end may come before this returns. */
  begin(): void {
    this.engine.active.add(this);
    const { envelope, queueTimeoutMillis } = this.spec;
    this.deadlineEpochMillis = envelope.deadlineEpochMillis;
    if (queueTimeoutMillis !== undefined) {
      this.stopQueueTimer = Clock.after(this.context, queueTimeoutMillis, () =>
        this.stop(new RuntimeError.QueueTimeout({ queueTimeoutMillis })),
      );
    }
    if (this.deadlineEpochMillis !== undefined) {
      const timeoutMillis = Math.max(0, this.deadlineEpochMillis - Clock.epochMillis(this.context));
      this.stopDeadlineTimer = Clock.after(this.context, timeoutMillis, () =>
        this.stop(new RuntimeError.TaskTimeout({ timeoutMillis })),
      );
    }
    this.enter();
  }

  /** Asks the call to end; it does when its body has stopped. */
  cancel(): void {
    this.stop("cancelled");
  }

  /** Let in by the entrance. */
  admit(): void {
    this.isInside = true;
    this.spec.onAccepted?.();
    this.execute();
  }

  private enter(): void {
    // What stands above holds a place until this call ends, so this one must not wait for room.
    if (this.isInside || this.spec.depth > 0) return this.execute();
    if (this.engine.entrance.enter(this)) return;
    const { maxQueue } = this.engine.entrance.room;
    this.attemptEnded(Exit.fail(this.error(new RuntimeError.QueueFull({ maxQueue }))), this.attempt);
  }

  private execute(): void {
    this.move("admit");
    const { attempt } = this;
    this.begun = undefined;
    const begun = this.engine.begin(
      this.job(attempt),
      (exit) => this.attemptEnded(exit, attempt),
      this.context,
    );
    // Ended, or cancelled, before `begin` returned.
    if (this.state !== "queued" && this.state !== "running") return;
    if (this.attempt !== attempt) return;
    this.begun = begun;
    if (this.verdict !== undefined) begun.cancel();
  }

  private job(attempt: number): Job {
    const { depth, emit, envelope, input, mode, priority, task, timeoutMillis, transfer } = this.spec;
    return {
      id: this.life.id,
      task,
      input,
      transfer,
      attempt,
      envelope,
      mode,
      priority,
      depth,
      timeoutMillis,
      emit,
      started: (unit) => this.started(unit, attempt),
      nest: (nested) => this.nest(nested),
    };
  }

  private started(unit: Unit, attempt: number): void {
    if (this.state !== "queued" || this.attempt !== attempt) {
      return this.life.faulted(attempt, "it started an attempt twice");
    }
    this.move("start");
    this.stopQueueTimer?.();
    this.startedAt = Clock.elapsedMillis(this.context);
    const { timeoutMillis } = this.spec;
    if (timeoutMillis !== undefined) {
      this.stopWorkTimer?.();
      this.stopWorkTimer = Clock.after(this.context, timeoutMillis, () => this.workTimedOut(timeoutMillis));
      this.deadlineEpochMillis = Envelope.deadline(this.spec, Clock.epochMillis(this.context));
    }
    this.life.started(unit, attempt);
    this.spec.onStarted?.(unit);
  }

  private nest(nested: NestedJob): Effect.Effect<Outcome, RuntimeError.RuntimeError> {
    // Something that the body left behind calls on.
    if (this.state !== "running" || this.verdict !== undefined) return Effect.interrupt;
    const deadline = this.deadlineEpochMillis;
    const children = (this.children ??= new Children());
    const spec: Spec = {
      ...nested,
      depth: this.spec.depth + 1,
      queueTimeoutMillis: undefined,
      retry: undefined,
      envelope: { ...nested.envelope, deadlineEpochMillis: deadline },
      settle: Exit.succeed,
      onStarted: nested.started,
    };
    return fromCallback((onEnd) => {
      const child: ActiveCall = new ActiveCall(this.engine, spec, this.context, (exit) => {
        children.ended(child);
        onEnd(exit);
      });
      children.add(child);
      return child;
    }) as Effect.Effect<Outcome, RuntimeError.RuntimeError>;
  }

  private stop(verdict: Verdict): void {
    if (this.state === "ended" || this.verdict !== undefined) return;
    this.verdict = verdict;
    switch (this.state) {
      case "entering":
        this.engine.entrance.giveUp(this);
        return this.end(this.exitOf(verdict));
      case "pausing":
        this.stopPause?.();
        return this.end(this.exitOf(verdict));
      default:
        this.children?.cancel();
        this.begun?.cancel();
    }
  }

  private attemptEnded(exit: Exit.Exit<Outcome, RuntimeError.RuntimeError>, attempt: number): void {
    if (this.endedAttempt >= attempt) return this.life.faulted(attempt, "it ended an attempt twice");
    this.endedAttempt = attempt;
    if (this.state === "ended") return;
    if (this.state === "queued" && Exit.isSuccess(exit) && exit.value._tag === "Success") {
      this.life.faulted(attempt, "it ended an attempt that never started");
    }
    this.stopWorkTimer?.();
    const isLate = this.isLate();
    if (this.children === undefined) this.concluded(exit, isLate);
    else this.children.stop(() => this.concluded(exit, isLate));
  }

  // Where bodies do not share this loop, an answer may have come in time while the loop was held by something else.
  private workTimedOut(timeoutMillis: number): void {
    const stop = (): void => this.stop(new RuntimeError.TaskTimeout({ timeoutMillis }));
    if (!this.isApart) return stop();
    this.stopWorkTimer = Timers.nextTurn(stop);
  }

  private get isApart(): boolean {
    return this.engine.adapter.capabilities.isolation !== "none";
  }

  // A body that holds the event loop keeps the timer from firing: what it gives too late is a timeout all the same.
  private isLate(): boolean {
    const { timeoutMillis } = this.spec;
    if (timeoutMillis === undefined || this.startedAt === undefined || this.isApart) return false;
    return Clock.elapsedMillis(this.context) - this.startedAt > timeoutMillis;
  }

  private concluded(exit: Exit.Exit<Outcome, RuntimeError.RuntimeError>, isLate: boolean): void {
    if (this.verdict !== undefined) return this.end(this.exitOf(this.verdict));
    const error = Exit.findErrorOption(exit);
    if (this.spec.retry !== undefined && error._tag === "Some" && isRepeatable(error.value)) {
      return this.pause(this.spec.retry, error.value);
    }
    if (Exit.isFailure(exit)) return this.end(exit);
    const { timeoutMillis } = this.spec;
    if (isLate && timeoutMillis !== undefined) {
      return this.end(this.exitOf(new RuntimeError.TaskTimeout({ timeoutMillis })));
    }
    const settled = this.spec.settle(exit.value);
    this.end(settled, Exit.isSuccess(settled) ? exit.value._tag : undefined);
  }

  private pause(schedule: NonNullable<Spec["retry"]>, error: RuntimeError.RuntimeError): void {
    this.move("lose");
    this.life.lost();
    this.stopWorkTimer?.();
    this.retry ??= new Retry(schedule, this.context);
    this.stopPause = this.retry.after(
      error,
      () => {
        this.attempt++;
        this.move("again");
        this.enter();
      },
      () => this.end(Exit.fail(error)),
    );
  }

  private exitOf(verdict: Verdict): Exit.Exit<never, RuntimeError.RuntimeError> {
    return verdict === "cancelled" ? interrupted : Exit.fail(this.error(verdict));
  }

  private error(reason: RuntimeError.Reason): RuntimeError.RuntimeError {
    const runtime = this.engine.adapter.name;
    return new RuntimeError.RuntimeError({ runtime, task: this.spec.task.name, reason });
  }

  private end(exit: Exit.Exit<unknown, unknown>, outcome = outcomeName(exit)): void {
    if (this.state === "ended") return;
    this.move("end");
    this.stopQueueTimer?.();
    this.stopWorkTimer?.();
    this.stopDeadlineTimer?.();
    this.engine.active.delete(this);
    this.spec.onEnded?.();
    this.life.ended(outcome);
    this.onEnd(exit);
    if (this.isInside) this.engine.entrance.leave();
    this.engine.checkIdle();
  }

  private move(event: CallEvent): void {
    const state = next(this.state, event);
    if (state === undefined)
      throw new Error(`job ${this.life.id}: "${event}" is impossible while ${this.state}`);
    this.state = state;
  }
}

/** An Effect of a call: interruption cancels it and waits for its end, unless it is detached from its caller. */
export const fromCallback = (
  make: (onEnd: (exit: Exit.Exit<unknown, unknown>) => void) => ActiveCall,
  isDetached = false,
): Effect.Effect<unknown, unknown> => {
  if (isDetached) return Effect.callback<unknown, unknown>((resume) => make(resume).begin());
  return awaitEnd((onEnd) => {
    const call = make(onEnd);
    call.begin();
    return call;
  });
};
