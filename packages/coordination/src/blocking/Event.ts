/**
 * `Event` for synchronous bodies on threads: a wait blocks the thread. Loads no Effect.
 *
 * @since 0.1.0
 */
import * as Form from "../internal/blockingForm.ts";
import type { Event } from "../internal/kinds.ts";

export type { Event } from "../internal/kinds.ts";

/**
 * How long to wait.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * Whether it is set, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const isSet = (event: Event): boolean => Form.near(event, "Event").engine.isSet();

/**
 * Sets it: all who wait go on, even if it is cleared before they run.
 *
 * @category operations
 * @since 0.1.0
 */
export const set = (event: Event): void => Form.near(event, "Event").engine.set();

/**
 * Clears it: whoever comes from now on waits.
 *
 * @category operations
 * @since 0.1.0
 */
export const clear = (event: Event): void => Form.near(event, "Event").engine.clear();

/**
 * Waits until it is set. A wait that is given up changes nothing.
 *
 * **Errors**
 *
 * Throws `Cancelled` when the job is cancelled, and `Unsupported` where it would have to wait and must not.
 *
 * @category operations
 * @since 0.1.0
 */
export const wait = (event: Event, options?: WaitOptions): void => {
  const { engine, unit } = Form.near(event, "Event");
  return Form.wait<void>(
    { kind: "Event", unit, options },
    () => Form.when(engine.isSet()),
    (wait_) => engine.waitBlocking!(unit, wait_),
  );
};

/**
 * Waits until it is set, but not longer than that; gives whether it was. The clock of a loop that does something now and then until it is told to stop.
 *
 * @category operations
 * @since 0.1.0
 */
export const isSetWithin = (event: Event, timeoutMillis: number): boolean => {
  try {
    wait(event, { timeoutMillis });
    return true;
  } catch (thrown) {
    return Form.orTimedOut(thrown, false);
  }
};
