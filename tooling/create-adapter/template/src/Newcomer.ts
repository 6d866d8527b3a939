/**
 * The newcomer runtime: what runs bodies here, and in which thread or process.
 *
 * **When to use**
 *
 * The work that it is made for, and what to take for other work.
 *
 * **Details**
 *
 * As it was made, it runs bodies in the program itself and copies values as a worker would. Replace `execute` by what runs
 * them elsewhere, and correct the capabilities; `docs/writing-an-adapter.md` tells how.
 *
 * @since 0.1.0
 */
import type { Adapter } from "@heddle/core/Adapter";
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
 * Options of the newcomer runtime.
 *
 * **Details**
 *
 * - `size`: how many bodies may be under way at a time; others wait. Unbounded by default.
 * - `maxQueue`: how many jobs may wait for a place. Default: `Infinity`.
 * - `whenFull`: whether a job too many waits until there is room, or is refused with `QueueFull`. Default: `"wait"`.
 * - `aging`: how long a job waits until it counts as one priority higher. Default: 1 second.
 * - `closeTimeout`: how long accepted jobs may take to end when the runtime closes. Default: 5 seconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly size?: number | undefined;
  readonly maxQueue?: number | undefined;
  readonly whenFull?: "wait" | "reject" | undefined;
  readonly aging?: Duration.Input | undefined;
  readonly closeTimeout?: Duration.Input | undefined;
}

const checks = {
  size: Check.wholeNumber(1, Number.POSITIVE_INFINITY),
  maxQueue: Check.wholeNumber(0, Number.POSITIVE_INFINITY),
  whenFull: Check.whenFull,
  aging: Check.duration,
  closeTimeout: Check.duration,
} satisfies Record<keyof Options, Check.Check>;

const capabilities: InProcess.Host["capabilities"] = {
  isolation: "none",
  parallelism: 1,
  values: "structured-clone",
  transfer: true,
  sharedMemory: true,
  forceKill: false,
  streaming: true,
  elastic: false,
  durability: false,
  coordination: "none",
  delivery: "at-most-once",
};

const name = "newcomer";
const unit = { runtime: name, lane: `${name}/0`, pid: Platform.pid, threadId: Platform.threadId };

/**
 * The adapter of this runtime, for code that composes runtimes. Programs use {@link layer} or {@link open}.
 *
 * **Cancellation**
 *
 * The signal aborts, the body's fiber is interrupted, and its finalizers are awaited. A synchronous body runs to its end.
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
  const { aging = "1 second", size = Number.POSITIVE_INFINITY, ...rest } = Check.own(options);
  yield* Check.check(name, checks, { aging, size, ...rest });
  const provide = TaskLayers.make(yield* Effect.scope, yield* Effect.context());
  const host: InProcess.Host = { name, capabilities, unit, provide };
  const places = new Places(size, Duration.toMillis(aging));
  return { name, capabilities, execute: (job) => places.run(job, InProcess.execute(host, job)) };
});

/**
 * Provides the newcomer runtime to a program.
 *
 * **Details**
 *
 * When the scope closes, accepted jobs may end within `closeTimeout`; then they are cancelled.
 *
 * **Errors**
 *
 * Fails with `InvalidOptions` when an option is wrong.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<Runtime.Runtime, RuntimeError> => {
  const { closeTimeout, maxQueue, size, whenFull } = Check.own(options);
  return Runtime.layer(adapter(options), {
    closeTimeout,
    maxQueue,
    places: size ?? Number.POSITIVE_INFINITY,
    whenFull,
  });
};

/**
 * Opens the newcomer runtime for a program that uses promises.
 *
 * **Errors**
 *
 * Rejects with `InvalidOptions` when an option is wrong.
 *
 * **Example** (Without Effect)
 *
 * ```ts
 * import * as Task from "@heddle/core/Task";
 * import * as Newcomer from "@heddle/newcomer";
 *
 * const double = Task.make({ name: "math/double", body: (n: number) => n * 2 });
 *
 * await using runtime = await Newcomer.open();
 * console.log(await runtime.run(double, 21)); // 42
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (options: Options = {}): Promise<Promised.PromisedRuntime> =>
  Promised.open(layer(options));
