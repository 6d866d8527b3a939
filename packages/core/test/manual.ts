/**
 * An adapter whose jobs start and end when the test says so.
 */
import * as Exit from "effect/Exit";

import type { Adapter, Attempt } from "../src/Adapter.ts";
import * as Outcome from "../src/Outcome.ts";
import * as RuntimeError from "../src/RuntimeError.ts";
import * as TestRuntime from "../src/testing/TestRuntime.ts";

const unit = { runtime: "manual", lane: "manual/0", pid: 1, threadId: 0 };

export class ManualJob {
  readonly job: Attempt;
  cancels = 0;

  constructor(job: Attempt) {
    this.job = job;
  }

  start(): this {
    this.job.started(unit);
    return this;
  }

  succeed(value?: unknown): void {
    this.job.ended(Exit.succeed(Outcome.success(value)));
  }

  /** Ends as a body does that was told to stop. */
  stop(): void {
    this.job.ended(Exit.succeed(Outcome.interrupted));
  }

  lose(reason: RuntimeError.Reason = lost(this.job.attempt)): void {
    this.job.ended(
      Exit.fail(new RuntimeError.RuntimeError({ runtime: "manual", task: this.job.task.name, reason })),
    );
  }
}

export const lost = (attempt = 1): RuntimeError.WorkerLost =>
  new RuntimeError.WorkerLost({ lane: "manual/0", exitCode: 1, signal: null, attempt });

/** What was begun so far, in order. */
export const manual = (): { readonly adapter: Adapter; readonly jobs: Array<ManualJob> } => {
  const jobs: Array<ManualJob> = [];
  const begin: NonNullable<Adapter["begin"]> = (attempt) => {
    const begun = new ManualJob(attempt);
    jobs.push(begun);
    return { cancel: () => void begun.cancels++ };
  };
  return { adapter: { ...TestRuntime.adapter, name: "manual", begin }, jobs };
};
