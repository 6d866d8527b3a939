/**
 * One job from its beginning to its outcome: a single object, which is also the context of its body.
 *
 * The body is called on the spot when the turn of the loop has time for it. Only what needs a fiber has one: an Effect, a
 * stream, a generator, a body that waits for its turn or for its layer. That fiber runs what the body returned and
 * nothing around it; the outcome is made of its exit.
 */
import type { Attempt, Begun } from "@heddle/core/Adapter";
import * as Body from "@heddle/core/Body";
import * as BodyResult from "@heddle/core/BodyResult";
import type { Capabilities } from "@heddle/core/Capabilities";
import * as Codec from "@heddle/core/Codec";
import * as Defect from "@heddle/core/Defect";
import * as Nested from "@heddle/core/Nested";
import * as Outcome from "@heddle/core/Outcome";
import * as Runtime from "@heddle/core/Runtime";
import * as RuntimeError from "@heddle/core/RuntimeError";
import type { Unit } from "@heddle/core/TaskContext";
import type { Provide } from "@heddle/core/TaskLayers";
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Fiber from "effect/Fiber";

import type { BlockDetector, Suspect } from "./blockDetector.ts";
import { BodyContext } from "./bodyContext.ts";
import type { JobScheduler, Paced } from "./jobScheduler.ts";
import { PacedGenerator } from "./pacedGenerator.ts";
import type { Turns } from "./turns.ts";
import { WaitingJob } from "./waitingJob.ts";

export interface Host {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly unit: Unit;
  readonly turns: Turns;
  readonly detector: BlockDetector;
  readonly scheduler: JobScheduler;
  readonly provide: Provide;
}

export type Ended = Exit.Exit<Outcome.Outcome, RuntimeError.RuntimeError>;
type Answer = Exit.Exit<unknown, unknown>;
type Result = Effect.Effect<unknown, unknown>;

/**
 * `beginning`: for its layer, on its fiber. `waiting`: for its turn of the loop. `answered`: the call of its body told all. `promised`: its body goes on in promises,
 * and its fiber, if it had one, is over.
 */
type Phase = "beginning" | "waiting" | "called" | "answered" | "promised" | "ended";

const interrupted = Exit.interrupt();
// At a place of its own, since `Exit.isExit` is slow where it is asked of everything.
const isExit = (effect: Result): effect is Answer => "~effect/Exit" in effect;

const interruptedOutcome: Ended = Exit.succeed(Outcome.interrupted);
const streamEnded: Ended = Exit.succeed(Outcome.success(undefined));

export class RunningJob extends Nested.NestedRuntime<Host, Attempt> implements Begun, Paced {
  private fiber: Fiber.Fiber<unknown, unknown> | undefined;
  private phase: Phase = "beginning";
  /** Made when the body asks for its signal; a cancelled body that did not has none. */
  private abort: AbortController | "requested" | undefined;

  get caller(): Context.Context<never> {
    const { job } = this;
    return Nested.contextOf(job, job.context);
  }

  get suspect(): Suspect {
    return { task: this.job.task.name, jobId: this.job.id };
  }

  get isCalled(): boolean {
    return this.phase !== "beginning";
  }

  get isStopping(): boolean {
    const { abort } = this;
    return abort !== undefined && (abort === "requested" || abort.signal.aborted);
  }

  get hasEnded(): boolean {
    return this.phase === "ended" && !this.isStopping;
  }

  get signal(): AbortSignal {
    if (typeof this.abort !== "object") {
      const controller = new AbortController();
      if (this.abort === "requested") controller.abort();
      this.abort = controller;
    }
    return this.abort.signal;
  }

  /** Begins; the end may come before this returns. */
  begin(): void {
    const { turns } = this.place;
    const now = turns.touch();
    if (!turns.mustWait(now)) return this.start(now);
    this.phase = "waiting";
    turns.schedule(new WaitingJob(this));
  }

  cancel(): void {
    if (this.phase === "ended" || this.isStopping) return;
    if (typeof this.abort === "object") this.abort.abort();
    else this.abort = "requested";
    if (this.phase === "waiting") this.finish(interrupted);
    else this.fiber?.interruptUnsafe();
  }

  /** Its turn has come; asked for again, since others may have begun before it. */
  resume(): void {
    if (this.phase !== "waiting") return;
    const { turns } = this.place;
    const now = turns.touch();
    // Uses up the turn that it was given.
    turns.mustWait(now);
    this.phase = "beginning";
    this.start(now);
  }

  private start(now: number): void {
    const { detector, scheduler } = this.place;
    const { depth, task } = this.job;
    const outer = detector.enter(this, now);
    const isReady = task.layer === undefined && !Nested.needsOwnStack(depth);
    const result = isReady ? this.call() : this.onFiber();
    const fiber =
      result === undefined || this.phase === "answered" ? undefined : scheduler.fork(this, result);
    detector.exit(this, outer);
    if (fiber !== undefined) this.observe(fiber);
    else if (result !== undefined) this.finish(result as Answer);
  }

