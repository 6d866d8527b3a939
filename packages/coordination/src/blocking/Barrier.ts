import type { CoordinationError } from "../CoordinationError.ts";
/**
 * `Barrier` for synchronous bodies on threads: a wait blocks the thread. Loads no Effect.
 *
 * @since 0.1.0
 */
import * as Form from "../internal/blockingForm.ts";
import type { BarrierEngine } from "../internal/engine.ts";
import type { Barrier } from "../internal/kinds.ts";

export type { Barrier } from "../internal/kinds.ts";

/**
 * How long to wait.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * How many have to come.
 *
 * @category operations
 * @since 0.1.0
 */
export const parties = (barrier: Barrier): number => Form.near(barrier, "Barrier").engine.parties();

/**
 * How many wait, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const waiting = (barrier: Barrier): number => Form.near(barrier, "Barrier").engine.waiting();

/**
 * Whether it is broken, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const isBroken = (barrier: Barrier): boolean => Form.near(barrier, "Barrier").engine.isBroken();

// Whoever is the only party does not wait.
const alone = (engine: BarrierEngine, unit: number): Form.Got<number> | undefined => {
  if (engine.parties() > 1) return undefined;
  let place: number | undefined;
  let error: CoordinationError | undefined;
  engine.wait(unit, {
    done: (came) => {
      place = came;
    },
    failed: (failed) => {
      error = failed;
    },
  });
  if (error !== undefined) throw error;
  return Form.present(place);
};

/**
 * Waits for the others; gives the place of arrival, 0 for the first. The last one lets all go on, and it begins anew.
 *
 * A wait that is cancelled or timed out, or whose worker ends, breaks the barrier, since all can never meet any more: all who wait,
 * and all who come, fail with `Broken` until somebody calls `reset`.
 *
 * **Errors**
 *
 * Throws `Cancelled` when the job is cancelled, and `Unsupported` where it would have to wait and must not.
 *
 * @category operations
 * @since 0.1.0
 */
export const wait = (barrier: Barrier, options?: WaitOptions): number => {
  const { engine, unit } = Form.near(barrier, "Barrier");
  return Form.wait<number>(
    { kind: "Barrier", unit, options },
    () => alone(engine, unit),
    (wait_) => engine.waitBlocking!(unit, wait_),
  );
};

/**
 * Mends it. Whoever waits fails with `Broken`.
 *
 * @category operations
 * @since 0.1.0
 */
export const reset = (barrier: Barrier): void => Form.near(barrier, "Barrier").engine.reset();

/**
 * Breaks it: whoever waits, and whoever comes, fails with `Broken` until `reset`.
 *
 * @category operations
 * @since 0.1.0
 */
export const breakUp = (barrier: Barrier): void => Form.near(barrier, "Barrier").engine.breakUp();
