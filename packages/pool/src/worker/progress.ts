/**
 * The progress of one call: bounded however often the body reports, and never without its latest value.
 *
 * A burst is sent at once; then one value per period. What came in between is replaced by what comes next; the
 * latest is sent by a timer where the event loop turns, and before the call's end in any case.
 */
import * as Timers from "@heddle/core/Timers";

import { elapsedMillis } from "./clock.ts";

const burst = 16;
const periodMillis = 5;

const isPrimitive = (value: unknown): boolean =>
  value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol");

/** Sends the progress of one call. */
export class Progress {
  private readonly send: (value: unknown) => void;
  private allowance = burst;
  private refilledAt = elapsedMillis();
  private kept: { readonly value: unknown } | undefined;
  private cancelTimer: (() => void) | undefined;
  private failure: { readonly thrown: unknown } | undefined;

  /** `send` throws when a value cannot be cloned. */
  constructor(send: (value: unknown) => void) {
    this.send = send;
  }

  report(value: unknown): void {
    this.throwLateFailure();
    if (this.isAllowed()) {
      this.drop();
      return this.send(value);
    }
    const copy = this.copyOf(value);
    // What cannot be copied cannot be sent: `send` says so, to the body that reports it.
    if (copy === undefined) return this.send(value);
    this.kept = copy;
    this.wake();
  }

  /** Sends the latest value if it was not sent yet. To be called before the end of the call. */
  flush(): void {
    const { kept } = this;
    this.drop();
    this.throwLateFailure();
    if (kept !== undefined) this.send(kept.value);
  }

  /** Forgets what was not sent. */
  drop(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.kept = undefined;
  }

  private isAllowed(): boolean {
    const now = elapsedMillis();
    const periods = Math.floor((now - this.refilledAt) / periodMillis);
    if (periods > 0) {
      this.allowance = Math.min(burst, this.allowance + periods);
      this.refilledAt += periods * periodMillis;
    }
    if (this.allowance === 0) return false;
    this.allowance--;
    return true;
  }

  // A copy, so that what the body changes afterwards does not change what it reported.
  private copyOf(value: unknown): { readonly value: unknown } | undefined {
    if (isPrimitive(value)) return { value };
    try {
      return { value: structuredClone(value) };
    } catch {
      // The caller sends it as it is, which fails in the same way where somebody hears of it.
      return undefined;
    }
  }

  private wake(): void {
    this.cancelTimer ??= Timers.after(periodMillis, () => this.flushLate(), { unref: true });
  }

  // Nobody could catch it in a timer: the body hears of it with its next report, or the call ends with it.
  private flushLate(): void {
    this.cancelTimer = undefined;
    if (!this.isAllowed()) return this.wake();
    try {
      this.flush();
    } catch (thrown) {
      this.failure = { thrown };
    }
  }

  private throwLateFailure(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure.thrown;
  }
}
