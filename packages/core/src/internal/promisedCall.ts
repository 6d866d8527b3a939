/**
 * A call that a promise waits for.
 */
import * as Cause from "effect/Cause";
import type * as Context from "effect/Context";
import * as Exit from "effect/Exit";

import * as Aborts from "./aborts.ts";
import { Caller } from "./caller.ts";
import type { Engine } from "./engine.ts";
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

/** Who calls with promises. */
export class PromisedCaller extends Caller {
  readonly reject: Reject;

  constructor(engine: Engine, context: Context.Context<never>, reject: Reject) {
    super(engine, context);
    this.reject = reject;
  }
}

export class PromisedCall extends OutsideCall {
  declare readonly caller: PromisedCaller;
  protected readonly resolve: Resolve;

  constructor(caller: PromisedCaller, admissible: Admissible, resolve: Resolve) {
    super(caller, admissible);
    this.resolve = resolve;
  }

  protected tell(exit: Exit.Exit<unknown, unknown>): void {
    settle(this.resolve, this.caller.reject, exit, undefined);
  }
}

/** One that ends when a signal says so. */
export class AbortableCall extends PromisedCall {
  private readonly signal: AbortSignal;
  private stopListening: (() => void) | undefined;

  constructor(caller: PromisedCaller, admissible: Admissible, resolve: Resolve, signal: AbortSignal) {
    super(caller, admissible, resolve);
    this.signal = signal;
  }

  override begin(): void {
    this.stopListening = Aborts.onAbort(this.signal, () => this.cancel());
    super.begin();
  }

  protected override tell(exit: Exit.Exit<unknown, unknown>): void {
    this.stopListening?.();
    settle(this.resolve, this.caller.reject, exit, this.signal);
  }
}
