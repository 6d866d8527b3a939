/**
 * Timers for any duration.
 *
 * @since 0.1.0
 */

// setTimeout fires at once for anything longer.
const longestMillis = 2 ** 31 - 1;

/**
 * Calls back once after a while; returns how to take that back.
 *
 * **Details**
 *
 * Right for any duration, also beyond the 2^31 ms at which `setTimeout` fires at once; `Infinity` never calls.
 * With `unref` the timer does not keep the program alive.
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
  let timer: NodeJS.Timeout;
  const arm = (leftMillis: number): void => {
    const stepMillis = Math.min(leftMillis, longestMillis);
    timer = setTimeout(() => (leftMillis > stepMillis ? arm(leftMillis - stepMillis) : action()), stepMillis);
    if (options?.unref === true) timer.unref();
  };
  arm(Math.max(0, millis));
  return () => clearTimeout(timer);
};
