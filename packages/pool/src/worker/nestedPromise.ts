/**
 * `context.run`: a call of a body's own, as a promise. Loaded with the first one.
 */
import type { NestedOptions } from "@heddle/core/Runtime";
import type * as Task from "@heddle/core/Task";
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

import * as BodyContext from "./bodyContext.ts";
import { cancelled, type WorkerCall } from "./call.ts";
import { Key } from "./runtimeService.ts";

const contexts = new WeakMap<WorkerCall, Context.Context<never>>();

const contextOf = (call: WorkerCall): Context.Context<never> => {
  const context = contexts.get(call) ?? BodyContext.make(call);
  contexts.set(call, context);
  return context;
};

const rejection = (cause: Cause.Cause<unknown>, signal: AbortSignal | undefined): unknown => {
  if (!Cause.hasInterruptsOnly(cause)) return Cause.squash(cause);
  return signal?.aborted === true ? signal.reason : cancelled();
};

/** Where the end of a call goes. */
export interface Settle {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** Runs another task on the runtime of a call and settles with its end. */
export const run = (
  call: WorkerCall,
  task: Task.Any,
  input: unknown,
  options: NestedOptions | undefined,
  { reject, resolve }: Settle,
): void => {
  // Anything else is refused as an option that makes no sense.
  const signal = options?.signal instanceof AbortSignal ? options.signal : undefined;
  if (signal?.aborted === true) return reject(signal.reason);
  if (call.isEnded) return reject(cancelled());
  const context = contextOf(call);
  const service = Context.getUnsafe(context, Key);
  const fiber = Effect.runForkWith(context)(service.run(task as never, input as never, options));
  const abort = (): void => fiber.interruptUnsafe();
  signal?.addEventListener("abort", abort, { once: true });
  const untrack = call.nested.track(abort);
  fiber.addObserver((exit) => {
    untrack();
    signal?.removeEventListener("abort", abort);
    if (Exit.isSuccess(exit)) resolve(exit.value);
    else reject(rejection(exit.cause, signal));
  });
};
