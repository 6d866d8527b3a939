/**
 * `Latch` in promises. Loads no Effect.
 *
 * @since 0.1.0
 */
import type { Latch, LatchOptions } from "../internal/kinds.ts";
import { action } from "../internal/perform.ts";
import * as Form from "../internal/promiseForm.ts";
import * as Recipes from "../internal/recipes.ts";

export type { Latch, LatchOptions as Options } from "../internal/kinds.ts";

/**
 * How long to wait, and for whom: an aborted `signal` rejects with its reason.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * Makes a latch that lives as long as its runtime: what `open` gave, or the service.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (runtime: object, options?: LatchOptions): Promise<Latch> =>
  Form.make(runtime, () => Recipes.latch(options));

/**
 * Frees it: whoever waits, and whoever comes later, is rejected with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (latch: Latch): Promise<void> => Form.free(latch);

/**
 * How often it still has to be counted down, as of now; 0 once it is open.
 *
 * @category operations
 * @since 0.1.0
 */
export const count = (latch: Latch): Promise<number> => Form.now(() => action(latch, "Latch", "count"));

/**
 * Counts down, by 1 unless it says otherwise, and not below 0. At 0 it opens: all who wait go on.
 *
 * @category operations
 * @since 0.1.0
 */
export const countDown = (latch: Latch, by = 1): Promise<void> =>
  Form.now(() => action(latch, "Latch", "countDown", [Recipes.count("Latch", by)]));

/**
 * Waits until it is open. A wait that is given up changes nothing.
 *
 * @category operations
 * @since 0.1.0
 */
export const wait = (latch: Latch, options?: WaitOptions): Promise<void> =>
  Form.wait(() => action(latch, "Latch", "wait"), options);
