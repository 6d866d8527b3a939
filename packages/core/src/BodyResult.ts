/**
 * What kind of thing a task body returned. The one place that decides it, for runtimes with Effect and for workers
 * that have not loaded it.
 *
 * Nothing here loads Effect, so worker entries stay small.
 *
 * @since 0.1.0
 */
import type * as Task from "./Task.ts";
import type { TaskContext } from "./TaskContext.ts";

type Call = (body: Task.Any["body"], input: never, context: TaskContext<unknown>) => unknown;

const call: Call = (body, input, context) => body(input, context);

// V8 would make a body that is the only one called here a part of the runtime's own code, whose first compiler takes up to four
// times as long for a loop as the one that a function of its own gets. It does not where several were called.
// V8 begins to note what is called after a few calls.
const one = (): void => undefined;
const another = (): null => null;
for (let n = 0; n < 100; n++) {
  call(one, undefined as never, undefined as never);
  call(another, undefined as never, undefined as never);
}

/**
 * Calls the body of a task, which stays a function of its own for the compiler: as fast as where it is called directly,
 * also when it is the only one that a worker ever runs. Throws what the body throws.
 *
 * @category running
 * @since 0.1.0
 */
export const of = (
  { body }: Pick<Task.Any, "body">,
  input: unknown,
  context: TaskContext<unknown>,
): unknown => call(body, input as never, context);

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
 * The kinds of what bodies return. `"effect"` and `"stream"` are of Effect, of whatever copy of that library, `"iterable"`
 * is asynchronous, and `"value"` is all else.
 *
 * @category models
 * @since 0.1.0
 */
export type Kind = "value" | "effect" | "stream" | "iterable" | "promise" | "generator";

/**
 * Decides what kind it is. Reads `then`, as {@link isPromiseLike} does.
 *
 * @category accessors
 * @since 0.1.0
 */
export const kindOf = (u: unknown): Kind => {
  // Tags of services are Effects too, and functions.
  if (typeof u === "function") return "~effect/Effect" in u ? "effect" : "value";
  if (!isObject(u)) return "value";
  if ("~effect/Stream" in u) return "stream";
  if (Symbol.asyncIterator in u) return "iterable";
  if ("~effect/Effect" in u) return "effect";
  if (isPromiseLike(u)) return "promise";
  return isGenerator(u) ? "generator" : "value";
};

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
