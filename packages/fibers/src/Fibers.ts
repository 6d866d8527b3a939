/**
 * Runs tasks cooperatively, on fibers of the caller's own thread.
 *
 * **When to use**
 *
 * For work that mostly waits, for tests, and where values must not be copied: input and output are handed over by
 * reference, and a task needs no `module`. For work that computes, take `@heddle/threads` or
 * `@heddle/processes`; the calls are the same.
 *
 * **Details**
 *
 * All jobs share one event loop. Effect bodies, streams of Effect and generators give way by themselves when
 * they have used up `yieldBudget`; a synchronous or async function does not, and a watcher names the one that
 * held the loop for longer than `blockThreshold`.
 *
 * @since 0.1.0
 */
import { threadId } from "node:worker_threads";

import { type Adapter, executing } from "@heddle/core/Adapter";
import type { Capabilities } from "@heddle/core/Capabilities";
import * as Coordination from "@heddle/core/Coordination";
import * as Check from "@heddle/core/Options";
import { Places } from "@heddle/core/Places";
import * as Promised from "@heddle/core/Promised";
import * as Runtime from "@heddle/core/Runtime";
import type { RuntimeError } from "@heddle/core/RuntimeError";
import * as TaskLayers from "@heddle/core/TaskLayers";
import type * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";

import { BlockDetector, type BlockReport } from "./internal/blockDetector.ts";
import { JobScheduler } from "./internal/jobScheduler.ts";
import * as ResolvedOptions from "./internal/options.ts";
import { PlacedJob } from "./internal/placedJob.ts";
import { type Host, RunningJob } from "./internal/runningJob.ts";
import { Turns } from "./internal/turns.ts";

