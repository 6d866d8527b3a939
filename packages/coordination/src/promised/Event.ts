/**
 * `Event` in promises. Loads no Effect.
 *
 * @since 0.1.0
 */
import type { Event, EventOptions } from "../internal/kinds.ts";
import { action } from "../internal/perform.ts";
import * as Form from "../internal/promiseForm.ts";
import * as Recipes from "../internal/recipes.ts";

export type { Event, EventOptions as Options } from "../internal/kinds.ts";

/**
 * How long to wait, and for whom: an aborted `signal` rejects with its reason.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * Makes an event that lives as long as its runtime: what `open` gave, or the service.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (runtime: object, options?: EventOptions): Promise<Event> =>
  Form.make(runtime, () => Recipes.event(options));

/**
 * Frees it: whoever waits, and whoever comes later, is rejected with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (event: Event): Promise<void> => Form.free(event);

/**
 * Whether it is set, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const isSet = (event: Event): Promise<boolean> => Form.now(() => action(event, "Event", "isSet"));

/**
 * Sets it: all who wait go on, even if it is cleared before they run.
 *
 * @category operations
 * @since 0.1.0
 */
export const set = (event: Event): Promise<void> => Form.now(() => action(event, "Event", "set"));

/**
 * Clears it: whoever comes from now on waits.
 *
 * @category operations
 * @since 0.1.0
 */
export const clear = (event: Event): Promise<void> => Form.now(() => action(event, "Event", "clear"));

/**
 * Waits until it is set. A wait that is given up changes nothing.
 *
 * @category operations
 * @since 0.1.0
 */
export const wait = (event: Event, options?: WaitOptions): Promise<void> =>
  Form.wait(() => action(event, "Event", "wait"), options);

/**
 * Waits until it is set, but not longer than that; gives whether it was. The clock of a loop that does something now and then until it is told to stop.
 *
 * @category operations
 * @since 0.1.0
 */
export const isSetWithin = async (
  event: Event,
  timeoutMillis: number,
  options?: Pick<WaitOptions, "signal">,
): Promise<boolean> => {
  try {
    await wait(event, { ...options, timeoutMillis });
    return true;
  } catch (thrown) {
    return Form.orTimedOut(thrown, false);
  }
};
