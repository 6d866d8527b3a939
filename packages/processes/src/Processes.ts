/**
 * The processes runtime: tasks run in a pool of child processes, in parallel and apart from this one.
 *
 * **When to use**
 *
 * For work that must not be able to harm the program: native add-ons, memory limits, code that may crash. A child
 * costs more memory than a thread, and values are copied through a pipe, never moved or shared.
 *
 * **Details**
 *
 * Frames have pipes of their own, so nothing that a task prints, or sends with `process.send`, is taken for one. What a
 * task prints to stdout is there when `console.log` returns, but on a pipe lines of more than 4 KiB (`PIPE_BUF`) of
 * several workers may be mixed; stderr comes through this program. What a terminal sends, such as Ctrl-C, is for this
 * program alone. A worker that dies ends only the job it was running, with the last of its stderr in the error; no worker
 * outlives this program.
 *
 * @since 0.1.0
 */
import type { Adapter } from "@heddle/core/Adapter";
import * as Promised from "@heddle/core/Promised";
import type * as Runtime from "@heddle/core/Runtime";
import type { RuntimeError } from "@heddle/core/RuntimeError";
import * as PoolAdapter from "@heddle/pool/PoolAdapter";
import type { PoolOptions } from "@heddle/pool/PoolOptions";
import type * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";

import * as ProcessTransport from "./ProcessTransport.ts";

/**
 * Options of the processes runtime.
 *
 * **Details**
 *
 * `memoryLimitMiB` is the limit of V8's old space (`--max-old-space-size`): buffers lie outside of it. `execArgv` is this
 * program's by default, without what is meant for it alone: `--eval`, `--input-type`, `--test`, `--watch`, and the
 * debugger's flags.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends PoolOptions {}

const kind: PoolAdapter.Kind = {
  name: "processes",
  capabilities: ({ size }) => ({
    isolation: "process",
    parallelism: size,
    values: "structured-clone",
    transfer: false,
    sharedMemory: false,
    forceKill: true,
    streaming: true,
    elastic: true,
    durability: false,
    coordination: "broker",
    delivery: "at-most-once",
  }),
  transport: ProcessTransport.make,
};

/**
 * The adapter, for those who compose runtimes. Its processes live as long as the scope, which kills those that do not close
 * in time.
 *
 * **Errors**
 *
 * Fails with `InvalidOptions` when an option is wrong.
 *
 * @category constructors
 * @since 0.1.0
 */
export const adapter = (options?: Options): Effect.Effect<Adapter, RuntimeError, Scope.Scope> =>
  PoolAdapter.make(kind, options);

/**
 * Provides the processes runtime to a program.
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
export const layer = (options?: Options): Layer.Layer<Runtime.Runtime, RuntimeError> =>
  PoolAdapter.layer(adapter(options), options);

/**
 * Opens the processes runtime for a program that uses promises.
 *
 * **Errors**
 *
 * Rejects with `InvalidOptions` when an option is wrong.
 *
 * **Example** (Squares in processes)
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
 * import * as Processes from "@heddle/processes";
 *
 * import { square } from "./squares.ts";
 *
 * await using runtime = await Processes.open({ size: 2 });
 * console.log(await runtime.run(square, 12)); // 144
 * for await (const n of runtime.map(square, [1, 2, 3])) console.log(n); // 1, 4, 9
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (options?: Options): Promise<Promised.PromisedRuntime> => Promised.open(layer(options));
