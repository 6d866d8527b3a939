/**
 * One listener per AbortSignal, however many calls share it: registering N listeners on one signal costs O(N²)
 * in Node, because each registration looks for duplicates.
 */
import * as Effect from "effect/Effect";

type Callbacks = Set<() => void>;

const callbacks = new WeakMap<AbortSignal, Callbacks>();

const listen = (signal: AbortSignal): Callbacks => {
  const set: Callbacks = new Set();
  callbacks.set(signal, set);
  signal.addEventListener(
    "abort",
    () => {
      callbacks.delete(signal);
      for (const callback of set) callback();
    },
    { once: true },
  );
  return set;
};

/** Calls back once when the signal aborts; returns how to take that back. */
export const onAbort = (signal: AbortSignal, callback: () => void): (() => void) => {
  if (signal.aborted) {
    callback();
    return () => undefined;
  }
  const set = callbacks.get(signal) ?? listen(signal);
  set.add(callback);
  // While all of them are called, taking each out of the set would cost more than the call.
  return () => signal.aborted || set.delete(callback);
};

/** Never succeeds; fails with the signal's reason when it aborts. */
export const failOnAbort = (signal: AbortSignal): Effect.Effect<never, unknown> =>
  Effect.callback<never, unknown>((resume) => {
    const remove = onAbort(signal, () => resume(Effect.fail(signal.reason)));
    return Effect.sync(remove);
  });
