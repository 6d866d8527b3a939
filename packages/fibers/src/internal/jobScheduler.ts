/**
 * The scheduler that an Effect body runs with: it yields when the turn's budget is spent, and tells the block
 * detector whose slice it is. One per job, so that children of the body's fiber count for the same job.
 */
import type * as Fiber from "effect/Fiber";
import type * as Scheduler from "effect/Scheduler";

import type { BlockDetector, Suspect } from "./blockDetector.ts";
import { Pacer, type Turns } from "./turns.ts";

export class JobScheduler implements Scheduler.Scheduler, Scheduler.SchedulerDispatcher {
  readonly executionMode = "async";
  private readonly job: Suspect;
  private readonly turns: Turns;
  private readonly detector: BlockDetector;
  private readonly pacer: Pacer;
  private hasBegun = false;

  constructor(job: Suspect, turns: Turns, detector: BlockDetector) {
    this.job = job;
    this.turns = turns;
    this.detector = detector;
    this.pacer = new Pacer(turns.budgetMillis);
  }

  shouldYield(fiber: Fiber.Fiber<unknown, unknown>): boolean {
    // A fiber counts from 1 each time it is resumed.
    if (fiber.currentOpCount === 1) {
      const now = this.turns.touch();
      this.pacer.begin(now);
      this.detector.begin(this.job, now);
      return this.turns.mustWait(now);
    }
    return this.isPauseDue();
  }

  /** The body begins: from here on its operations count. Before, a pause would let later jobs overtake it. */
  begin(): void {
    this.hasBegun = true;
  }

  /** Counts one operation or one step of a generator; true when others should have their turn. */
  isPauseDue(): boolean {
    if (!this.hasBegun || !this.pacer.tick()) return false;
    const now = performance.now();
    this.pacer.looked(now);
    this.detector.continue(this.job, now);
    return this.turns.isSpent(now);
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
}
