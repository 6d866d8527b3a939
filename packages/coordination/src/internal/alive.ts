/**
 * Keeps the program alive while it waits for an object, and not longer: neither `Atomics.waitAsync` nor a promise does.
 */
import { thisUnit } from "@heddle/core/Coordination";

// The longest that a timer can wait.
const longMillis = 2 ** 31 - 1;

let waits = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** A wait begins. A worker lives as its pool wants. */
export const begin = (): void => {
  if (waits++ === 0 && thisUnit() === undefined) timer ??= setInterval(() => undefined, longMillis);
};

/** A wait has ended. */
export const end = (): void => {
  if (--waits > 0) return;
  clearInterval(timer);
  timer = undefined;
};
