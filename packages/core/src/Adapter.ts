/**
 * The contract of a runtime adapter: three members. `Runtime.make` writes everything else once, for all of them.
 *
 * @since 0.1.0
 */
import type * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";

import type { Capabilities } from "./Capabilities.ts";
import type { Coordination } from "./Coordination.ts";
import { plainJob } from "./internal/attempt.ts";
import type { Job, Series } from "./Job.ts";
import type { Outcome } from "./Outcome.ts";
import type { RuntimeError } from "./RuntimeError.ts";
import type { Stats } from "./Stats.ts";

/**
 * What a runtime has to bring.
 *
 * **Cancellation**
 *
 * Interrupting `execute` is the only way to cancel. It completes when the body has really stopped, be it of its
 * own accord or killed, so that no place is ever booked twice.
 *
 * **Errors**
 *
 * `execute` fails with a `RuntimeError` when the runtime could not run the job to an outcome of its own.
 *
 * @category models
 * @since 0.1.0
 */
export interface Adapter {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly execute: (job: Job) => Effect.Effect<Outcome, RuntimeError>;
  /** A snapshot of the workers, where there are any; core counts the jobs itself. */
  readonly workers?: (() => Stats["workers"]) | undefined;
  /**
   * `execute` without a fiber per job, for adapters that need none: core prefers it. The attempt takes its own end, so that
   * nothing is made for a call but the call itself, of which a million may wait.
   */
  readonly begin?: ((attempt: Attempt) => Begun) | undefined;
  /**
   * Runs the jobs of a series one after the other, in their order and in one place, so that its boundary is crossed once for
   * many short jobs. Gives nothing when it stops between two jobs: after the last, or before, when it has had the place for
   * long enough (1 or 2 ms). Gives what a job ended with that did not succeed, and fails where `execute` of that job would:
   * no job after it was started. One that takes longer because it waits is told by `series.alone`. What it had of outputs until then it gave to `series.finished`. Without it, core gives
   * each job to the adapter on its own. Interruption stops it between two jobs, or in one, as in `execute`.
   */
  readonly executeMany?: ((series: Series) => Effect.Effect<Outcome | undefined, RuntimeError>) | undefined;
  /** What an adapter whose capabilities say `elastic` can do with its workers. */
  readonly elastic?: Elastic | undefined;
  /** What it brings for objects that tasks share. Without it there are none on this runtime. */
  readonly coordination?: Coordination | undefined;
}

/**
 * A job that takes its own end: what {@link Adapter} `begin` is given.
 *
 * **Details**
 *
 * An object of core's own: a class instance, whose functions are methods. Call them on it, and do not spread it, which gives
 * neither them nor its data; `execute` is given a plain object. `context` is that of the caller. `ended` is to be called
 * exactly once, after everything that the job emitted was taken.
 *
 * @category models
 * @since 0.1.0
 */
export interface Attempt extends Job {
  readonly context: Context.Context<never>;
  readonly ended: (exit: Exit.Exit<Outcome, RuntimeError>) => void;
}

/**
 * A job under way.
 *
 * **Cancellation**
 *
 * `cancel` asks; the end still comes through `ended`, when the body has really stopped. After the end, or asked
 * for twice, it does nothing.
 *
 * @category models
 * @since 0.1.0
 */
export interface Begun {
  readonly cancel: () => void;
}

/**
 * How the workers of an adapter are changed while it runs.
 *
 * @category models
 * @since 0.1.0
 */
export interface Elastic {
  /** Sets the largest number of workers; core checks it before. What runs is not disturbed: a worker too many retires when its job ends. */
  readonly resize: (size: number) => void;
  /** Replaces all workers, each as soon as it has no job; completes when no old one is left. */
  readonly recycle: Effect.Effect<void>;
}

/**
 * An adapter that stands on another one and executes jobs in its own way: to log, to route, to limit, to try again.
 *
 * **Details**
 *
 * Everything else is passed on, `capabilities` as they are at the time. The other adapter's scope stays its own.
 *
 * @category constructors
 * @since 0.1.0
 */
export const wrap = (
  adapter: Adapter,
  execute: (job: Job, execute: Adapter["execute"]) => ReturnType<Adapter["execute"]>,
): Adapter => ({
  name: adapter.name,
  get capabilities() {
    return adapter.capabilities;
  },
  execute: (job) => execute(job, adapter.execute),
  workers: adapter.workers,
  elastic: adapter.elastic,
  coordination: adapter.coordination,
});

/**
 * The Effect of what is begun and ended by callbacks.
 *
 * **Cancellation**
 *
 * Interruption cancels, and completes when the end has come.
 *
 * @category constructors
 * @since 0.1.0
 */
export const awaitEnd = <A, E>(
  begin: (onEnd: (exit: Exit.Exit<A, E>) => void) => Begun,
): Effect.Effect<A, E> =>
  Effect.callback<A, E>((resume) => {
    let hasEnded = false;
    let onStopped: (() => void) | undefined;
    const begun = begin((exit) => {
      hasEnded = true;
      resume(exit);
      onStopped?.();
    });
    return Effect.callback<void>((stopped) => {
      if (hasEnded) return stopped(Effect.void);
      onStopped = () => stopped(Effect.void);
      begun.cancel();
    });
  });

/**
 * The `execute` of an adapter that has `begin`.
 *
 * **Cancellation**
 *
 * Interruption cancels, and completes when the end has come.
 *
 * @category constructors
 * @since 0.1.0
 */
export const executing =
  (begin: NonNullable<Adapter["begin"]>): Adapter["execute"] =>
  (job) =>
    Effect.withFiber(({ context }) => awaitEnd((ended) => begin({ ...plainJob(job), context, ended })));
