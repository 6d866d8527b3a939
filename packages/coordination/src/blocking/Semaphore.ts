/**
 * `Semaphore` for synchronous bodies on threads: a wait blocks the thread. Loads no Effect.
 *
 * @since 0.1.0
 */
import * as Form from "../internal/blockingForm.ts";
import type { Held, Semaphore } from "../internal/kinds.ts";
import * as Recipes from "../internal/recipes.ts";

export type { Held, Semaphore } from "../internal/kinds.ts";

/**
 * How long to wait.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * Waits for permits, first come, first served.
 *
 * **Errors**
 *
 * Throws `TimedOut` and, when the job is cancelled, `Cancelled`, with nothing taken. `Unsupported` where it would have to wait
 * and must not, as in the program itself, and where no memory is shared.
 *
 * @category operations
 * @since 0.1.0
 */
export const acquire = (semaphore: Semaphore, permits = 1, options?: WaitOptions): Held => {
  const { engine, unit } = Form.near(semaphore, "Semaphore");
  const wanted = Recipes.permits(semaphore, permits);
  return (
    engine.tryAcquire(unit, wanted) ??
    Form.wait(
      { kind: "Semaphore", unit, options },
      () => undefined,
      (wait) => engine.acquireBlocking!(unit, wanted, wait),
    )
  );
};

/**
 * Takes permits if there are so many, and nobody waits for some.
 *
 * @category operations
 * @since 0.1.0
 */
export const tryAcquire = (semaphore: Semaphore, permits = 1): Held | undefined => {
  const { engine, unit } = Form.near(semaphore, "Semaphore");
  const wanted = Recipes.permits(semaphore, permits);
  return engine.tryAcquire(unit, wanted);
};

/**
 * Releases what `acquire` gave, in the worker where it did; `NotOwner` otherwise.
 *
 * @category operations
 * @since 0.1.0
 */
export const release = (semaphore: Semaphore, held: Held): void => {
  const { engine, unit } = Form.near(semaphore, "Semaphore");
  engine.release(unit, Recipes.tokenOf("Semaphore", held));
};

/**
 * Calls `use` while it holds permits, and releases it whatever comes of that.
 *
 * @category operations
 * @since 0.1.0
 */
export const withPermits = <A>(
  semaphore: Semaphore,
  permits: number,
  use: (held: Held) => A,
  options?: WaitOptions,
): A => {
  const held = acquire(semaphore, permits, options);
  return Form.using(held, use, () => release(semaphore, held));
};

/**
 * How many permits are free, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const available = (semaphore: Semaphore): number =>
  Form.near(semaphore, "Semaphore").engine.available();
