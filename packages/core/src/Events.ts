/**
 * Observer hooks: what happens to jobs, told as past-tense facts.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context";

import type { Unit } from "./TaskContext.ts";

/**
 * Something that happened to a job. `JobEnded` comes exactly once per job, and last.
 *
 * **Details**
 *
 * `outcome` is `"Success"`, `"Failure"`, `"Defect"`, `"Interrupted"`, or the tag of the runtime error's reason.
 * Times are milliseconds; `queuedMillis` ends and `runMillis` begins when the body starts.
 *
 * @category models
 * @since 0.1.0
 */
export type Event =
  | {
      readonly _tag: "JobStarted";
      readonly id: string;
      readonly task: string;
      readonly attempt: number;
      readonly unit: Unit;
    }
  | {
      readonly _tag: "JobEnded";
      readonly id: string;
      readonly task: string;
      readonly attempt: number;
      readonly unit: Unit | undefined;
      readonly outcome: string;
      readonly queuedMillis: number;
      readonly runMillis: number;
    };

/**
 * The observer of the jobs that are submitted while it is provided.
 *
 * **When to use**
 *
 * For dashboards, metrics and tests: `Effect.provideService(Events.Observer, (event) => …)`. It is called
 * synchronously and must be quick; a job's own outcome never depends on it.
 *
 * @category references
 * @since 0.1.0
 */
export const Observer: Context.Reference<((event: Event) => void) | undefined> = Context.Reference(
  "@heddle/core/Events/Observer",
  { defaultValue: (): ((event: Event) => void) | undefined => undefined },
);
