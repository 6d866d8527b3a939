/**
 * The promise façade: the same calls as `Runtime`, for programs that do not use Effect.
 *
 * Native promises, `AbortSignal`, `AsyncIterable` and `Symbol.asyncDispose` only.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import * as ManagedRuntime from "effect/ManagedRuntime";

import type { Capabilities } from "./Capabilities.ts";
import { Facade } from "./internal/facade.ts";
import type * as Runtime from "./Runtime.ts";
import { Key } from "./RuntimeLayer.ts";
import type { Stats } from "./Stats.ts";
import type * as Task from "./Task.ts";

/**
 * Options of one call.
 *
 * **Cancellation**
 *
 * An aborted call rejects with the reason of its `signal`, after its body has stopped.
 *
 * @category models
 * @since 0.1.0
 */
export interface RunOptions extends Runtime.RunOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Options of `map`.
 *
 * **Cancellation**
 *
 * An aborted iteration throws the reason of its `signal`, and cancels the jobs that are under way.
 *
 * @category models
 * @since 0.1.0
 */
export interface MapOptions extends Runtime.MapOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The results of `map`. Each iteration, and each `toArray`, is a map of its own.
 *
 * @category models
 * @since 0.1.0
 */
export interface Mapped<A> extends AsyncIterable<A> {
  /**
   * All results at once, in the order in which the iteration gives them. Takes them in groups, which for short jobs is several
   * times as fast as a step for each. Rejects with what the iteration throws, after all bodies have stopped.
   */
  readonly toArray: () => Promise<Array<A>>;
}

/**
 * Options of `mapChunks`. An aborted call rejects with the reason of its `signal`, after its bodies have stopped.
 *
 * @category models
 * @since 0.1.0
 */
export interface ChunkOptions extends Runtime.ChunkOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * A submitted job, in promises.
 *
 * **Cancellation**
 *
 * `cancel` resolves when the body has stopped; `result` then rejects with an `AbortError`.
 *
 * **Errors**
 *
 * `result` rejects as `run` does. It may be read late or never: that does not end the program. `accepted` and `cancel`
 * never reject.
 *
 * **Details**
 *
 * `progress` ends with the job and drops old values when nobody reads.
 *
 * @category models
 * @since 0.1.0
 */
export interface Handle<out A, out P> {
  readonly id: string;
  readonly result: Promise<A>;
  readonly cancel: () => Promise<void>;
  readonly progress: AsyncIterable<P>;
  /** Resolves when the runtime has room for the job, or when the job ended before: the back-pressure of `maxQueue`. */
  readonly accepted: Promise<void>;
  readonly status: () => Runtime.Status;
  readonly toString: () => string;
}

/**
 * A runtime in promises.
 *
 * **Details**
 *
 * `close` refuses new calls, lets accepted ones end for the runtime's `closeTimeout`, cancels the rest and stops
 * the workers. Closing twice is fine.
 *
 * **Errors**
 *
 * `run` rejects with the task's own typed failure, a `RuntimeError`, or what the body threw, made again. `map` and
 * `stream` throw the same from the iteration; leaving a loop early cancels what is under way. `resize` and `recycle`
 * reject with `Unsupported` where the runtime is not `elastic`, `resize` with `InvalidOptions` for a senseless size.
 *
 * @category models
 * @since 0.1.0
 */
export interface PromisedRuntime extends AsyncDisposable {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly stats: () => Stats;
  readonly run: <In, A, E, P>(
    task: Task.Task<string, In, A, E, "value", P>,
    ...args: Runtime.Arguments<In, RunOptions>
  ) => Promise<A>;
  readonly submit: <In, A, E, P>(
    task: Task.Task<string, In, A, E, "value", P>,
    ...args: Runtime.Arguments<In, RunOptions>
  ) => Handle<A, P>;
  readonly map: <In, A, E, P>(
    task: Task.Task<string, In, A, E, "value", P>,
    inputs: Iterable<NoInfer<In>> | AsyncIterable<NoInfer<In>>,
    options?: MapOptions,
  ) => Mapped<A>;
  readonly mapChunks: <In extends Runtime.TypedArray, Out extends Runtime.TypedArray | void, E, P>(
    task: Task.Task<string, In, Out, E, "value", P>,
    values: NoInfer<In>,
    options?: ChunkOptions,
  ) => Promise<Runtime.Chunked<In, Out>>;
  readonly stream: <In, A, E, P>(
    task: Task.Task<string, In, A, E, "stream", P>,
    ...args: Runtime.Arguments<In, RunOptions>
  ) => AsyncIterable<A>;
  /** Refuses new calls from now on; resolves when all accepted ones have ended. */
  readonly drain: () => Promise<void>;
  /** Changes how many workers there are at most, where the runtime is `elastic`. */
  readonly resize: (size: number) => Promise<void>;
  /** Replaces all workers, each once its job has ended, where the runtime is `elastic`. */
  readonly recycle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a runtime for promise users from the layer that Effect users provide.
 *
 * **Errors**
 *
 * Rejects when the layer cannot be built, for instance because an option is wrong.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = async <E>(layer: Layer.Layer<Runtime.Runtime, E>): Promise<PromisedRuntime> => {
  const managed = ManagedRuntime.make(layer);
  const context = await managed.context();
  const service = Context.getUnsafe(context, Key);
  return new Facade(service, context, () => managed.dispose());
};

/**
 * The promise form of a service that somebody else opened and will close; `close` drains it.
 *
 * **When to use**
 *
 * Within a program that uses Effect, for a part of it that does not.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromService = (
  service: Runtime.Service,
  context: Context.Context<never> = Context.empty(),
): PromisedRuntime =>
  new Facade(service, Context.add(context, Key, service), () => Effect.runPromise(service.drain));
