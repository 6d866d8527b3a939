/**
 * Tells when a worker has had nothing to do for long. One timer serves many calls: how long the worker has rested is seen
 * when it fires, since to set one for each call costs more than the rest of what the pool does for it.
 */
import * as Timers from "@heddle/core/Timers";

export class Idleness {
  private readonly idleMillis: number;
  private readonly isResting: () => boolean;
  private readonly onIdle: () => void;
  private restedAtMillis = 0;
  private cancelTimer: (() => void) | undefined;

  constructor(idleMillis: number, isResting: () => boolean, onIdle: () => void) {
    this.idleMillis = idleMillis;
    this.isResting = isResting;
    this.onIdle = onIdle;
  }

  /** The worker has nothing to do from now on. */
  begin(): void {
    if (this.idleMillis === Number.POSITIVE_INFINITY) return;
    this.restedAtMillis = performance.now();
    if (this.cancelTimer === undefined) this.look(this.idleMillis);
  }

  stop(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
  }

  private look(inMillis: number): void {
    this.cancelTimer = Timers.after(inMillis, () => this.looked(), { unref: true });
  }

  private looked(): void {
    this.cancelTimer = undefined;
    if (!this.isResting()) return;
    const leftMillis = this.idleMillis - (performance.now() - this.restedAtMillis);
    if (leftMillis > 0) this.look(leftMillis);
    else this.onIdle();
  }
}
