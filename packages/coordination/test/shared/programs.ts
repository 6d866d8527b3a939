/**
 * What units do in the checked scenarios. Ghost notes: see `ghost`.
 */
import type { Words } from "../../src/internal/shared/words.ts";
import type { End } from "./checker.ts";
import * as Objects from "./scripts.ts";
import type { Actor, Script, UnitContext } from "./unit.ts";

/** Words of ghost notes. */
export const ghost = {
  inside: 0,
  told: 1,
  acquired: 2,
  offered: 3,
  taken: 4,
  order: 5,
  broken: 6,
  passed: 7,
  count: 8,
};

/** How a unit sees the memory; mutants see it wrongly. */
export type Seen = (unit: UnitContext) => Words;
export const asItIs: Seen = (unit) => unit;

const critical = (unit: UnitContext, wasAbandoned: boolean): void => {
  unit.expect(unit.ghost(ghost.inside, 1) === 1, "two are inside");
  if (wasAbandoned) unit.ghost(ghost.told, 1);
  unit.ghost(ghost.acquired, 1);
};

/** Acquires and releases, blocking. */
export const locks =
  (times: number, seen: Seen = asItIs): Script =>
  (unit) => {
    const lock = Objects.lockOf(unit, seen);
    for (let round = unit.resume; round < times; round++) {
      if (round > unit.resume) unit.checkpoint(round);
      try {
        const held = lock.acquireBlocking(unit.name, Objects.blocking(unit));
        critical(unit, held.abandoned);
        unit.ghost(ghost.inside, -1);
        lock.release(unit.name, held.token);
      } catch (error) {
        Objects.isCancel(error);
      }
    }
    unit.finish();
  };

/** Acquires and releases on the event loop. When cancelled, it has to be told whether it was in time. */
export const locksOnLoop =
  (seen: Seen = asItIs): Script =>
  (unit) => {
    const lock = Objects.lockOf(unit, seen);
    const done = Objects.settling(
      (held: { readonly token: number; readonly abandoned: boolean }) => {
        unit.onCancel = undefined;
        critical(unit, held.abandoned);
        unit.ghost(ghost.inside, -1);
        lock.release(unit.name, held.token);
        unit.finish();
      },
      () => unit.finish(),
    );
    const pending = lock.acquire(unit.name, done);
    unit.onCancel = () => {
      if (pending.cancel()) unit.finish();
    };
  };

export const permits =
  (wanted: number, most: number, seen: Seen = asItIs): Script =>
  (unit) => {
    const semaphore = Objects.semaphoreOf(unit, seen);
    try {
      const held = semaphore.acquireBlocking(unit.name, wanted, Objects.blocking(unit));
      unit.expect(unit.ghost(ghost.inside, wanted) <= most, "more permits than there are");
      if (held.abandoned) unit.ghost(ghost.told, 1);
      unit.ghost(ghost.inside, -wanted);
      semaphore.release(unit.name, held.token);
    } catch (error) {
      Objects.isCancel(error);
    }
    unit.finish();
  };

export const permitsOnLoop =
  (wanted: number, most: number, seen: Seen = asItIs): Script =>
  (unit) => {
    const semaphore = Objects.semaphoreOf(unit, seen);
    const done = Objects.settling(
      (held: { readonly token: number }) => {
        unit.onCancel = undefined;
        unit.expect(unit.ghost(ghost.inside, wanted) <= most, "more permits than there are");
        unit.ghost(ghost.inside, -wanted);
        semaphore.release(unit.name, held.token);
        unit.finish();
      },
      () => unit.finish(),
    );
    const pending = semaphore.acquire(unit.name, wanted, done);
    unit.onCancel = () => {
      if (pending.cancel()) unit.finish();
    };
  };

/** Meets others at a barrier; notes whether it passed or found it broken. */
export const meets =
  (seen: Seen = asItIs): Script =>
  (unit) => {
    const barrier = Objects.barrierOf(unit, seen);
    try {
      barrier.waitBlocking(unit.name, Objects.blocking(unit));
      unit.ghost(ghost.passed, 1);
    } catch (error) {
      if ((error as { reason?: string }).reason === "Broken") unit.ghost(ghost.broken, 1);
      else Objects.isCancel(error);
    }
    unit.finish();
  };

