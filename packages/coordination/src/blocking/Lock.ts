/**
 * `Lock` for synchronous bodies on threads: a wait blocks the thread. Loads no Effect.
 *
 * @since 0.1.0
 */
import * as Form from "../internal/blockingForm.ts";
import type { LockEngine } from "../internal/engine.ts";
import type { Held, Lock } from "../internal/kinds.ts";
import * as Recipes from "../internal/recipes.ts";

export type { Held, Lock } from "../internal/kinds.ts";

/**
 * How long to wait.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * Waits for the lock, first come, first served.
 *
 * **Errors**
 *
 * Throws `TimedOut` and, when the job is cancelled, `Cancelled`, with nothing taken. `Unsupported` where it would have to wait
 * and must not, as in the program itself, and where no memory is shared.
 *
 * @category operations
 * @since 0.1.0
 */
export const acquire = (lock: Lock, options?: WaitOptions): Held => {
  const { engine, unit } = Form.near(lock, "Lock");
  return engine.tryAcquire(unit) ?? acquireLater(engine, unit, options);
};

// Apart, so that what is nearly always enough stays small.
const acquireLater = (engine: LockEngine, unit: number, options: WaitOptions | undefined): Held =>
  Form.wait(
    { kind: "Lock", unit, options },
    () => undefined,
    (wait) => engine.acquireBlocking!(unit, wait),
  );

/**
 * Takes the lock if it is free and nobody waits for it.
 *
 * @category operations
 * @since 0.1.0
 */
export const tryAcquire = (lock: Lock): Held | undefined => {
  const { engine, unit } = Form.near(lock, "Lock");
  return engine.tryAcquire(unit);
};

/**
 * Releases what `acquire` gave, in the worker where it did; `NotOwner` otherwise.
 *
 * @category operations
 * @since 0.1.0
 */
export const release = (lock: Lock, held: Held): void => {
  const { engine, unit } = Form.near(lock, "Lock");
  engine.release(unit, Recipes.tokenOf("Lock", held));
};

/**
 * Calls `use` while it holds the lock, and releases it whatever comes of that.
 *
 * @category operations
 * @since 0.1.0
 */
export const withLock = <A>(lock: Lock, use: (held: Held) => A, options?: WaitOptions): A => {
  const held = acquire(lock, options);
  return Form.using(held, use, () => release(lock, held));
};

/**
 * Whether somebody holds it, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const isHeld = (lock: Lock): boolean => Form.near(lock, "Lock").engine.isHeld();