/**
 * Options of the runtime.
 *
 * **Details**
 *
 * - `concurrency`: how many bodies run at once; others wait, the highest priority first, and first come first served
 *   within a priority. Unbounded by default. What a body itself calls needs no place of its own.
 * - `maxQueue`: how many jobs may wait for a place. Default: `Infinity`.
 * - `whenFull`: whether a job too many waits until there is room, or is refused with `QueueFull`. Default: `"wait"`.
 * - `aging`: how long a job waits until it counts as one priority higher. Default: 1 second.
 * - `yieldBudget`: how long all jobs together hold the event loop before timers and I/O get their turn. 8 ms by
 *   default.
 * - `blockThreshold`: how long a job may hold the loop before it is reported; more than `yieldBudget`. 100 ms by
 *   default; `"Infinity"` turns the watcher off.
 * - `onBlocked`: takes the reports; a log warning by default. It runs on the event loop in question, so it must be
 *   quick; what it throws is ignored.
 * - `closeTimeout`: how long accepted jobs may take to end when the runtime closes. 5 seconds by default.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly concurrency?: number | undefined;
  readonly maxQueue?: number | undefined;
  readonly whenFull?: "wait" | "reject" | undefined;
  readonly aging?: Duration.Input | undefined;
  readonly yieldBudget?: Duration.Input | undefined;
  readonly blockThreshold?: Duration.Input | undefined;
  readonly onBlocked?: ((report: BlockReport) => void) | undefined;
  readonly closeTimeout?: Duration.Input | undefined;
}

const capabilities: Capabilities = {
  isolation: "none",
  parallelism: 1,
  values: "reference",
  transfer: false,
  sharedMemory: true,
  forceKill: false,
  streaming: true,
  elastic: false,
  durability: false,
  coordination: "memory",
  delivery: "at-most-once",
};

const unit = { runtime: "fibers", lane: "fibers/0", pid: process.pid, threadId };

const sentence = ({ blockedMillis, exact, suspects }: BlockReport): string => {
  const names = suspects.map(({ jobId, task }) => `"${task}" (job ${jobId})`).join(" or ");
  const held = `held the event loop for ${exact ? "" : "at least "}${Math.round(blockedMillis)} ms`;
  return `task ${names} ${exact ? held : `may have ${held}`}; let it yield, or run it on threads`;
};

const makeDetector = (
  options: Options,
  thresholdMillis: number,
): Effect.Effect<BlockDetector, never, Scope.Scope> =>
  Effect.gen(function* () {
    const warn = Effect.runForkWith(yield* Effect.context());
    const onBlocked = options.onBlocked ?? ((report) => void warn(Effect.logWarning(sentence(report))));
    const report = (blocked: BlockReport): void => {
      try {
        onBlocked(blocked);
      } catch {
        // An observer must not change the outcome of the job that it observes.
      }
    };
    const detector = new BlockDetector(thresholdMillis, report);
    yield* Effect.addFinalizer(() => Effect.sync(() => detector.stop()));
    return detector;
  });

/**
 * The adapter of this runtime, for code that composes runtimes. Programs use {@link layer} or {@link open}.
 *
 * **Ordering**
 *
 * Jobs of one priority that wait for a place of `concurrency` start in the order in which they were submitted.
 *
 * **Cancellation**
 *
 * The signal aborts, the body's fiber is interrupted, and its finalizers are awaited. A promise body that ignores its
 * signal, and a synchronous one in any case, runs to its end, and `cancel` waits for it: fibers cannot kill.
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
  const { agingMillis, budgetMillis, concurrency, thresholdMillis } = yield* ResolvedOptions.resolve(options);
  const detector = yield* makeDetector(options, thresholdMillis);
  const turns = new Turns({
    budgetMillis,
    onTurnEnd: detector.endInexactly,
    afterTask: detector.endExactly,
  });
  const provide = TaskLayers.make(yield* Effect.scope, yield* Effect.context());
  const scheduler = new JobScheduler(turns, detector);
  const host: Host = { name: "fibers", capabilities, unit, turns, detector, scheduler, provide };
  const places = Number.isFinite(concurrency) ? new Places(concurrency, agingMillis) : undefined;
  const begin: NonNullable<Adapter["begin"]> = (attempt) => {
    const job = places === undefined ? new RunningJob(host, attempt) : new PlacedJob(host, attempt, places);
    job.begin();
    return job;
  };
  return {
    name: "fibers",
    capabilities,
    execute: executing(begin),
    begin,
    coordination: Coordination.inMemory(),
  };
});

/**
 * Provides the runtime to Effect programs.
 *
 * **Details**
 *
 * A task's own `layer` is built once, when the first job needs it, and released when this layer closes.
 *
 * **Errors**
 *
 * Fails with a `RuntimeError` of reason `InvalidOptions` when an option is wrong.
 *
 * **Example** (Running a task on fibers)
 *
 * ```ts
 * import * as Runtime from "@heddle/core/Runtime";
 * import * as Task from "@heddle/core/Task";
 * import * as Fibers from "@heddle/fibers";
 * import * as Effect from "effect/Effect";
 *
 * const double = Task.make({ name: "math/double", body: (n: number) => n * 2 });
 *
 * const program = Runtime.run(double, 21).pipe(Effect.provide(Fibers.layer({ concurrency: 4 })));
 * console.log(await Effect.runPromise(program)); // 42
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<Runtime.Runtime, RuntimeError> => {
  const own = Check.own(options);
  return Runtime.layer(adapter(own), {
    closeTimeout: own.closeTimeout,
    places: own.concurrency ?? Number.POSITIVE_INFINITY,
    maxQueue: own.maxQueue,
    whenFull: own.whenFull,
  });
};

/**
 * Opens the runtime for programs that use promises.
 *
 * **Errors**
 *
 * Rejects with a `RuntimeError` of reason `InvalidOptions` when an option is wrong.
 *
 * **Example** (Without Effect)
 *
 * ```ts
 * import * as Task from "@heddle/core/Task";
 * import * as Fibers from "@heddle/fibers";
 *
 * const double = Task.make({ name: "math/double", body: (n: number) => n * 2 });
 *
 * await using runtime = await Fibers.open();
 * console.log(await runtime.run(double, 21)); // 42
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (options: Options = {}): Promise<Promised.PromisedRuntime> =>
  Promised.open(layer(options));

export type { BlockReport, Suspect } from "./internal/blockDetector.ts";
