/**
 * How one attempt of a job ended: plain data, exactly one per job.
 *
 * Nothing here loads Effect, so worker entries stay small.
 *
 * @since 0.1.0
 */
import type { Defect } from "./Defect.ts";

/**
 * The end of an attempt.
 *
 * **Details**
 *
 * `Failure` carries the typed failure, encoded by the task's `error` schema. `Defect` carries what was thrown
 * otherwise. `Interrupted` means that the body stopped because it was cancelled. A stream's `Success` has no
 * value of its own.
 *
 * @category models
 * @since 0.1.0
 */
export type Outcome =
  | { readonly _tag: "Success"; readonly value: unknown }
  | { readonly _tag: "Failure"; readonly error: unknown }
  | { readonly _tag: "Defect"; readonly defect: Defect }
  | { readonly _tag: "Interrupted" };

/**
 * A body that ended well.
 *
 * @category constructors
 * @since 0.1.0
 */
export const success = (value: unknown): Outcome => ({ _tag: "Success", value });

/**
 * A body that ended with a typed failure, already encoded.
 *
 * @category constructors
 * @since 0.1.0
 */
export const failure = (error: unknown): Outcome => ({ _tag: "Failure", error });

/**
 * A body that threw something which its `error` schema does not describe.
 *
 * @category constructors
 * @since 0.1.0
 */
export const defect = (thrown: Defect): Outcome => ({ _tag: "Defect", defect: thrown });

/**
 * A body that stopped because it was cancelled.
 *
 * @category constructors
 * @since 0.1.0
 */
export const interrupted: Outcome = { _tag: "Interrupted" };
