/**
 * Effects and streams for those who wait with promises: each runs on a fiber of its own.
 */
import type * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Stream from "effect/Stream";

import * as Aborts from "./aborts.ts";
import * as Late from "./late.ts";
import { LateIterator } from "./lateIterator.ts";
import { rejection, type Reject, type Resolve, settle } from "./promisedCall.ts";

/** Settles a promise with the end of an effect, which is interrupted when the signal aborts. */
export const fork = (
  effect: Effect.Effect<unknown, unknown>,
  context: Context.Context<never>,
  signal: AbortSignal | undefined,
  resolve: Resolve,
  reject: Reject,
): void => {
  const fiber = Effect.runForkWith(context)(effect);
  const remove = signal === undefined ? undefined : Aborts.onAbort(signal, () => fiber.interruptUnsafe());
  fiber.addObserver((exit) => {
    remove?.();
    settle(resolve, reject, exit, signal);
  });
};

/** Of what is interrupted because the signal aborted, the signal's reason is told. Whoever has the signal interrupts it. */
export const promiseOf = <A>(
  effect: Effect.Effect<A, unknown>,
  context: Context.Context<never>,
  signal: AbortSignal | undefined,
): Promise<A> =>
  new Promise((resolve, reject) => {
    const fiber = Effect.runForkWith(context)(effect);
    fiber.addObserver((exit) => {
      if (Exit.isSuccess(exit)) resolve(exit.value);
      else reject(rejection(exit.cause, signal));
    });
  });

/** Each iteration makes a stream of its own. */
export const iterableOf = <A>(
  make: () => Stream.Stream<A, unknown>,
  context: Context.Context<never>,
  signal: AbortSignal | undefined,
): AsyncIterable<A> => {
  const begin = (): AsyncIterable<A> => Late.parts().Streams.toIterable(make(), signal, context);
  return {
    [Symbol.asyncIterator]: () => {
      const loading = Late.load();
      return loading === undefined
        ? begin()[Symbol.asyncIterator]()
        : new LateIterator(() => loading.then(() => begin()[Symbol.asyncIterator]()));
    },
  };
};
