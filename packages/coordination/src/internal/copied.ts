/**
 * A queue of the broker, as the program uses it: values are copied on their way in, as those of units are.
 */
import { findShared } from "@heddle/core/Cloneable";

import type { QueueEngine } from "./engine.ts";
import * as Faults from "./faults.ts";
import { program } from "./unit.ts";

const copy = (value: unknown): unknown => {
  const shared = findShared(value, "value");
  if (shared !== undefined)
    throw Faults.badInput("Queue", `shared memory cannot cross, and is at ${shared}.`);
  try {
    return structuredClone(value);
  } catch (cause) {
    throw Faults.badInput("Queue", `a value cannot cross: ${String(cause)}`);
  }
};

// Values of units have crossed already.
const crossed = (unit: number, values: ReadonlyArray<unknown>): ReadonlyArray<unknown> =>
  unit === program ? values.map(copy) : values;

/** The same queue, into which nothing comes that could not come out elsewhere. */
export const copied = (queue: QueueEngine): QueueEngine => ({
  ...queue,
  tryOffer: (unit, values, priority) => queue.tryOffer(unit, crossed(unit, values), priority),
  offer: (unit, values, priority, settle) => queue.offer(unit, crossed(unit, values), priority, settle),
});
