/**
 * The Web Workers runtime: tasks run in a pool of workers of a page, or of a program on Bun or Deno.
 *
 * **When to use**
 *
 * For work that computes, in a page: it uses all cores, and the page goes on. On Bun and Deno `@heddle/threads` does more.
 *
 * **Details**
 *
 * A worker ends of what nobody catches, as a thread does. It is not told how much memory a worker uses, nor what it prints.
 *
 * @since 0.1.0
 */
import type { Adapter } from "@heddle/core/Adapter";
import * as Check from "@heddle/core/Options";
import * as Promised from "@heddle/core/Promised";
import type * as Runtime from "@heddle/core/Runtime";
import * as RuntimeError from "@heddle/core/RuntimeError";
import * as PoolAdapter from "@heddle/pool/PoolAdapter";
import type { PoolOptions } from "@heddle/pool/PoolOptions";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";

import { locks } from "./internal/Start.ts";
import * as WebWorkerTransport from "./WebWorkerTransport.ts";

/**
 * Options of the Web Workers runtime: those of a pool that a Web Worker can keep.
 *
 * **Details**
 *
 * `worker` starts a worker whose file calls `serve` of `@heddle/webworkers/worker`. A page needs it, since bundlers know only the
 * literal `new Worker(new URL("./worker.ts", import.meta.url), { type: "module" })`. By default it is this package's own
 * file, which imports the modules of tasks by their URL.
 *
 * `daemon: true` is refused on Deno, whose workers keep the program alive until the runtime closes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Omit<PoolOptions, "env" | "execArgv" | "memoryLimitMiB" | "recycle"> {
  readonly recycle?: Omit<NonNullable<PoolOptions["recycle"]>, "heapMiB"> | undefined;
  readonly worker?: (() => WebWorkerTransport.WebWorker) | undefined;
}

type StartWorker = new (url: URL, options: { type: "module" }) => WebWorkerTransport.WebWorker;
const { Bun, Deno, Worker } = globalThis as { Bun?: unknown; Deno?: unknown; Worker?: StartWorker };

const name = "webworkers";

const startOwn = (): WebWorkerTransport.WebWorker => {
  const file = import.meta.url.endsWith(".ts") ? "./worker/entry.ts" : "./worker/entry.js";
  return new Worker!(new URL(file, import.meta.url), { type: "module" });
};

const kind = (start: () => WebWorkerTransport.WebWorker): PoolAdapter.Kind => ({
  name,
  capabilities: ({ size }) => ({
    isolation: "isolate",
    parallelism: size,
    values: "structured-clone",
    transfer: true,
    sharedMemory: WebWorkerTransport.canShareMemory,
    // On Deno a loop that never yields goes on until the program ends.
    forceKill: Deno === undefined,
    streaming: true,
    elastic: true,
    durability: false,
    coordination: WebWorkerTransport.canShareMemory ? "shared" : "broker",
    delivery: "at-most-once",
  }),
  transport: () => WebWorkerTransport.make(start),
});

// Why this platform has no such workers, and what to do.
const missing = (): string | undefined => {
  if (Worker === undefined) return "there is no global `Worker` here; on Node use @heddle/threads";
  if (locks !== undefined || Bun !== undefined) return undefined;
  return "a page without Web Locks is not told when a worker ends; serve it with https, or from localhost";
};

const nothing = (why: string): Check.Check => Check.guard(() => false, `nothing, since ${why}`);

const checks = {
  worker: Check.guard((u) => typeof u === "function", "a function that starts a worker"),
  env: nothing("a Web Worker has no variables of its own"),
  execArgv: nothing("a Web Worker has no flags"),
  memoryLimitMiB: nothing("the platform limits the memory of no Web Worker"),
  "recycle.heapMiB": nothing("the platform tells the heap of no Web Worker"),
  daemon: Check.guard((u) => u !== true || Deno === undefined, "false, since Deno waits for its workers"),
};

const refusalOf = (given: Options): RuntimeError.RuntimeError | undefined => {
  const detail = missing();
  if (detail !== undefined) {
    const reason = new RuntimeError.EngineUnavailable({ detail });
    return new RuntimeError.RuntimeError({ runtime: name, task: "*", reason });
  }
  const { heapMiB } = (given.recycle ?? {}) as { readonly heapMiB?: unknown };
  const all = Object.entries({ ...given, "recycle.heapMiB": heapMiB });
  const problem = Check.findProblem(checks, Object.fromEntries(all.filter(([option]) => option in checks)));
  return problem && RuntimeError.invalidOptions(name, problem.option, problem.detail);
};

/**
 * The adapter, for those who compose runtimes. Its workers live as long as the scope, which ends those that do not close
 * in time.
 *
 * **Errors**
 *
 * Fails with `InvalidOptions` when an option is wrong, and with `EngineUnavailable` where the platform has no Web Workers, or
 * does not tell of their end.
 *
 * @category constructors
 * @since 0.1.0
 */
export const adapter = (
  options: Options = {},
): Effect.Effect<Adapter, RuntimeError.RuntimeError, Scope.Scope> =>
  Effect.suspend(() => {
    const { worker = startOwn, ...shared } = Check.own(options);
    const refusal = refusalOf({ worker, ...shared });
    return refusal === undefined ? PoolAdapter.make(kind(worker), shared) : Effect.fail(refusal);
  });

/**
 * Provides the Web Workers runtime to a program.
 *
 * **Errors**
 *
 * Those of {@link adapter}.
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
 * Opens the Web Workers runtime for a program that uses promises.
 *
 * **Errors**
 *
 * Rejects as {@link adapter} fails.
 *
 * **Example** (In a page)
 *
 * ```ts no-check: it needs a page
 * import * as WebWorkers from "@heddle/webworkers";
 *
 * import { square } from "./squares.ts";
 *
 * const worker = () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
 *
 * const runtime = await WebWorkers.open({ size: 2, worker });
 * console.log(await runtime.run(square, 12)); // 144
 * await runtime.close();
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (options?: Options): Promise<Promised.PromisedRuntime> => Promised.open(layer(options));
