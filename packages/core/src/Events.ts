/**
 * Observer hooks: what happens to jobs, told as past-tense facts.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context";

import type { Unit } from "./TaskContext.ts";

/**
 * How an adapter broke its contract.
 *
 * @category models
 * @since 0.1.0
 */
export type Fault =
  | "it started an attempt twice"
  | "it ended an attempt twice"
  | "it ended an attempt that never started"
  | "it ended an attempt with what is no outcome"
  | "it failed to begin an attempt";

/**
 * Something that happened to a job. `JobEnded` comes exactly once per job, and last.
 *
 * **Details**
 *
 * `AdapterFaulted` tells the authors of an adapter that it is wrong, also after the end of a job: core ignores what comes
 * twice, and ends a job as a defect that an adapter cannot begin or end, so that callers are not harmed. The conformance suite fails for it.
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
    }
  | {
      readonly _tag: "AdapterFaulted";
      readonly id: string;
      readonly task: string;
      readonly attempt: number;
      readonly fault: Fault;
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
