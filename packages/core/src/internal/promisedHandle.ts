/**
 * A submitted job for those who wait with promises.
 */
import type * as Context from "effect/Context";
import * as Effect from "effect/Effect";

import type { Handle } from "../Promised.ts";
import type * as Runtime from "../Runtime.ts";
import * as Aborts from "./aborts.ts";
import { iterableOf, promiseOf } from "./promisedEffect.ts";

/** Of one whose signal had aborted before. */
export const neverStarted = (reason: unknown): Handle<never, never> => {
  const result = Promise.reject(reason);
  result.catch(() => undefined);
  return {
    id: "?",
    result,
    cancel: () => Promise.resolve(),
    progress: (async function* () {})(),
    accepted: Promise.resolve(),
    status: () => "ended",
    toString: () => "<Job that was aborted before it was submitted>",
  };
};

/** Of one that the runtime has taken. It is cancelled when the signal aborts. */
export const of = (
  handle: Runtime.Handle<any, any, any>,
  context: Context.Context<never>,
  signal: AbortSignal | undefined,
): Handle<any, any> => {
  const result = promiseOf(handle.await, context, signal);
  // The result may be read late or never; an unread failure must not end the program.
  result.catch(() => undefined);
  if (signal !== undefined) {
    const remove = Aborts.onAbort(signal, () => void Effect.runFork(handle.cancel));
    void result.then(remove, remove);
  }
  return {
    id: handle.id,
    result,
    cancel: () => Effect.runPromise(handle.cancel),
    progress: iterableOf(() => handle.progress, context, undefined),
    accepted: Effect.runPromise(handle.accepted),
    status: () => Effect.runSync(handle.status),
    toString: () => String(handle),
  };
};
