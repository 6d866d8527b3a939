/**
 * When a worker is worn out, by jobs, age or heap, and is to be replaced as soon as it has no call.
 */
import * as Timers from "@heddle/core/Timers";

export interface Limits {
  readonly recycleJobs: number;
  readonly recycleAgeMillis: number;
  readonly recycleHeapMiB: number;
}

const measureEveryMillis = 100;
const bytesPerMiB = 1024 * 1024;

export class Wear {
  isWorn = false;
  private readonly limits: Limits;
  private readonly ask: () => void;
  private readonly onWorn: () => void;
  private cancelAgeTimer: () => void = () => undefined;
  private unanswered = 0;
  private askedAtMillis = Number.NEGATIVE_INFINITY;

  /** `ask` asks the worker for its heap. */
  constructor(limits: Limits, ask: () => void, onWorn: () => void) {
    this.limits = limits;
    this.ask = ask;
    this.onWorn = onWorn;
  }

  /** Its age counts from here. */
  begin(): void {
    const { recycleAgeMillis } = this.limits;
    this.cancelAgeTimer = Timers.after(recycleAgeMillis, () => this.wearOut(), { unref: true });
  }

  /** It has run that many jobs; the heap is asked for now and then. */
  jobEnded(completed: number): void {
    const { recycleHeapMiB, recycleJobs } = this.limits;
    if (completed >= recycleJobs) this.isWorn = true;
    if (this.isWorn || recycleHeapMiB === Number.POSITIVE_INFINITY) return;
    const nowMillis = performance.now();
    if (nowMillis - this.askedAtMillis < measureEveryMillis) return;
    this.askedAtMillis = nowMillis;
    this.unanswered++;
    this.ask();
  }

  /** Takes an answer; false when nobody has asked. */
  measured(usedBytes: number): boolean {
    if (this.unanswered === 0) return false;
    this.unanswered--;
    if (usedBytes > this.limits.recycleHeapMiB * bytesPerMiB) this.wearOut();
    return true;
  }

  stop(): void {
    this.cancelAgeTimer();
  }

  private wearOut(): void {
    this.isWorn = true;
    this.onWorn();
  }
}
