import * as Exit from "effect/Exit";

/**
 * An adapter whose jobs start and end when the test says so.
 */
import type { Adapter, OnEnd } from "../src/Adapter.ts";
import type { Job } from "../src/Job.ts";
import * as Outcome from "../src/Outcome.ts";
import * as RuntimeError from "../src/RuntimeError.ts";
import * as TestRuntime from "../src/testing/TestRuntime.ts";

const unit = { runtime: "manual", lane: "manual/0", pid: 1, threadId: 0 };

export class ManualJob {
  readonly job: Job;
  private readonly onEnd: OnEnd;
  cancels = 0;

  constructor(job: Job, onEnd: OnEnd) {
    this.job = job;
    this.onEnd = onEnd;
  }

  start(): this {
    this.job.started(unit);
    return this;
  }

  succeed(value?: unknown): void {
    this.onEnd(Exit.succeed(Outcome.success(value)));
  }

  /** Ends as a body does that was told to stop. */
  stop(): void {
    this.onEnd(Exit.succeed(Outcome.interrupted));
  }

  lose(reason: RuntimeError.Reason = lost(this.job.attempt)): void {
    this.onEnd(
      Exit.fail(new RuntimeError.RuntimeError({ runtime: "manual", task: this.job.task.name, reason })),
    );
  }
}

export const lost = (attempt = 1): RuntimeError.WorkerLost =>
  new RuntimeError.WorkerLost({ lane: "manual/0", exitCode: 1, signal: null, attempt });

/** What was begun so far, in order. */
export const manual = (): { readonly adapter: Adapter; readonly jobs: Array<ManualJob> } => {
  const jobs: Array<ManualJob> = [];
  const begin: NonNullable<Adapter["begin"]> = (job, onEnd) => {
    const begun = new ManualJob(job, onEnd);
    jobs.push(begun);
    return { cancel: () => void begun.cancels++ };
  };
  return { adapter: { ...TestRuntime.adapter, name: "manual", begin }, jobs };
};
