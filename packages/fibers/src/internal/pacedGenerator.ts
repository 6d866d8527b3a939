/**
 * A generator that takes as many steps at once as the turn of the loop has time for; core pauses between two calls of
 * `next`.
 */
import type { BlockDetector } from "./blockDetector.ts";
import type { JobScheduler, Paced } from "./jobScheduler.ts";

interface Where {
  readonly detector: BlockDetector;
  readonly scheduler: JobScheduler;
}

export class PacedGenerator {
  readonly [Symbol.toStringTag] = "Generator";
  private readonly steps: Generator<unknown, unknown, unknown>;
  private readonly job: Paced;
  private readonly where: Where;

  constructor(steps: Generator<unknown, unknown, unknown>, job: Paced, where: Where) {
    this.steps = steps;
    this.job = job;
    this.where = where;
  }

  next(): IteratorResult<unknown, unknown> {
    const { detector, scheduler } = this.where;
    return detector.section(this.job, () => {
      for (;;) {
        const step = this.steps.next();
        if (step.done === true || scheduler.isPauseDue(this.job)) return step;
      }
    });
  }

  return(value: unknown): IteratorResult<unknown, unknown> {
    return this.where.detector.section(this.job, () => this.steps.return(value));
  }
}
