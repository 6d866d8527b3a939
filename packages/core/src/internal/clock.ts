/**
 * Time as the caller's context has it: the program's own clock, or a test's.
 */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";

import * as Timers from "../Timers.ts";

const programClock = Context.get(Context.empty(), Clock.Clock);

const nanosPerMilli = 1e6;

/** Milliseconds since an arbitrary instant, for measuring. */
export const elapsedMillis = (context: Context.Context<never>): number => {
  const clock = Context.get(context, Clock.Clock);
  return clock === programClock
    ? performance.now()
    : Number(clock.monotonicTimeNanosUnsafe()) / nanosPerMilli;
};

/** Milliseconds since the epoch, for instants that travel. */
export const epochMillis = (context: Context.Context<never>): number =>
  Context.get(context, Clock.Clock).currentTimeMillisUnsafe();

/** Calls back once after a while; returns how to take that back. A fiber per timer only under a test's clock. */
export const after = (context: Context.Context<never>, millis: number, action: () => void): (() => void) => {
  if (Context.get(context, Clock.Clock) === programClock) return Timers.after(millis, action);
  if (millis === Number.POSITIVE_INFINITY) return () => undefined;
  const sleep = Effect.andThen(Effect.sleep(Duration.millis(millis)), Effect.sync(action));
  const fiber = Effect.runForkWith(context)(sleep);
  return () => fiber.interruptUnsafe();
};
