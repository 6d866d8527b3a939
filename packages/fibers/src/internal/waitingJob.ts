/**
 * A job that waits for its turn of the event loop, and begins then in the asynchronous context in which it was submitted.
 */
import { AsyncResource } from "node:async_hooks";

import type { Waiting } from "./turns.ts";

/** What waits. */
interface Resumable {
  resume(): void;
}

export class WaitingJob extends AsyncResource implements Waiting {
  private readonly job: Resumable;

  constructor(job: Resumable) {
    super("heddle/Job");
    this.job = job;
  }

  goOn(): void {
    try {
      this.runInAsyncScope(() => this.job.resume());
    } finally {
      this.emitDestroy();
    }
  }
}
