/**
 * What kind of thing a task body returned. The one place that decides it, for runtimes with Effect and for workers
 * that have not loaded it.
 *
 * Nothing here loads Effect, so worker entries stay small.
 *
 * @since 0.1.0
 */
import type * as Task from "./Task.ts";

const isObject = (u: unknown): u is object => typeof u === "object" && u !== null;

/**
 * Whether it takes Effect to run it: an Effect or a Stream, of whatever copy of that library.
 *
 * @category guards
 * @since 0.1.0
 */
export const needsEffect = (u: unknown): boolean =>
  isObject(u) && ("~effect/Effect" in u || "~effect/Stream" in u);

/**
 * Whether it is an async iterable, as an `async function*` body returns: a stream of values.
 *
 * @category guards
 * @since 0.1.0
 */
export const isAsyncIterable = (u: unknown): u is AsyncIterable<unknown> =>
  isObject(u) && Symbol.asyncIterator in u;

/**
 * Whether it has to be awaited. Reads `then`, which may be a getter of the body's own: it can throw.
 *
 * @category guards
 * @since 0.1.0
 */
export const isPromiseLike = (u: unknown): u is PromiseLike<unknown> =>
  isObject(u) && "then" in u && typeof u.then === "function";

/**
 * Whether it is a generator object, as a `function*` body returns.
 *
 * @category guards
 * @since 0.1.0
 */
export const isGenerator = (u: unknown): u is Generator<unknown, unknown, unknown> =>
  Object.prototype.toString.call(u) === "[object Generator]";

/**
 * What is wrong when a body returned a stream to a call for one value, or the reverse.
 *
 * @category diagnostics
 * @since 0.1.0
 */
export const wrongMode = (mode: Task.Mode): string =>
  mode === "value"
    ? "the body returned a stream; call it with `stream` instead of `run`"
    : "the body returned a single value; call it with `run` instead of `stream`";
