/**
 * The clock by which calls wait.
 */

/** Whole milliseconds, which take no room of their own in what waits. */
export const nowMillis = (): number => Math.floor(performance.now());
