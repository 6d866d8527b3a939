/**
 * The runtime: what users call, the same on every adapter.
 *
 * One call takes one direction: `run` checks and encodes, the adapter executes and brings back an outcome as
 * plain data, and `run` decodes it for the caller.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context";
import type * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import type * as Schedule from "effect/Schedule";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";

import type { Adapter } from "./Adapter.ts";
import type { Capabilities } from "./Capabilities.ts";
import * as Late from "./internal/late.ts";
import type { ChunkOptions, MapOptions, TypedArray } from "./internal/mapOptions.ts";
import * as Parts from "./internal/parts.ts";
import type { RuntimeError } from "./RuntimeError.ts";
import * as RuntimeLayer from "./RuntimeLayer.ts";
import type { Stats } from "./Stats.ts";
import type * as Task from "./Task.ts";

// Who uses Effect is given all of it at once.
Late.install(Parts);

/**
 * Options of one call.
 *
 * **Details**
 *
 * - `timeout` bounds the work, counted from the start of the body; then the body is cancelled: `TaskTimeout`.
 *   The instant travels with the job and bounds the calls that its body makes.
 * - `queueTimeout` bounds the waiting: a body that has not started by then never does: `QueueTimeout`.
 * - `priority`: jobs of a higher one start first; a whole number from -10 to 10, 0 by default. Nobody waits for ever:
 *   the longer a job waits, the higher it counts.
 * - `transfer` lists objects to move instead of copy, where the runtime can.
 * - `retry`: a schedule for new attempts when the runtime lost one (`WorkerLost`, `OutOfMemory`, `QueueFull`,
 *   `EngineUnavailable`), never for what the task itself failed with. The body may then run more than once: give it only where
 *   that is safe. Nothing is repeated without it.
 * - `detached`: the job goes on when its caller is interrupted.
 *
 * @category models
 * @since 0.1.0
 */
export interface RunOptions {
  readonly timeout?: Duration.Input | undefined;
  readonly queueTimeout?: Duration.Input | undefined;
  readonly priority?: number | undefined;
  readonly transfer?: ReadonlyArray<unknown> | undefined;
  readonly retry?: Schedule.Schedule<unknown, RuntimeError> | undefined;
  readonly detached?: boolean | undefined;
}

/**
 * Options of a call that a body makes.
 *
 * @category models
 * @since 0.1.0
 */
export interface NestedOptions extends Omit<RunOptions, "detached"> {
  readonly signal?: AbortSignal | undefined;
}

export type { ChunkOptions, MapOptions, TypedArray } from "./internal/mapOptions.ts";

/**
 * Where a submitted job is: waiting, running, or over. One that is tried again waits once more.
 *
 * @category models
 * @since 0.1.0
 */
export type Status = "queued" | "running" | "ended";

/**
 * A submitted job.
 *
 * **Cancellation**
 *
 * `cancel` completes when the body has stopped. `progress` ends with the job and drops old values when nobody
 * reads. `String(handle)` shows the job, its task, runtime and status.
 *
 * @category models
 * @since 0.1.0
 */
export interface Handle<out A, out E, out P> {
  readonly id: string;
  readonly await: Effect.Effect<A, E>;
  readonly cancel: Effect.Effect<void>;
  readonly progress: Stream.Stream<P>;
  readonly status: Effect.Effect<Status>;
  /**
   * Completes when the runtime has room for the job (`maxQueue`), or when the job ended before. `submit` waits for it;
   * in promises it does not.
   */
  readonly accepted: Effect.Effect<void>;
  readonly toString: () => string;
}

/**
 * The arguments after the task: a task without input needs none.
 *
 * @category models
 * @since 0.1.0
 */
export type Arguments<In, Options> = [In] extends [void]
  ? [input?: In, options?: Options | undefined]
  : [input: In, options?: Options | undefined];

/**
 * What `map` takes its inputs from, lazily.
 *
 * @category models
 * @since 0.1.0
 */
export type Inputs<In, E = never> = Iterable<In> | AsyncIterable<In> | Stream.Stream<In, E>;

/**
 * What `mapChunks` gives: the array of what bodies gave, or the values themselves where bodies change those in place.
 *
 * @category models
 * @since 0.1.0
 */
export type Chunked<In, Out> = [Out] extends [void] ? In : Out;

