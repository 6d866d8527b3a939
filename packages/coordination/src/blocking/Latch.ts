/**
 * `Latch` for synchronous bodies on threads: a wait blocks the thread. Loads no Effect.
 *
 * @since 0.1.0
 */
import * as Form from "../internal/blockingForm.ts";
import type { Latch } from "../internal/kinds.ts";
import * as Recipes from "../internal/recipes.ts";

export type { Latch } from "../internal/kinds.ts";

/**
 * How long to wait.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * How often it still has to be counted down, as of now; 0 once it is open.
 *
 * @category operations
 * @since 0.1.0
 */
export const count = (latch: Latch): number => Form.near(latch, "Latch").engine.count();

/**
 * Counts down, by 1 unless it says otherwise, and not below 0. At 0 it opens: all who wait go on.
 *
 * @category operations
 * @since 0.1.0
 */
export const countDown = (latch: Latch, by = 1): void =>
  Form.near(latch, "Latch").engine.countDown(Recipes.count("Latch", by));

/**
 * Waits until it is open. A wait that is given up changes nothing.
 *
 * **Errors**
 *
 * Throws `Cancelled` when the job is cancelled, and `Unsupported` where it would have to wait and must not.
 *
 * @category operations
 * @since 0.1.0
 */
export const wait = (latch: Latch, options?: WaitOptions): void => {
  const { engine, unit } = Form.near(latch, "Latch");
  return Form.wait<void>(
    { kind: "Latch", unit, options },
    () => Form.when(engine.count() === 0),
    (wait_) => engine.waitBlocking!(unit, wait_),
  );
};