type Order = "fifo" | "lifo" | "priority";

/** Offers values one by one, blocking; notes their sum. */
export const offers =
  (order: Order, values: ReadonlyArray<number>, seen: Seen = asItIs): Script =>
  (unit) => {
    const queue = Objects.queueOf(unit, order, seen);
    for (let round = 0; round < values.length; round++) {
      try {
        queue.offerBlocking(unit.name, [values[round]], 0, Objects.blocking(unit));
        unit.ghost(ghost.offered, values[round] as number);
      } catch (error) {
        Objects.isCancel(error);
      }
    }
    unit.finish();
  };

/** Offers on the event loop. When cancelled, it has to be told whether it was in time. */
export const offersOnLoop =
  (order: Order, value: number, seen: Seen = asItIs): Script =>
  (unit) => {
    const queue = Objects.queueOf(unit, order, seen);
    const done = Objects.settling(
      () => {
        unit.onCancel = undefined;
        unit.ghost(ghost.offered, value);
        unit.finish();
      },
      () => unit.finish(),
    );
    const pending = queue.offer(unit.name, [value], 0, done);
    unit.onCancel = () => {
      if (pending.cancel()) unit.finish();
    };
  };

/** Takes values one by one, blocking, until the queue has ended; notes their sum. */
export const takes =
  (order: Order, times: number, seen: Seen = asItIs): Script =>
  (unit) => {
    const queue = Objects.queueOf(unit, order, seen);
    for (let round = 0; round < times; round++) {
      try {
        const { values } = queue.takeBlocking(unit.name, 1, Objects.blocking(unit));
        unit.expect(values.length === 1, "one is taken");
        unit.ghost(ghost.taken, values[0] as number);
        unit.ghost(ghost.order, 10 ** (2 - (unit.ghost(ghost.count, 1) - 1)) * (values[0] as number));
      } catch (error) {
        if ((error as { reason?: string }).reason === "Ended") break;
        Objects.isCancel(error);
      }
    }
    unit.finish();
  };

export const takesOnLoop =
  (order: Order, seen: Seen = asItIs): Script =>
  (unit) => {
    const queue = Objects.queueOf(unit, order, seen);
    const done = Objects.settling(
      (taken: { readonly values: ReadonlyArray<unknown> }) => {
        unit.onCancel = undefined;
        unit.ghost(ghost.taken, taken.values[0] as number);
        unit.finish();
      },
      () => unit.finish(),
    );
    const pending = queue.take(unit.name, 1, done);
    unit.onCancel = () => {
      if (pending.cancel()) unit.finish();
    };
  };

const freeAt = 17;
const freshAt = 18;

/** How many cells are not in use, and how many there are. */
export const cellsOf = (
  { memory }: End,
  logEntries = 32,
): { readonly free: number; readonly all: number } => {
  let free = 0;
  for (let cell = memory[freeAt] as number; cell !== 0; cell = memory[cell] as number) {
    if (++free > 100) throw new Error("the free cells run in a circle");
  }
  return { free, all: ((memory[freshAt] as number) - (64 + 2 * logEntries)) / 16 };
};

/** What is in a queue that is a chain: the sum of the values, which are whole numbers. */
export const sumIn = ({ memory }: End): number => {
  let sum = 0;
  let item = memory[26] as number;
  for (let left = memory[2] as number; left > 0; left--) {
    sum += memory[item + 5] as number;
    item = memory[item] as number;
  }
  if (item !== 0) throw new Error("the chain does not end where its count says");
  return sum;
};

/** A host and others, of whom the first may die anywhere. */
export const withDeath = (
  of: (unit: UnitContext) => { readonly abandon: (unit: number) => void },
  mortal: Script,
  others: ReadonlyArray<Script>,
): ReadonlyArray<Actor> => {
  const actors: Array<Actor> = [
    { name: 0, script: Objects.undertaker(of, 1, () => actors) },
    { name: 1, script: mortal, isMortal: true },
    ...others.map((script, index) => ({ name: index + 2, script })),
  ];
  return actors;
};
