/**
 * What goes wrong with objects that tasks share. One class, plain enough to cross from worker to program, with a reason.
 *
 * Loads no Effect, since workers load it.
 *
 * @since 0.1.0
 */

/**
 * Why an operation failed.
 *
 * **Details**
 *
 * - `NotOwner`: released by a unit, or with a token, that does not hold it.
 * - `TimedOut`: not granted in time; nothing was taken.
 * - `Cancelled`: the job of a blocked body was cancelled; nothing was taken.
 * - `Ended`: the queue has ended, and for takers is empty.
 * - `Broken`: the barrier is broken: somebody who waited gave up or died, or it was reset.
 * - `Freed`: the object was freed, or its runtime closed.
 * - `Unreachable`: the handle belongs to another runtime or program.
 * - `Unsupported`: this place cannot do it in this form; the message tells what to use instead.
 * - `BadInput`: an argument that means nothing.
 * - `Exhausted`: more waiters, holders or bytes than the object has room for.
 *
 * @category models
 * @since 0.1.0
 */
export type Reason =
  | "NotOwner"
  | "TimedOut"
  | "Cancelled"
  | "Ended"
  | "Broken"
  | "Freed"
  | "Unreachable"
  | "Unsupported"
  | "BadInput"
  | "Exhausted";

/**
 * A failed operation of an object that tasks share.
 *
 * **When to use**
 *
 * As a typed failure of the Effect form, as a rejection of the promise form, and thrown by the blocking form.
 *
 * @category errors
 * @since 0.1.0
 */
export class CoordinationError extends Error {
  readonly _tag = "CoordinationError";
  override readonly name = "CoordinationError";
  readonly reason: Reason;
  /** The kind of the object, such as `Lock`. */
  readonly kind: string;

  constructor(kind: string, reason: Reason, detail: string) {
    super(`${kind}: ${detail}`);
    this.kind = kind;
    this.reason = reason;
  }
}

/**
 * Whether something is a `CoordinationError`, also one of another copy of this package or one that crossed from a worker.
 *
 * @category guards
 * @since 0.1.0
 */
export const isCoordinationError = (u: unknown): u is CoordinationError =>
  typeof u === "object" && u !== null && (u as { readonly name?: unknown }).name === "CoordinationError";
