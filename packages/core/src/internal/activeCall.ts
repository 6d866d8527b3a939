/**
 * One accepted call on its way through a runtime: let in, executed, perhaps again, ended exactly once.
 *
 * Callbacks and one small state machine, since a fiber costs more than all of the rest. A call is one object, its own
 * first attempt included, because a runtime may hold a million that wait: what only some calls need is in {@link Extras}.
 */
import type * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

import type { Begun } from "../Adapter.ts";
import * as Envelope from "../Envelope.ts";
import type { Fault } from "../Events.ts";
import type { JobEvent, NestedJob } from "../Job.ts";
import type { Outcome } from "../Outcome.ts";
import type { Status } from "../Runtime.ts";
import * as RuntimeError from "../RuntimeError.ts";
import type * as Task from "../Task.ts";
import type { Unit } from "../TaskContext.ts";
import * as Timers from "../Timers.ts";
import { type Attempt, LaterAttempt } from "./attempt.ts";
import type { Caller } from "./caller.ts";
import { type CallEvent, type CallState, next } from "./callState.ts";
import { type Child, Children } from "./children.ts";
import * as Clock from "./clock.ts";
import { type Ended, isEnd, noOutcome } from "./ended.ts";
import { Extras, type Verdict } from "./extras.ts";
import { outcomeName, Story, tell } from "./life.ts";
import { isRepeatable, Retry } from "./retry.ts";
import type { Terms } from "./terms.ts";

const interrupted = Exit.interrupt();

export abstract class ActiveCall implements Attempt, Child {
  readonly caller: Caller;
  readonly task: Task.Any;
  /** Encoded. */
  readonly input: unknown;
  readonly terms: Terms;
  private readonly number: number;
  previous: ActiveCall | undefined;
  next: ActiveCall | undefined;
  private state: CallState = "entering";
  private begun: Begun | undefined;
  private extras: Extras | undefined;

  constructor(caller: Caller, task: Task.Any, input: unknown, terms: Terms) {
    this.caller = caller;
    this.task = task;
    this.input = input;
    this.terms = terms;
    this.number = ++caller.engine.lastNumber;
  }

  /** 0 for a call from outside, one more for each body that stands above it. */
  abstract readonly depth: number;
  abstract readonly envelope: Envelope.Envelope;
  /** Hands over what the body emits, while the call has not ended. */
  protected abstract take(event: JobEvent): Effect.Effect<void>;
  /** What its caller makes of an outcome. */
  protected abstract settle(outcome: Outcome): Exit.Exit<unknown, unknown>;
  /** Hands over the end. */
  protected abstract tell(exit: Exit.Exit<unknown, unknown>): void;
  protected onStatus(_status: Status): void {}
  protected onAccepted(): void {}
  protected onStarted(_unit: Unit): void {}

  /** Begins; the end may come before this returns. */
  begin(): void {
    const { caller, envelope, terms } = this;
    if (caller.observer !== undefined) this.more.story = new Story(caller, this.id, this.task.name);
    caller.engine.counts.queued++;
    this.onStatus("queued");
    caller.engine.active.add(this);
    const { queueTimeoutMillis } = terms;
    if (queueTimeoutMillis !== undefined) {
      this.more.stopQueueTimer = Clock.after(caller.context, queueTimeoutMillis, () =>
        this.stop(new RuntimeError.QueueTimeout({ queueTimeoutMillis })),
      );
    }
    if (envelope.deadlineEpochMillis !== undefined) this.obey(envelope.deadlineEpochMillis);
    this.enter();
  }

  /** Asks the call to end; it does when its body has stopped. */
  cancel(): void {
    this.stop("cancelled");
  }

  /** Let in by the entrance. */
  admit(): void {
    if (this.extras !== undefined) this.extras.isOutside = false;
    this.onAccepted();
    this.execute();
  }

  // The first attempt, as adapters see it.

  get id(): string {
    return String(this.number);
  }
  get context(): Context.Context<never> {
    return this.caller.context;
  }
  get attempt(): number {
    return 1;
  }
  get transfer(): ReadonlyArray<unknown> {
    return this.terms.transfer;
  }
  get mode(): Task.Mode {
    return this.terms.mode;
  }
  get priority(): number {
    return this.terms.priority;
  }
  get timeoutMillis(): number | undefined {
    return this.terms.timeoutMillis;
  }
  started(unit: Unit): void {
    this.attemptStarted(unit, 1);
  }
  ended(exit: Ended): void {
    this.attemptEnded(exit, 1);
  }
  notBegun(thrown: unknown): void {
    this.attemptNotBegun(thrown, 1);
  }

