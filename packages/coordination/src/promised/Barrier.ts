/**
 * `Barrier` in promises. Loads no Effect.
 *
 * @since 0.1.0
 */
import type { Barrier, BarrierOptions } from "../internal/kinds.ts";
import { action } from "../internal/perform.ts";
import * as Form from "../internal/promiseForm.ts";
import * as Recipes from "../internal/recipes.ts";

export type { Barrier, BarrierOptions as Options } from "../internal/kinds.ts";

/**
 * How long to wait, and for whom: an aborted `signal` rejects with its reason.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * Makes a barrier that lives as long as its runtime: what `open` gave, or the service.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (runtime: object, options: BarrierOptions): Promise<Barrier> =>
  Form.make(runtime, () => Recipes.barrier(options));

/**
 * Frees it: whoever waits, and whoever comes later, is rejected with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (barrier: Barrier): Promise<void> => Form.free(barrier);

/**
 * How many have to come.
 *
 * @category operations
 * @since 0.1.0
 */
export const parties = (barrier: Barrier): Promise<number> =>
  Form.now(() => action(barrier, "Barrier", "parties"));

/**
 * How many wait, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const waiting = (barrier: Barrier): Promise<number> =>
  Form.now(() => action(barrier, "Barrier", "waiting"));

/**
 * Whether it is broken, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const isBroken = (barrier: Barrier): Promise<boolean> =>
  Form.now(() => action(barrier, "Barrier", "isBroken"));

/**
 * Waits for the others; gives the place of arrival, 0 for the first. The last one lets all go on, and it begins anew.
 *
 * A wait that is cancelled or timed out, or whose worker ends, breaks the barrier, since all can never meet any more: all who wait,
 * and all who come, fail with `Broken` until somebody calls `reset`.
 *
 * @category operations
 * @since 0.1.0
 */
export const wait = (barrier: Barrier, options?: WaitOptions): Promise<number> =>
  Form.wait(() => action(barrier, "Barrier", "wait"), options);

/**
 * Mends it. Whoever waits fails with `Broken`.
 *
 * @category operations
 * @since 0.1.0
 */
export const reset = (barrier: Barrier): Promise<void> => Form.now(() => action(barrier, "Barrier", "reset"));

/**
 * Breaks it: whoever waits, and whoever comes, fails with `Broken` until `reset`.
 *
 * @category operations
 * @since 0.1.0
 */
export const breakUp = (barrier: Barrier): Promise<void> =>
  Form.now(() => action(barrier, "Barrier", "breakUp"));
