/**
 * What is to be made of the options that users give, once they are checked.
 */
import type { BlockRecipe } from "./blocks.ts";
import * as Cells from "./cells.ts";
import type { Held } from "./engine.ts";
import * as Faults from "./faults.ts";
import type * as Kinds from "./kinds.ts";
import type { Recipe } from "./make.ts";
import * as Options from "./options.ts";

export const lock = (options: Kinds.LockOptions = {}): Recipe<"Lock"> => ({
  kind: "Lock",
  options: { maxWaiters: Options.maxWaiters("Lock", options.maxWaiters) },
});

export const semaphore = (
  options: Kinds.SemaphoreOptions,
): Recipe<"Semaphore", { readonly permits: number }> => {
  const all = Options.whole("Semaphore", "permits", options.permits, 1);
  return {
    kind: "Semaphore",
    options: { permits: all, maxWaiters: Options.maxWaiters("Semaphore", options.maxWaiters) },
    extra: { permits: all },
  };
};

export const latch = (options: Kinds.LatchOptions = {}): Recipe<"Latch"> => ({
  kind: "Latch",
  options: {
    count: Options.whole("Latch", "count", options.count ?? 1, 0),
    maxWaiters: Options.maxWaiters("Latch", options.maxWaiters),
  },
});

export const event = (options: Kinds.EventOptions = {}): Recipe<"Event"> => ({
  kind: "Event",
  options: { isSet: options.isSet === true, maxWaiters: Options.maxWaiters("Event", options.maxWaiters) },
});

export const barrier = (options: Kinds.BarrierOptions): Recipe<"Barrier"> => ({
  kind: "Barrier",
  options: { parties: Options.whole("Barrier", "parties", options.parties, 1, 1_000_000) },
});

export const queue = (options: Kinds.QueueOptions = {}): Recipe<"Queue", { readonly capacity: number }> => {
  const capacity = Options.capacity(options.capacity);
  return {
    kind: "Queue",
    options: {
      order: Options.order(options.order),
      capacity,
      maxBytes: Options.maxBytes(options.maxBytes),
      maxWaiters: Options.maxWaiters("Queue", options.maxWaiters),
    },
    extra: { capacity },
  };
};

export const counter = <N extends number | bigint>(
  initial: N,
): Recipe<"Counter", { readonly initial: N }> => ({
  kind: "Counter",
  options: { value: toLong(initial) },
  extra: { initial },
});

/** A value of a counter, as all counters have them. */
export const toLong = (value: number | bigint): bigint => {
  if (typeof value === "bigint" && value === BigInt.asIntN(64, value)) return value;
  if (Number.isSafeInteger(value)) return BigInt(value);
  throw Faults.badInput("Counter", `it counts in whole numbers of 64 bits, not ${String(value)}.`);
};

/** A value as its counter gives it. */
export const fromLong = <N extends number | bigint>({ initial }: Kinds.Counter<N>, value: bigint): N => {
  if (typeof initial === "bigint") return value as N;
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number as N;
  throw Faults.badInput(
    "Counter",
    `it has come to ${value}, which no number holds. Make it with a \`bigint\`.`,
  );
};

/** The token of something held. */
export const tokenOf = (kind: string, held: Held): number => {
  const token = (held as Held | undefined)?.token;
  if (Number.isSafeInteger(token)) return token as number;
  throw Faults.badInput(kind, "`release` takes what `acquire` gave.");
};

/** How many permits somebody wants: more than there are would be waited for in vain. */
export const permits = ({ permits: all }: Kinds.Semaphore, value: number): number =>
  Options.whole("Semaphore", "permits", value, 1, all);

/** By how much to count down. */
export const count = (kind: string, value: number): number => Options.whole(kind, "by", value, 0);

/** The priority of a value. */
export const priority = (value: number | undefined): number => Options.priority(value);

/** How many values to take at most. */
export const max = (value: number | undefined): number =>
  value === undefined ? mostTaken : Options.whole("Queue", "max", value, 1);

const mostTaken = 2 ** 31 - 1;

// A larger one would wait until the queue is all but empty.
const largestPiece = 256;

/** How many values to wait for room for at a time. */
export const pieceOf = ({ capacity }: { readonly capacity: number }): number =>
  Math.min(largestPiece, Math.max(1, Math.floor(capacity / 2)));

const mostBytes = 2 ** 31 - 1 - 64;

/** The name of a block. */
const name = (kind: string, value: string | undefined): string | undefined => {
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw Faults.badInput(kind, "`name` has to be a text that is not empty.");
};

export const sharedBytes = (options: Kinds.SharedBytesOptions): BlockRecipe<"SharedBytes"> => ({
  kind: "SharedBytes",
  byteLength: Options.whole("SharedBytes", "byteLength", options.byteLength, 1, mostBytes),
  name: name("SharedBytes", options.name),
});

export const sharedList = (
  items: ReadonlyArray<Cells.Item>,
  options: Kinds.SharedListOptions = {},
): BlockRecipe<"SharedList"> => {
  const least = Options.whole("SharedList", "itemBytes", options.itemBytes ?? 64, 0, mostBytes);
  const plan = Cells.plan(items, least);
  return {
    kind: "SharedList",
    byteLength: Options.whole("SharedList", "byteLength", plan.byteLength, 1, mostBytes),
    name: name("SharedList", options.name),
    fill: (block) => Cells.fill(block, plan),
  };
};