  // Of any attempt.

  emit(event: JobEvent): Effect.Effect<void> {
    return this.state === "ended" ? Effect.void : this.take(event);
  }

  nest(job: NestedJob): Effect.Effect<Outcome, RuntimeError.RuntimeError> {
    // Something that the body left behind calls on.
    if (this.state !== "running" || this.extras?.verdict !== undefined) return Effect.interrupt;
    const children = (this.more.children ??= new Children());
    return this.caller.engine.nest(this, children, job);
  }

  attemptStarted(unit: Unit, attempt: number): void {
    if (this.state !== "queued" || this.currentAttempt !== attempt) {
      return this.faulted(attempt, "it started an attempt twice");
    }
    this.move("start");
    this.extras?.stopQueueTimer?.();
    const { timeoutMillis } = this.terms;
    if (timeoutMillis !== undefined) this.limitWork(timeoutMillis);
    this.caller.engine.counts.started();
    this.onStatus("running");
    this.extras?.story?.started(unit, attempt);
    this.onStarted(unit);
  }

  /** The adapter threw, or gave nothing to cancel by: the call ends all the same, unless it has. */
  attemptNotBegun(thrown: unknown, attempt: number): void {
    this.faulted(attempt, "it failed to begin an attempt");
    if (this.isUnderWay(attempt)) this.attemptEnded(Exit.die(thrown), attempt);
  }

  attemptEnded(told: Ended, attempt: number): void {
    if (!this.isUnderWay(attempt)) return this.faulted(attempt, "it ended an attempt twice");
    const exit = isEnd(told) ? told : Exit.die(noOutcome(told));
    if (exit !== told) this.faulted(attempt, "it ended an attempt with what is no outcome");
    if (this.state === "queued" && Exit.isSuccess(exit) && exit.value._tag === "Success") {
      this.faulted(attempt, "it ended an attempt that never started");
    }
    this.extras?.stopWorkTimer?.();
    const isLate = this.isLate();
    const children = this.extras?.children;
    if (children === undefined || children.isEmpty) return this.concluded(exit, isLate);
    this.move("finish");
    children.stop(() => this.concluded(exit, isLate));
  }

  /** When the time of its body is up: its own, or that of a call above it. */
  get deadlineEpochMillis(): number | undefined {
    return this.extras?.deadlineEpochMillis ?? this.envelope.deadlineEpochMillis;
  }

  protected get more(): Extras {
    return (this.extras ??= new Extras());
  }

  /** The adapter has been given that attempt, and has not told its end. */
  private isUnderWay(attempt: number): boolean {
    return (this.state === "queued" || this.state === "running") && this.currentAttempt === attempt;
  }

  private get currentAttempt(): number {
    return this.extras?.attempt ?? 1;
  }

  // What stands above a nested call holds a place until that ends, so it must not wait for room.
  private get needsRoom(): boolean {
    return this.depth === 0;
  }

  private enter(): void {
    const { entrance } = this.caller.engine;
    if (!this.needsRoom || (this.currentAttempt > 1 && !this.more.isOutside)) return this.execute();
    if (entrance.enter(this)) return;
    const { maxQueue } = entrance.room;
    if (this.terms.retry !== undefined) this.more.isOutside = true;
    this.concluded(Exit.fail(this.error(new RuntimeError.QueueFull({ maxQueue }))), false);
  }

  private execute(): void {
    this.move("admit");
    const { currentAttempt } = this;
    this.begun = undefined;
    const attempt = currentAttempt === 1 ? this : new LaterAttempt(this, currentAttempt);
    const begun = this.caller.engine.begin(attempt);
    // Ended, or lost and begun again, before `begin` returned.
    if (!this.isUnderWay(currentAttempt)) return;
    this.begun = begun;
    if (this.extras?.verdict !== undefined) begun.cancel();
  }

  private obey(deadlineEpochMillis: number): void {
    const { context } = this.caller;
    const timeoutMillis = Math.max(0, deadlineEpochMillis - Clock.epochMillis(context));
    this.more.stopDeadlineTimer = Clock.after(context, timeoutMillis, () =>
      this.stop(new RuntimeError.TaskTimeout({ timeoutMillis })),
    );
  }

