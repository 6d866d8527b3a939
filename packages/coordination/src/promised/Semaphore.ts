/**
 * `Semaphore` in promises. Loads no Effect.
 *
 * @since 0.1.0
 */
import type { Held, Semaphore, SemaphoreOptions } from "../internal/kinds.ts";
import { action } from "../internal/perform.ts";
import * as Form from "../internal/promiseForm.ts";
import * as Recipes from "../internal/recipes.ts";

export type { Held, Semaphore, SemaphoreOptions as Options } from "../internal/kinds.ts";

/**
 * How long to wait, and for whom: an aborted `signal` rejects with its reason.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * Makes a semaphore that lives as long as its runtime: what `open` gave, or the service.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (runtime: object, options: SemaphoreOptions): Promise<Semaphore> =>
  Form.make(runtime, () => Recipes.semaphore(options));

/**
 * Frees it: whoever waits, and whoever comes later, is rejected with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (semaphore: Semaphore): Promise<void> => Form.free(semaphore);

/**
 * Waits for permits, first come, first served. A wait that is aborted or timed out has taken nothing.
 *
 * @category operations
 * @since 0.1.0
 */
export const acquire = (semaphore: Semaphore, permits = 1, options?: WaitOptions): Promise<Held> =>
  Form.wait(() => action(semaphore, "Semaphore", "acquire", [Recipes.permits(semaphore, permits)]), options);

/**
 * Takes permits if there are so many, and nobody waits for some.
 *
 * @category operations
 * @since 0.1.0
 */
export const tryAcquire = (semaphore: Semaphore, permits = 1): Promise<Held | undefined> =>
  Form.now(() => action(semaphore, "Semaphore", "tryAcquire", [Recipes.permits(semaphore, permits)]));

/**
 * Releases what `acquire` gave, in the worker where it did; `NotOwner` otherwise.
 *
 * @category operations
 * @since 0.1.0
 */
export const release = (semaphore: Semaphore, held: Held): Promise<void> =>
  Form.now(() => action(semaphore, "Semaphore", "release", [Recipes.tokenOf("Semaphore", held)]));

/**
 * Calls `use` while it holds permits, and releases it whatever comes of that.
 *
 * @category operations
 * @since 0.1.0
 */
export const withPermits = <A>(
  semaphore: Semaphore,
  permits: number,
  use: (held: Held) => A | PromiseLike<A>,
  options?: WaitOptions,
): Promise<A> => Form.using(acquire(semaphore, permits, options), use, (held) => release(semaphore, held));

/**
 * How many permits are free, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const available = (semaphore: Semaphore): Promise<number> =>
  Form.now(() => action(semaphore, "Semaphore", "available"));