/**
 * The calls of a runtime.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service {
  readonly name: string;
  /** As of now: `resize` changes the parallelism. */
  readonly capabilities: Capabilities;
  readonly stats: Effect.Effect<Stats>;
  /** Refuses new calls from now on; completes when all accepted ones have ended. */
  readonly drain: Effect.Effect<void>;
  /**
   * Changes how many workers there are at most, from 1 to 4096, else `InvalidOptions`. `Unsupported` without the
   * capability `elastic`.
   */
  readonly resize: (size: number) => Effect.Effect<void, RuntimeError>;
  /** Replaces all workers, each once its job has ended; completes when no old one is left. `Unsupported` without the capability `elastic`. */
  readonly recycle: Effect.Effect<void, RuntimeError>;
  readonly run: <In, A, E, P>(
    task: Task.Task<string, In, A, E, "value", P>,
    ...args: Arguments<In, RunOptions>
  ) => Effect.Effect<A, E | RuntimeError>;
  readonly submit: <In, A, E, P>(
    task: Task.Task<string, In, A, E, "value", P>,
    ...args: Arguments<In, RunOptions>
  ) => Effect.Effect<Handle<A, E | RuntimeError, P>, never, Scope.Scope>;
  readonly map: <In, A, E, P, EI = never>(
    task: Task.Task<string, In, A, E, "value", P>,
    inputs: Inputs<NoInfer<In>, EI>,
    options?: MapOptions,
  ) => Stream.Stream<A, E | EI | RuntimeError>;
  readonly mapChunks: <In extends TypedArray, Out extends TypedArray | void, E, P>(
    task: Task.Task<string, In, Out, E, "value", P>,
    values: NoInfer<In>,
    options?: ChunkOptions,
  ) => Effect.Effect<Chunked<In, Out>, E | RuntimeError>;
  readonly stream: <In, A, E, P>(
    task: Task.Task<string, In, A, E, "stream", P>,
    ...args: Arguments<In, RunOptions>
  ) => Stream.Stream<A, E | RuntimeError>;
}

/**
 * The service that programs depend on; an adapter's `layer` provides it.
 *
 * @category services
 * @since 0.1.0
 */
export class Runtime extends Context.Service<Runtime, Service>()("@heddle/core/Runtime") {}

/**
 * Runs a task and waits for its value.
 *
 * **Cancellation**
 *
 * Interruption cancels the job and completes when its body has stopped.
 *
 * **Errors**
 *
 * The task's own typed failures, unchanged, or a `RuntimeError`. What a body throws otherwise is a defect.
 *
 * **Example** (Running a task in a thread)
 *
 * ```ts
 * // tasks.ts
 * import * as Task from "@heddle/core/Task";
 *
 * export const double = Task.make({
 *   name: "math/double",
 *   module: import.meta.url,
 *   body: (n: number) => n * 2,
 * });
 * ```
 *
 * ```ts
 * import * as Runtime from "@heddle/core/Runtime";
 * import * as Threads from "@heddle/threads";
 * import * as Effect from "effect/Effect";
 *
 * import { double } from "./tasks.ts";
 *
 * const program = Runtime.run(double, 21).pipe(Effect.provide(Threads.layer({ size: 1 })));
 * console.log(await Effect.runPromise(program)); // 42
 * ```
 *
 * @category calls
 * @since 0.1.0
 */
export const run = <In, A, E, P>(
  task: Task.Task<string, In, A, E, "value", P>,
  ...args: Arguments<In, RunOptions>
): Effect.Effect<A, E | RuntimeError, Runtime> =>
  Effect.withFiber(({ context }) =>
    Context.get(context as Context.Context<Runtime>, Runtime).run(task, ...args),
  );

/**
 * Submits a task and gives a handle to its job.
 *
 * **Back-pressure**
 *
 * Completes when the runtime has let the job in: at once, unless `maxQueue` jobs wait already.
 *
 * **Cancellation**
 *
 * The job is cancelled when the scope closes, unless it is `detached`; `cancel` of its handle does so in any case.
 *
 * **Errors**
 *
 * None of its own: a refused job tells by `await` of its handle.
 *
 * @category calls
 * @since 0.1.0
 */
