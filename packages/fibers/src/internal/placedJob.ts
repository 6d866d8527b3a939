/**
 * A job of a runtime with limited concurrency: it has to have a place to begin, and gives it back when it ends.
 */
import { AsyncResource } from "node:async_hooks";

import type { Attempt } from "@heddle/core/Adapter";
import { type Links, unlinked } from "@heddle/core/DispatchQueue";
import type { Places, Waiter } from "@heddle/core/Places";

import { type Ended, type Host, RunningJob } from "./runningJob.ts";

export class PlacedJob extends RunningJob implements Waiter {
  previous: Waiter | undefined;
  next: Waiter | undefined;
  list: Links<Waiter>["list"];
  addedAtMillis = 0;
  order = 0;
  private readonly places: Places;
  private hasPlace = false;
  /** It begins in the asynchronous context in which it was submitted, not in that of the job before it. */
  private asked: AsyncResource | undefined;

  constructor(host: Host, job: Attempt, places: Places) {
    super(host, job);
    Object.assign(this, unlinked());
    this.places = places;
  }

  get priority(): number {
    return this.job.priority;
  }
  get depth(): number {
    return this.job.depth;
  }

  override begin(): void {
    // A nested one needs none: the body above waits for it in its own.
    if (this.depth > 0) return super.begin();
    this.places.enter(this);
    if (!this.hasPlace) this.asked = new AsyncResource("heddle/Job");
  }

  grant(): void {
    this.hasPlace = true;
    if (this.asked === undefined) return super.begin();
    this.asked.runInAsyncScope(() => super.begin());
    this.asked.emitDestroy();
  }

  override cancel(): void {
    if (this.depth === 0 && this.places.leave(this)) this.neverBegun();
    else super.cancel();
  }

  protected override tell(ended: Ended): void {
    if (this.hasPlace) this.places.release();
    super.tell(ended);
  }
}
