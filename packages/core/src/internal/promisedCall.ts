/**
 * A call that a promise waits for.
 */
import * as Cause from "effect/Cause";
import * as Exit from "effect/Exit";

import * as Aborts from "./aborts.ts";
import type { Caller } from "./caller.ts";
import { type Admissible, OutsideCall } from "./outsideCall.ts";

/** Settles a promise. What it is resolved with may be a promise that rejects: one function is half the price of two. */
export type Resolve = (value: unknown) => void;

/** What promises reject with. */
export const rejection = (cause: Cause.Cause<unknown>, signal: AbortSignal | undefined): unknown => {
  if (!Cause.hasInterruptsOnly(cause)) return Cause.squash(cause);
  return signal?.aborted === true ? signal.reason : new DOMException("The job was cancelled", "AbortError");
};

/** Makes the promise that rejects. */
export type Reject = (reason: unknown, signal: AbortSignal | undefined) => Promise<never>;

/** Settles a promise with an exit. */
export const settle = (
  resolve: Resolve,
  reject: Reject,
  exit: Exit.Exit<unknown, unknown>,
  signal: AbortSignal | undefined,
): void => resolve(Exit.isSuccess(exit) ? exit.value : reject(rejection(exit.cause, signal), signal));

export class PromisedCall extends OutsideCall {
  protected readonly resolve: Resolve;
  protected readonly reject: Reject;

  constructor(caller: Caller, admissible: Admissible, resolve: Resolve, reject: Reject) {
    super(caller, admissible);
    this.resolve = resolve;
    this.reject = reject;
  }

  protected tell(exit: Exit.Exit<unknown, unknown>): void {
    settle(this.resolve, this.reject, exit, undefined);
  }
}

/** One that ends when a signal says so. */
export class AbortableCall extends PromisedCall {
  private readonly signal: AbortSignal;
  private stopListening: (() => void) | undefined;

  constructor(caller: Caller, admissible: Admissible, resolve: Resolve, reject: Reject, signal: AbortSignal) {
    super(caller, admissible, resolve, reject);
    this.signal = signal;
  }

  override begin(): void {
    this.stopListening = Aborts.onAbort(this.signal, () => this.cancel());
    super.begin();
  }

  protected override tell(exit: Exit.Exit<unknown, unknown>): void {
    this.stopListening?.();
    settle(this.resolve, this.reject, exit, this.signal);
  }
}
