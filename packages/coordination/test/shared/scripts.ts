/**
 * What the units of the checker do, per kind of object: the engines' own code over the checker's memory.
 */
import { CoordinationError } from "../../src/CoordinationError.ts";
import type { BlockingWait, OptionsOf, Settle, Tools } from "../../src/internal/engine.ts";
import { createBarrier, SharedBarrier } from "../../src/internal/shared/barrier.ts";
import { createEvent, createLatch, SharedEvent, SharedLatch } from "../../src/internal/shared/flags.ts";
import { createLock, SharedLock } from "../../src/internal/shared/lock.ts";
import { createQueue, SharedQueue } from "../../src/internal/shared/queue.ts";
import { createSemaphore, SharedSemaphore } from "../../src/internal/shared/semaphore.ts";
import type { Words } from "../../src/internal/shared/words.ts";
import type { Actor, Script, UnitContext } from "./unit.ts";

type Order = OptionsOf["Queue"]["order"];

/** The words of memory that was just made. */
export const wordsOf = (buffer: SharedArrayBuffer): Int32Array => new Int32Array(buffer).slice();

export const lockMemory = (): Int32Array => wordsOf(createLock({ maxWaiters: 4 }));
export const semaphoreMemory =
  (permits: number): (() => Int32Array) =>
  () =>
    wordsOf(createSemaphore({ permits, maxWaiters: 4 }));
export const barrierMemory =
  (parties: number): (() => Int32Array) =>
  () =>
    wordsOf(createBarrier({ parties }));
const padded = (buffer: SharedArrayBuffer): Int32Array =>
  Int32Array.from({ length: 32, 0: new Int32Array(buffer)[0] ?? 0 });
export const latchMemory =
  (count: number): (() => Int32Array) =>
  () =>
    padded(createLatch({ count, maxWaiters: 4 }));
export const eventMemory = (): Int32Array => padded(createEvent({ isSet: false, maxWaiters: 4 }));
export const queueMemory =
  (order: OptionsOf["Queue"]["order"], capacity: number): (() => Int32Array) =>
  () =>
    wordsOf(createQueue({ order, capacity, maxBytes: 4096, maxWaiters: 4 })).slice(
      0,
      order === "priority" ? 640 : 256,
    );

const tools: Tools = {
  unit: 0,
  serialize: () => new Uint8Array(),
  deserialize: () => undefined,
};

type Seen = (unit: UnitContext) => Words;
const opened = (unit: UnitContext, seen: Seen): { words: Words; unit: number } => ({
  words: seen(unit),
  unit: unit.name,
});
const asItIs: Seen = (unit) => unit;
export const lockOf = (unit: UnitContext, seen = asItIs): SharedLock => new SharedLock(opened(unit, seen));
export const semaphoreOf = (unit: UnitContext, seen = asItIs): SharedSemaphore =>
  new SharedSemaphore(opened(unit, seen));
export const barrierOf = (unit: UnitContext, seen = asItIs): SharedBarrier =>
  new SharedBarrier(opened(unit, seen));
export const latchOf = (unit: UnitContext, seen = asItIs): SharedLatch => new SharedLatch(opened(unit, seen));
export const eventOf = (unit: UnitContext, seen = asItIs): SharedEvent => new SharedEvent(opened(unit, seen));
export const queueOf = (unit: UnitContext, order: Order, seen = asItIs): SharedQueue =>
  new SharedQueue(opened(unit, seen), order, tools);

/** A blocking wait without end, but for the checker's cancels. */
export const blocking = (unit: UnitContext): BlockingWait => ({
  timeoutMillis: Infinity,
  isCancelled: () => unit.isCancelled,
});

/** Whether it was cancelled; what else goes wrong is thrown. */
export const isCancel = (error: unknown): boolean => {
  if (error instanceof CoordinationError && (error.reason === "Cancelled" || error.reason === "TimedOut"))
    return true;
  throw error;
};

/** Tells what a wait ends with. */
export const settling = <A>(done: (value: A) => void, withdrawn?: () => void): Settle<A> => ({
  done,
  failed: (error) => {
    if (error.reason !== "Cancelled" || withdrawn === undefined) throw error;
    withdrawn();
  },
});

/** The host: waits for the end of a unit, and buries it if it died. */
export const undertaker =
  (
    of: (unit: UnitContext) => { readonly abandon: (unit: number) => void },
    name: number,
    actors: () => ReadonlyArray<Actor>,
  ): Script =>
  (unit) => {
    const object = of(unit);
    if (unit.untilEndOf(name, actors)) object.abandon(name);
    unit.finish();
  };
