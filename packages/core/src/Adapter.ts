/**
 * The contract of a runtime adapter: three members. `Runtime.make` writes everything else once, for all of them.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect";

import type { Capabilities } from "./Capabilities.ts";
import type { Job } from "./Job.ts";
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
}
