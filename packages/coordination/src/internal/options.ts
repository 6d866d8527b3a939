/**
 * Checks what users give, before anything is made or taken.
 */
import * as Faults from "./faults.ts";

/** Those who may wait for one object in shared memory, unless it says otherwise. */
const usualWaiters = 1024;

const usualBytes = 64 << 20;
const most = 2 ** 31 - 1;

/** A whole number within bounds. */
export const whole = (kind: string, name: string, value: unknown, least: number, most_ = most): number => {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most_) {
    return value as number;
  }
  throw Faults.badInput(
    kind,
    `\`${name}\` has to be a whole number from ${least} to ${most_}, not ${String(value)}.`,
  );
};

/** How many may wait. */
export const maxWaiters = (kind: string, value: number | undefined): number =>
  whole(kind, "maxWaiters", value ?? usualWaiters, 1, 1_000_000);

/** How many values a queue holds. */
export const capacity = (value: number | undefined): number =>
  value === undefined || value === Number.POSITIVE_INFINITY
    ? Number.POSITIVE_INFINITY
    : whole("Queue", "capacity", value, 1);

/** How many bytes its values may take. */
export const maxBytes = (value: number | undefined): number =>
  whole("Queue", "maxBytes", value ?? usualBytes, 1024);

const orders: ReadonlySet<unknown> = new Set(["fifo", "lifo", "priority"]);

/** In which order. */
export const order = (value: "fifo" | "lifo" | "priority" | undefined): "fifo" | "lifo" | "priority" => {
  if (value === undefined) return "fifo";
  if (orders.has(value)) return value;
  throw Faults.badInput("Queue", `\`order\` has to be "fifo", "lifo" or "priority", not ${value as string}.`);
};

/** The priority of a value. */
export const priority = (value: number | undefined): number =>
  value === undefined ? 0 : whole("Queue", "priority", value, -most - 1);

/** How long a wait may take. */
export const timeoutMillis = (kind: string, value: number | undefined): number => {
  if (value === undefined) return Number.POSITIVE_INFINITY;
  if (typeof value === "number" && value >= 0) return value;
  throw Faults.badInput(kind, `\`timeoutMillis\` has to be a number of 0 or more, not ${String(value)}.`);
};
