/** Polls until something holds; false when it does not within that time. */
export const until = (holds: () => boolean, withinMillis: number): Promise<boolean> =>
  untilStill(holds, () => 0, withinMillis);

/** The same, but the time counts from the last change: a slow machine is not a stuck one. */
export const untilStill = async (
  holds: () => boolean,
  progress: () => number,
  withinMillis: number,
): Promise<boolean> => {
  let last = progress();
  let end = performance.now() + withinMillis;
  while (!holds()) {
    const now = progress();
    if (now !== last) end = performance.now() + withinMillis;
    last = now;
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
};
