/**
 * Timers for any duration, and turns of the event loop, on any platform.
 *
 * @since 0.1.0
 */
import { channelTurns } from "./internal/channelTurns.ts";

// setTimeout fires at once for anything longer.
const longestMillis = 2 ** 31 - 1;

// A browser's timer is a number.
const letEnd = (timer: Partial<ReturnType<typeof setTimeout>>): void => void timer.unref?.();

/**
 * Calls back once after a while; returns how to take that back.
 *
 * **Details**
 *
 * Right for any duration, also beyond the 2^31 ms at which `setTimeout` fires at once; `Infinity` never calls.
 * With `unref` the timer does not keep the program alive. (A page is never kept alive by one.)
 *
 * @category constructors
 * @since 0.1.0
 */
export const after = (
  millis: number,
  action: () => void,
  options?: { readonly unref?: boolean | undefined },
): (() => void) => {
  if (millis === Number.POSITIVE_INFINITY) return () => undefined;
  let timer: ReturnType<typeof setTimeout>;
  const arm = (leftMillis: number): void => {
    const stepMillis = Math.min(leftMillis, longestMillis);
    timer = setTimeout(() => (leftMillis > stepMillis ? arm(leftMillis - stepMillis) : action()), stepMillis);
    if (options?.unref === true) letEnd(timer);
  };
  arm(Math.max(0, millis));
  return () => clearTimeout(timer);
};

/**
 * Calls back once, after what waits for the event loop had its turn: messages that have arrived, for example. Returns how
 * to take that back.
 *
 * **Details**
 *
 * `setImmediate` where there is one, else a message that a channel sends to itself: `setTimeout` waits 4 ms in a browser,
 * and a second in a page that is not seen.
 *
 * **Ordering**
 *
 * Those that wait are called in order.
 *
 * @category constructors
 * @since 0.1.0
 */
export const nextTurn: (action: () => void) => () => void =
  typeof globalThis.setImmediate === "function"
    ? (action) => {
        const turn = globalThis.setImmediate(action);
        return () => globalThis.clearImmediate(turn);
      }
    : channelTurns();
