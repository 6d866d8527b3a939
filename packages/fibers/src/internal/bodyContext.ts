/**
 * What a body sees of its job. Only the body holds it: a million that wait and do not need it have none.
 */
import * as Codec from "@heddle/core/Codec";
import { JobContext } from "@heddle/core/JobContext";

import type { Host, RunningJob } from "./runningJob.ts";

export class BodyContext extends JobContext {
  private readonly running: RunningJob;

  constructor(host: Host, running: RunningJob) {
    const { caller, job } = running;
    super(job, host, Codec.forTask(job.task, "reference"), caller);
    this.running = running;
  }

  override get signal(): AbortSignal {
    return this.running.signal;
  }
  override get runtime(): RunningJob {
    return this.running;
  }
  override get isStopping(): boolean {
    return this.running.isStopping;
  }
  override get hasEnded(): boolean {
    return this.running.hasEnded;
  }
}
