/**
 * The inline runtime: runs bodies one after the other, on the caller's own thread.
 *
 * **When to use**
 *
 * To debug tasks with breakpoints and one stack, as the base that other runtimes are measured against, in tests that need no
 * workers, and on a machine with one core. For work that mostly waits take `@heddle/fibers`, for work that computes
 * `@heddle/threads` or `@heddle/processes`; the calls are the same.
 *
 * **Details**
 *
 * There is one place, so a body that waits keeps all others waiting, as a worker's does. Values are copied as on the way to a
 * worker: what could not cross is found here.
 *
 * @since 0.1.0
 */
import type { Adapter } from "@heddle/core/Adapter";
import * as Coordination from "@heddle/core/Coordination";
import * as InProcess from "@heddle/core/InProcess";
import * as Check from "@heddle/core/Options";
import { Places } from "@heddle/core/Places";
import * as Platform from "@heddle/core/Platform";
import * as Promised from "@heddle/core/Promised";
import * as Runtime from "@heddle/core/Runtime";
import type { RuntimeError } from "@heddle/core/RuntimeError";
import * as TaskLayers from "@heddle/core/TaskLayers";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";

/**
 * Options of the inline runtime.
 *
 * **Details**
 *
 * - `values`: whether a body gets a copy of its input and the caller one of the output, as with a worker, and what `transfer`
 *   lists is moved (`"structured-clone"`), or both get the very objects and `transfer` is refused (`"reference"`). Default:
 *   `"structured-clone"`.
 * - `maxQueue`: how many jobs may wait for the place. Default: `Infinity`.
 * - `whenFull`: whether a job too many waits until there is room, or is refused with `QueueFull`. Default: `"wait"`.
 * - `aging`: how long a job waits until it counts as one priority higher. Default: 1 second.
 * - `closeTimeout`: how long accepted jobs may take to end when the runtime closes. Default: 5 seconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly values?: "structured-clone" | "reference" | undefined;
  readonly maxQueue?: number | undefined;
  readonly whenFull?: "wait" | "reject" | undefined;
  readonly aging?: Duration.Input | undefined;
  readonly closeTimeout?: Duration.Input | undefined;
}

const checks = {
  values: Check.guard(
    (u) => u === "structured-clone" || u === "reference",
    '"structured-clone" or "reference"',
  ),
  maxQueue: Check.wholeNumber(0, Number.POSITIVE_INFINITY),
  whenFull: Check.whenFull,
  aging: Check.duration,
  closeTimeout: Check.duration,
} satisfies Record<keyof Options, Check.Check>;

const capabilitiesOf = (values: NonNullable<Options["values"]>): InProcess.Host["capabilities"] => ({
  isolation: "none",
  parallelism: 1,
  values,
  transfer: values === "structured-clone",
  sharedMemory: true,
  forceKill: false,
  streaming: true,
  elastic: false,
  durability: false,
  coordination: "memory",
  delivery: "at-most-once",
});

const name = "inline";
const unit = { runtime: name, lane: `${name}/0`, pid: Platform.pid, threadId: Platform.threadId };

/**
 * The adapter of this runtime, for code that composes runtimes. Programs use {@link layer} or {@link open}.
 *
 * **Ordering**
 *
 * A job that finds the place free starts within the call. Others start by priority, and in the order of their submission within
 * one. What a body calls runs within that body's place.
 *
 * **Cancellation**
 *
 * The signal aborts, the body's fiber is interrupted, and its finalizers are awaited. A synchronous body runs to its end.
 * Between two bodies timers have their turn, so those that wait can be cancelled.
 *
 * **Errors**
 *
 * Fails with `InvalidOptions` when an option is wrong.
 *
 * @category constructors
 * @since 0.1.0
 */
export const adapter = Effect.fnUntraced(function* (
  options: Options = {},
): Effect.fn.Return<Adapter, RuntimeError, Scope.Scope> {
  const own = Check.own(options);
  yield* Check.check(name, checks, own);
  const { aging = "1 second", values = "structured-clone" } = own;
  const capabilities = capabilitiesOf(values);
  const provide = TaskLayers.make(yield* Effect.scope, yield* Effect.context());
  const host: InProcess.Host = { name, capabilities, unit, provide };
  const place = new Places(1, Duration.toMillis(aging));
  const execute: Adapter["execute"] = (job) => place.run(job, InProcess.execute(host, job));
  return { name, capabilities, execute, coordination: Coordination.inMemory() };
});

/**
 * Provides the inline runtime to a program.
 *
 * **Details**
 *
 * When the scope closes, accepted jobs may end within `closeTimeout`; then they are cancelled.
 *
 * **Errors**
 *
 * Fails with `InvalidOptions` when an option is wrong.
 *
 * **Example** (Finding what would not cross to a worker)
 *
 * ```ts
 * import * as Runtime from "@heddle/core/Runtime";
 * import * as Task from "@heddle/core/Task";
 * import * as Inline from "@heddle/inline";
 * import * as Effect from "effect/Effect";
 *
 * const call = Task.make({ name: "calls/call", body: ({ f }: { f: () => number }) => f() });
 *
 * const program = Runtime.run(call, { f: () => 42 }).pipe(Effect.provide(Inline.layer()), Effect.flip);
 * console.log((await Effect.runPromise(program)).code); // HEDDLE_NOT_SERIALIZABLE
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<Runtime.Runtime, RuntimeError> => {
  const { closeTimeout, maxQueue, whenFull } = Check.own(options);
  return Runtime.layer(adapter(options), { closeTimeout, maxQueue, places: 1, whenFull });
};

/**
 * Opens the inline runtime for a program that uses promises.
 *
 * **Errors**
 *
 * Rejects with `InvalidOptions` when an option is wrong.
 *
 * **Example** (Without Effect)
 *
 * ```ts
 * import * as Task from "@heddle/core/Task";
 * import * as Inline from "@heddle/inline";
 *
 * const double = Task.make({ name: "math/double", body: (n: number) => n * 2 });
 *
 * await using runtime = await Inline.open();
 * console.log(await runtime.run(double, 21)); // 42
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (options: Options = {}): Promise<Promised.PromisedRuntime> =>
  Promised.open(layer(options));
