/**
 * `Lock` in promises. Loads no Effect.
 *
 * @since 0.1.0
 */
import type { Held, Lock, LockOptions } from "../internal/kinds.ts";
import { action } from "../internal/perform.ts";
import * as Form from "../internal/promiseForm.ts";
import * as Recipes from "../internal/recipes.ts";

export type { Held, Lock, LockOptions as Options } from "../internal/kinds.ts";

/**
 * How long to wait, and for whom: an aborted `signal` rejects with its reason.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * Makes a lock that lives as long as its runtime: what `open` gave, or the service.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (runtime: object, options?: LockOptions): Promise<Lock> =>
  Form.make(runtime, () => Recipes.lock(options));

/**
 * Frees it: whoever waits, and whoever comes later, is rejected with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (lock: Lock): Promise<void> => Form.free(lock);

/**
 * Waits for the lock, first come, first served. A wait that is aborted or timed out has taken nothing.
 *
 * @category operations
 * @since 0.1.0
 */
export const acquire = (lock: Lock, options?: WaitOptions): Promise<Held> =>
  Form.wait(() => action(lock, "Lock", "acquire"), options);

/**
 * Takes the lock if it is free and nobody waits for it.
 *
 * @category operations
 * @since 0.1.0
 */
export const tryAcquire = (lock: Lock): Promise<Held | undefined> =>
  Form.now(() => action(lock, "Lock", "tryAcquire"));

/**
 * Releases what `acquire` gave, in the worker where it did; `NotOwner` otherwise.
 *
 * @category operations
 * @since 0.1.0
 */
export const release = (lock: Lock, held: Held): Promise<void> =>
  Form.now(() => action(lock, "Lock", "release", [Recipes.tokenOf("Lock", held)]));

/**
 * Calls `use` while it holds the lock, and releases it whatever comes of that.
 *
 * @category operations
 * @since 0.1.0
 */
export const withLock = <A>(
  lock: Lock,
  use: (held: Held) => A | PromiseLike<A>,
  options?: WaitOptions,
): Promise<A> => Form.using(acquire(lock, options), use, (held) => release(lock, held));

/**
 * Whether somebody holds it, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const isHeld = (lock: Lock): Promise<boolean> => Form.now(() => action(lock, "Lock", "isHeld"));