  private limitWork(timeoutMillis: number): void {
    const { context } = this.caller;
    const { more } = this;
    more.stopWorkTimer?.();
    more.startedAtMillis = Clock.elapsedMillis(context);
    more.stopWorkTimer = Clock.after(context, timeoutMillis, () => this.workTimedOut(timeoutMillis));
    more.deadlineEpochMillis = Envelope.deadline(this, Clock.epochMillis(context));
  }

  // Where bodies do not share this loop, an answer may have come in time while the loop was held by something else.
  private workTimedOut(timeoutMillis: number): void {
    const stop = (): void => this.stop(new RuntimeError.TaskTimeout({ timeoutMillis }));
    if (!this.caller.engine.isApart) return stop();
    this.more.stopWorkTimer = Timers.nextTurn(stop);
  }

  // A body that holds the event loop keeps the timer from firing: what it gives too late is a timeout all the same.
  private isLate(): boolean {
    const { timeoutMillis } = this.terms;
    if (timeoutMillis === undefined) return false;
    const startedAtMillis = this.extras?.startedAtMillis;
    if (startedAtMillis === undefined || this.caller.engine.isApart) return false;
    return Clock.elapsedMillis(this.caller.context) - startedAtMillis > timeoutMillis;
  }

  private stop(verdict: Verdict): void {
    if (this.state === "ended" || this.extras?.verdict !== undefined) return;
    this.more.verdict = verdict;
    switch (this.state) {
      case "entering":
        this.caller.engine.entrance.giveUp(this);
        return this.end(this.exitOf(verdict));
      case "pausing":
        this.extras?.stopPause?.();
        return this.end(this.exitOf(verdict));
      default:
        this.extras?.children?.cancel();
        this.begun?.cancel();
    }
  }

  private concluded(exit: Ended, isLate: boolean): void {
    const verdict = this.extras?.verdict;
    if (verdict !== undefined) return this.end(this.exitOf(verdict));
    if (Exit.isFailure(exit)) return this.failed(exit);
    const { timeoutMillis } = this.terms;
    if (isLate && timeoutMillis !== undefined) {
      return this.end(this.exitOf(new RuntimeError.TaskTimeout({ timeoutMillis })));
    }
    const settled = this.settle(exit.value);
    this.end(settled, Exit.isSuccess(settled) ? exit.value._tag : undefined);
  }

  private failed(exit: Exit.Failure<Outcome, RuntimeError.RuntimeError>): void {
    const { retry } = this.terms;
    if (retry === undefined) return this.end(exit);
    const error = Exit.findErrorOption(exit);
    if (error._tag === "Some" && isRepeatable(error.value)) this.pause(retry, error.value);
    else this.end(exit);
  }

  private pause(schedule: NonNullable<Terms["retry"]>, error: RuntimeError.RuntimeError): void {
    const { caller, isRunning, more } = this;
    this.move("lose");
    if (isRunning) {
      caller.engine.counts.lost();
      this.onStatus("queued");
    }
    more.stopWorkTimer?.();
    more.retry ??= new Retry(schedule, caller.context);
    more.stopPause = more.retry.after(
      error,
      () => {
        more.attempt++;
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
    return this.caller.engine.error(this.task, reason);
  }

  private end(exit: Exit.Exit<unknown, unknown>, outcome = outcomeName(exit)): void {
    if (this.state === "ended") return;
    const { extras, isInside, isRunning } = this;
    const { engine } = this.caller;
    this.move("end");
    extras?.stopTimers();
    engine.active.remove(this);
    extras?.emissions?.close();
    engine.counts.ended(isRunning ? "running" : "queued", outcome);
    this.onStatus("ended");
    extras?.story?.ended(outcome);
    this.tell(exit);
    if (isInside) engine.entrance.leave();
    engine.checkIdle();
  }

  get hasEnded(): boolean {
    return this.state === "ended";
  }

  private get isRunning(): boolean {
    return this.state === "running" || this.state === "finishing";
  }

  /** The entrance counts it. */
  private get isInside(): boolean {
    return this.needsRoom && this.state !== "entering" && this.extras?.isOutside !== true;
  }

  /** The adapter broke its contract in a way that callers are not harmed by. */
  private faulted(attempt: number, fault: Fault): void {
    tell(this.caller, { _tag: "AdapterFaulted", id: this.id, task: this.task.name, attempt, fault });
  }

  private move(event: CallEvent): void {
    const state = next(this.state, event);
    if (state === undefined) throw new Error(`job ${this.id}: "${event}" is impossible while ${this.state}`);
    this.state = state;
  }
}
