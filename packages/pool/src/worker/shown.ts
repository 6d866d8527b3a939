/**
 * Values that are only shown, such as those of a log line: what cannot be sent is sent as text.
 */
import { inspect } from "@heddle/core/Platform";

import { maxLogParts } from "../internal/shapes.ts";
import { Unsent } from "./outbox.ts";

const depth = 4;

type Show = (value: unknown) => unknown;

const textOf = (value: unknown): string => {
  try {
    return typeof value === "symbol" ? String(value) : inspect(value, depth);
  } catch {
    // A value that throws when it is looked at.
    return "a value that cannot be shown";
  }
};

const asIs: Show = (value) => value;

const cloneable: Show = (value) => {
  try {
    structuredClone(value);
    return value;
  } catch {
    return textOf(value);
  }
};

// Not every transport carries all that can be cloned: no pipe carries shared memory.
const primitive: Show = (value) =>
  typeof value === "object" || typeof value === "function" || typeof value === "symbol"
    ? textOf(value)
    : value;

/** Sends with the values as they are, else with those as text that cannot be cloned, else with all but primitives as text. */
export const send = (attempt: (show: Show) => void): void => {
  for (const show of [asIs, cloneable]) {
    try {
      return attempt(show);
    } catch (thrown) {
      if (!(thrown instanceof Unsent)) throw thrown;
    }
  }
  attempt(primitive);
};

/** The parts of a log line, as many as a host takes. There is room for one more. */
export const parts = (message: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const most = maxLogParts - 2;
  const shown = Array.from(message.slice(0, most));
  if (message.length > most) shown.push(`(${message.length - most} more)`);
  return shown;
};

/** Shows each value of a record. Own keys only, and none of them is ever assigned: `__proto__` is one as well. */
export const record = (values: Readonly<Record<string, unknown>>, show: Show): Record<string, unknown> =>
  show === asIs
    ? values
    : Object.fromEntries(Object.entries(values).map(([key, value]) => [key, show(value)]));