export const submit = <In, A, E, P>(
  task: Task.Task<string, In, A, E, "value", P>,
  ...args: Arguments<In, RunOptions>
): Effect.Effect<Handle<A, E | RuntimeError, P>, never, Runtime | Scope.Scope> =>
  Effect.flatMap(Runtime, (runtime) => runtime.submit(task, ...args));

/**
 * Runs a task once per input and gives the values as a stream.
 *
 * **Errors**
 *
 * The first failure ends the stream and cancels what is under way.
 *
 * **Cancellation**
 *
 * Ending the stream early cancels the jobs that are under way.
 *
 * @see {@link MapOptions} for ordering and back-pressure
 * @category calls
 * @since 0.1.0
 */
export const map = <In, A, E, P, EI = never>(
  task: Task.Task<string, In, A, E, "value", P>,
  inputs: Inputs<NoInfer<In>, EI>,
  options?: MapOptions,
): Stream.Stream<A, E | EI | RuntimeError, Runtime> =>
  Stream.unwrap(Effect.map(Runtime, (runtime) => runtime.map(task, inputs, options)));

/**
 * Runs a task over the chunks of a typed array, and gives what its bodies gave as one typed array.
 *
 * **Details**
 *
 * Each body gets a chunk and gives as many elements. It gets a copy, moved where the runtime can; a body that passes its result to
 * `context.transfer` moves that as well. A chunk of a view on shared memory is shared where the runtime can; a body that
 * gives nothing then has changed it in place. The first failure cancels what is under way.
 *
 * @category calls
 * @since 0.1.0
 */
export const mapChunks = <In extends TypedArray, Out extends TypedArray | void, E, P>(
  task: Task.Task<string, In, Out, E, "value", P>,
  values: NoInfer<In>,
  options?: ChunkOptions,
): Effect.Effect<Chunked<In, Out>, E | RuntimeError, Runtime> =>
  Effect.flatMap(Runtime, (runtime) => runtime.mapChunks(task, values, options));

/**
 * Runs a task whose body gives a stream.
 *
 * **Back-pressure**
 *
 * The body is held back when the consumer is slow.
 *
 * **Cancellation**
 *
 * Ending the stream early cancels the body.
 *
 * **Errors**
 *
 * As `run`; elements that came before a failure are given before it.
 *
 * @category calls
 * @since 0.1.0
 */
export const stream = <In, A, E, P>(
  task: Task.Task<string, In, A, E, "stream", P>,
  ...args: Arguments<In, RunOptions>
): Stream.Stream<A, E | RuntimeError, Runtime> =>
  Stream.unwrap(Effect.map(Runtime, (runtime) => runtime.stream(task, ...args)));

/**
 * A snapshot of what the runtime is doing.
 *
 * @category calls
 * @since 0.1.0
 */
export const stats: Effect.Effect<Stats, never, Runtime> = Effect.flatMap(
  Runtime,
  (runtime) => runtime.stats,
);

/**
 * What the runtime can do.
 *
 * @category calls
 * @since 0.1.0
 */
export const capabilities: Effect.Effect<Capabilities, never, Runtime> = Effect.map(
  Runtime,
  (runtime) => runtime.capabilities,
);

/**
 * How a runtime takes calls; see `RuntimeLayer`.
 *
 * @category models
 * @since 0.1.0
 */
export type Admission = RuntimeLayer.Admission;

/**
 * Makes a runtime of an adapter: checks, codecs, deadlines, retries, events, counts, streams and handles.
 *
 * **When to use**
 *
 * In tests of an adapter, and for runtimes that need no orderly closing; adapters publish {@link layer}.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (adapter: Adapter, options?: Admission): Service => RuntimeLayer.make(adapter, options);

/**
 * Options of {@link layer}: how calls are taken, and how long accepted jobs may take when it closes.
 *
 * @category models
 * @since 0.1.0
 */
export type LayerOptions = RuntimeLayer.LayerOptions;

/**
 * Makes the layer of an adapter, which closes in order.
 *
 * **Details**
 *
 * When the layer's scope closes, new calls are refused with `ShuttingDown`, accepted jobs may end within
 * `closeTimeout` (5 seconds by default), those that did not are cancelled, and then the adapter's own scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const layer = <E, R>(
  adapter: Effect.Effect<Adapter, E, R>,
  options?: LayerOptions,
): Layer.Layer<Runtime, E, Exclude<R, Scope.Scope>> => RuntimeLayer.layer(adapter, options);
