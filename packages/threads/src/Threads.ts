/**
 * The threads runtime: tasks run in a pool of worker threads, in parallel, in this process.
 *
 * **When to use**
 *
 * For work that computes: it uses all cores and leaves the caller's event loop free. Memory is not shared unless a
 * task is given a `SharedArrayBuffer`; a native crash or an exhausted process takes all threads with it.
 *
 * **Details**
 *
 * What a task prints goes straight to the descriptors 1 and 2 of the process: at once, in order, never mixed with what
 * another thread prints, and whole however its thread ends. A program that replaces its own `process.stdout.write` does
 * therefore not see it. On Windows the platform carries it through the host's event loop instead.
 *
 * @since 0.1.0
 */
import type { Adapter } from "@heddle/core/Adapter";
import * as CoreOptions from "@heddle/core/Options";
import * as Promised from "@heddle/core/Promised";
import type * as Runtime from "@heddle/core/Runtime";
import * as RuntimeError from "@heddle/core/RuntimeError";
import * as PoolAdapter from "@heddle/pool/PoolAdapter";
import type { PoolOptions } from "@heddle/pool/PoolOptions";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";

import * as ThreadTransport from "./ThreadTransport.ts";

/**
 * Options of the threads runtime.
 *
 * **Details**
 *
 * `memoryLimitMiB` is at least 16. It bounds what small objects, strings and collections take; buffers are outside of
 * the heap, and a single allocation much larger than what is left makes V8 abort the whole process.
 *
 * `latency: "low"` makes a thread without work wait in place and not in its event loop, so that a call starts sooner after a
 * pause. Before it sleeps there it looks for 50 µs whether something has come, after each burst of calls. The loop then turns
 * every 20 ms only: timers and answers from outside that bodies have left behind come later by that much. For tasks that compute
 * and leave nothing behind. Default: `"normal"`, where a thread waits in place for 0.1 ms, if its last pause was as short, and
 * does not sleep for the first 50 µs of it where few calls come at a time.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends PoolOptions {
  readonly latency?: "normal" | "low" | undefined;
}

const latencyCheck = {
  latency: CoreOptions.guard((u) => u === "normal" || u === "low", '"normal" or "low"'),
};

const name = "threads";

const kindOf = (latency: Options["latency"]): PoolAdapter.Kind => ({
  name,
  capabilities: ({ size }) => ({
    isolation: "isolate",
    parallelism: size,
    values: "structured-clone",
    transfer: true,
    sharedMemory: true,
    forceKill: true,
    streaming: true,
    elastic: true,
    durability: false,
    coordination: "shared",
    delivery: "at-most-once",
  }),
  transport: (resolved) => ThreadTransport.make(resolved, latency),
});

// With less V8 aborts the process while the thread starts.
const leastMemoryMiB = 16;

/**
 * The adapter, for those who compose runtimes. Its threads live as long as the scope, which kills those that do not close
 * in time.
 *
 * **Errors**
 *
 * Fails with `InvalidOptions` when an option is wrong.
 *
 * @category constructors
 * @since 0.1.0
 */
export const adapter = (
  options?: Options,
): Effect.Effect<Adapter, RuntimeError.RuntimeError, Scope.Scope> => {
  const { latency, ...poolOptions } = CoreOptions.own(options ?? {});
  const problem = CoreOptions.findProblem(latencyCheck, { latency });
  if (problem !== undefined)
    return Effect.fail(RuntimeError.invalidOptions(name, problem.option, problem.detail));
  const limit = poolOptions.memoryLimitMiB;
  if (typeof limit !== "number" || limit >= leastMemoryMiB)
    return PoolAdapter.make(kindOf(latency), poolOptions);
  const detail = `a thread needs at least ${leastMemoryMiB} MiB to start, got ${limit}`;
  return Effect.fail(RuntimeError.invalidOptions(name, "memoryLimitMiB", detail));
};

/**
 * Provides the threads runtime to a program.
 *
 * **Errors**
 *
 * Fails with `InvalidOptions` when an option is wrong.
 *
 * **Details**
 *
 * When the scope closes, accepted jobs may end within `closeTimeout`; then they are cancelled, and the workers stopped.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: Options): Layer.Layer<Runtime.Runtime, RuntimeError.RuntimeError> =>
  PoolAdapter.layer(adapter(options), options);

/**
 * Opens the threads runtime for a program that uses promises.
 *
 * **Errors**
 *
 * Rejects with `InvalidOptions` when an option is wrong.
 *
 * **Example** (Squares in threads)
 *
 * ```ts
 * // squares.ts
 * import * as Task from "@heddle/core/Task";
 *
 * export const square = Task.make({
 *   name: "squares/square",
 *   module: import.meta.url,
 *   body: (n: number) => n * n,
 * });
 * ```
 *
 * ```ts
 * import * as Threads from "@heddle/threads";
 *
 * import { square } from "./squares.ts";
 *
 * await using runtime = await Threads.open({ size: 2 });
 * console.log(await runtime.run(square, 12)); // 144
 * for await (const n of runtime.map(square, [1, 2, 3])) console.log(n); // 1, 4, 9
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (options?: Options): Promise<Promised.PromisedRuntime> => Promised.open(layer(options));
