/**
 * The scheduler that Effect bodies run with: it yields when the turn's budget is spent, and tells the block detector
 * whose slice it is. One for all jobs of a runtime: whose fiber it is, a child of the body's or itself, says its context.
 */
import * as Runtime from "@heddle/core/Runtime";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Fiber from "effect/Fiber";
import * as Scheduler from "effect/Scheduler";

import type { BlockDetector, Watched } from "./blockDetector.ts";
import { Pacer, type Turns } from "./turns.ts";

/** A job whose fibers this scheduler runs, and the runtime that its body calls. */
export interface Paced extends Watched, Runtime.Service {
  /** Its body was called: from here on operations count. Before, a pause would let later jobs overtake it. */
  readonly isCalled: boolean;
  /** The context of who called. */
  readonly caller: Context.Context<never>;
}

class CurrentJob extends Context.Service<CurrentJob, Paced>()("@heddle/fibers/CurrentJob") {}

export class JobScheduler implements Scheduler.Scheduler, Scheduler.SchedulerDispatcher {
  readonly executionMode = "async";
  private readonly turns: Turns;
  private readonly detector: BlockDetector;
  // Fibers run one at a time, and it begins anew whenever one is resumed.
  private readonly pacer: Pacer;
  /** The first slice of a fiber belongs to the turn in which its job began. */
  private isFirstSlice = false;
  /** By the context of who calls: what fibers derive from a context is shared by all that are made of the same one. */
  private readonly contexts = new WeakMap<Context.Context<never>, Context.Context<never>>();

  constructor(turns: Turns, detector: BlockDetector) {
    this.turns = turns;
    this.detector = detector;
    this.pacer = new Pacer(turns.budgetMillis);
  }

  /** Starts a fiber of a job, within the job's turn. */
  fork(job: Paced, effect: Effect.Effect<unknown, unknown>): Fiber.Fiber<unknown, unknown> {
    this.isFirstSlice = true;
    const fiber = Effect.runForkWith(this.contextOf(job))(effect);
    // A caller may have switched all yielding off.
    this.isFirstSlice = false;
    return fiber;
  }

  shouldYield(fiber: Fiber.Fiber<unknown, unknown>): boolean {
    // A fiber counts from 1 each time it is resumed.
    if (fiber.currentOpCount !== 1) return this.pacer.tick() && this.isTimeUp(jobOf(fiber));
    if (this.isFirstSlice) {
      this.isFirstSlice = false;
      this.pacer.begin(this.turns.touchedAt);
      return false;
    }
    const now = this.turns.touch();
    this.pacer.begin(now);
    const job = jobOf(fiber);
    if (job !== undefined) this.detector.begin(job, now);
    return this.turns.mustWait(now);
  }

  /** Counts one step of a generator; true when others should have their turn. */
  isPauseDue(job: Paced): boolean {
    return this.pacer.tick() && this.isTimeUp(job);
  }

  makeDispatcher(): this {
    return this;
  }

  scheduleTask(task: () => void): void {
    this.turns.schedule(task);
  }

  flush(): void {
    this.turns.flush();
  }

  private isTimeUp(job: Paced | undefined): boolean {
    if (job?.isCalled === false) return false;
    const now = performance.now();
    this.pacer.looked(now);
    if (job !== undefined) this.detector.continue(job, now);
    return this.turns.isSpent(now);
  }

  private contextOf(job: Paced): Context.Context<never> {
    const { caller } = job;
    let shared = this.contexts.get(caller);
    if (shared === undefined) {
      shared = Context.add(caller, Scheduler.Scheduler, this);
      this.contexts.set(caller, shared);
    }
    const paced = Context.add(shared, CurrentJob, job);
    return Context.add(paced, Runtime.Runtime, job) as Context.Context<never>;
  }
}

// A body may give a fiber a context of its own making.
const jobOf = ({ context }: Fiber.Fiber<unknown, unknown>): Paced | undefined =>
  Context.getOrUndefined(context as Context.Context<CurrentJob>, CurrentJob);