  /** The body within a fiber, once it has its layer and a stack. */
  private onFiber(): Result {
    const { depth, task } = this.job;
    const called = Effect.suspend(() => this.call() ?? Effect.void);
    return Nested.unwound(depth, task.layer === undefined ? called : this.place.provide(called, task.layer));
  }

  private observe(fiber: Fiber.Fiber<unknown, unknown>): void {
    // Cancelled by its own first slice.
    if (this.isStopping) fiber.interruptUnsafe();
    const exit = fiber.pollUnsafe();
    if (exit !== undefined) return this.left(exit);
    this.fiber = fiber;
    fiber.addObserver(this.left.bind(this));
  }

  private left(exit: Exit.Exit<unknown, unknown>): void {
    // Where the body goes on in promises, their end is that of the job, and may come before that of the fiber.
    if (this.phase !== "promised" && this.phase !== "ended") this.finish(exit);
  }

  /** Calls the body; what is left to do comes back, or its answer, or nothing where it goes on in promises. */
  private call(): Result | undefined {
    const { job, place } = this;
    this.phase = "called";
    try {
      job.started(place.unit);
      return this.resultOf(BodyResult.of(job.task, job.input, new BodyContext(place, this)));
    } catch (thrown) {
      return this.answer(Exit.die(thrown));
    }
  }

  private resultOf(result: unknown): Result | undefined {
    const kind = BodyResult.kindOf(result);
    if (this.job.mode === "stream") return this.takenApart(result, kind);
    switch (kind) {
      case "value":
        return this.answer(Exit.succeed(result));
      case "effect":
        return this.isStopping ? this.answer(interrupted) : this.provided(result as Result);
      case "promise":
        return this.follow(result as PromiseLike<unknown>);
      case "generator": {
        const steps = result as Generator<unknown, unknown, unknown>;
        return this.takenApart(new PacedGenerator(steps, this, this.place), kind);
      }
      default:
        return this.takenApart(result, kind);
    }
  }

  private answer(answer: Answer): Answer {
    this.phase = "answered";
    return answer;
  }

  /** What is taken piece by piece; or the failure of a call in the wrong mode. */
  private takenApart(result: unknown, kind: BodyResult.Kind): Result {
    if (kind === "iterable") this.place.detector.watch(this);
    return Body.fromResult(result, this.job.mode, {
      codec: this.codec,
      emit: (values) => this.job.emit({ _tag: "Chunk", values }),
      services: () => Context.make(Runtime.Runtime, this),
    });
  }

  // What the layer of a task gives goes before what the fiber began with.
  private provided(effect: Result): Result {
    if (isExit(effect)) return this.answer(effect);
    return this.job.task.layer === undefined ? effect : Effect.provideService(effect, Runtime.Runtime, this);
  }

  private follow(promise: PromiseLike<unknown>): undefined {
    this.phase = "promised";
    this.place.detector.watch(this);
    Promise.resolve(promise).then(
      (value) => this.finish(Exit.succeed(value)),
      (reason: unknown) => this.finish(Exit.die(reason)),
    );
  }

  private finish(exit: Exit.Exit<unknown, unknown>): void {
    this.phase = "ended";
    this.place.detector.leave(this);
    this.tell(this.ended(exit));
  }

  protected tell(ended: Ended): void {
    this.job.ended(ended);
  }

  /** It was cancelled before it could begin. */
  protected neverBegun(): void {
    this.abort = "requested";
    this.finish(interrupted);
  }

  private get codec(): Codec.TaskCodec {
    return Codec.forTask(this.job.task, "reference");
  }

  private ended(exit: Exit.Exit<unknown, unknown>): Ended {
    const { job } = this;
    try {
      if (Exit.isFailure(exit)) return this.failed(exit.cause);
      if (job.mode === "stream") return streamEnded;
      return Exit.succeed(Outcome.success(this.codec.encodeOutput(exit.value)));
    } catch (cause) {
      return this.invalid({ detail: Defect.messageOf(cause), cause });
    }
  }

  private failed(cause: Cause.Cause<unknown>): Ended {
    const isInterrupted = this.isStopping ? Cause.hasInterrupts(cause) : Cause.hasInterruptsOnly(cause);
    if (isInterrupted) return interruptedOutcome;
    const thrown = Cause.squash(cause);
    if (thrown instanceof Body.Misfit) return this.invalid(thrown);
    try {
      return Exit.succeed(Body.outcomeOfCause(cause, this.job.task, this.codec));
    } catch (defect) {
      return Exit.die(defect);
    }
  }

  private invalid({ cause, detail }: Pick<Body.Misfit, "cause" | "detail">): Ended {
    const { name } = this.job.task;
    const reason = new RuntimeError.InvalidOutput({ where: "output", detail, cause });
    return Exit.fail(new RuntimeError.RuntimeError({ runtime: this.place.name, task: name, reason }));
  }
}
