/**
 * The operations of all kinds, as a unit may ask the broker for them: what they are given, and whether they wait.
 */
import type { EngineOf, Kind } from "./engine.ts";

type Check = (u: unknown) => boolean;

/** One operation. */
export interface Operation {
  /** Whether it may end later, and can be withdrawn until then. */
  readonly waits: boolean;
  /** Whether it is told who asks. */
  readonly knowsUnit: boolean;
  /** One for each argument. What comes from a unit is used only when it passed. */
  readonly checks: ReadonlyArray<Check>;
  /** What gives back what it gave, when nobody is left who could take it. */
  readonly undo?: string | undefined;
}

const isCount: Check = (u) => Number.isSafeInteger(u) && (u as number) >= 0;
const isPositive: Check = (u) => isCount(u) && u !== 0;
const isLong: Check = (u) => typeof u === "bigint" && u === BigInt.asIntN(64, u);
const isPriority: Check = (u) => u === (Number(u) | 0);

const isHeld: Check = (u) =>
  typeof u === "object" &&
  u !== null &&
  isCount((u as { token?: unknown }).token) &&
  typeof (u as { abandoned?: unknown }).abandoned === "boolean";

const isTaken: Check = (u) => {
  if (typeof u !== "object" || u === null) return false;
  const { priorities, values } = u as { values?: unknown; priorities?: unknown };
  if (!Array.isArray(values)) return false;
  return (
    priorities === undefined ||
    (Array.isArray(priorities) && priorities.length === values.length && priorities.every(isPriority))
  );
};

const asked = (...checks: ReadonlyArray<Check>): Operation => ({ waits: false, knowsUnit: false, checks });
const owned = (...checks: ReadonlyArray<Check>): Operation => ({ waits: false, knowsUnit: true, checks });
const waited = (...checks: ReadonlyArray<Check>): Operation => ({ waits: true, knowsUnit: true, checks });
const undone = (...checks: ReadonlyArray<Check>): Operation => ({ ...waited(...checks), undo: "giveBack" });

// Those that block stay where they are: an answer could not be heard.
type Asked<K extends Kind> = Exclude<keyof EngineOf[K], "abandon" | "free" | `${string}Blocking`>;

const isName: Check = (u) => typeof u === "string";

// Blocks of memory are used where they are.
const others = { Names: { find: asked(isName) }, SharedBytes: {}, SharedList: {} };

const table: { readonly [K in Kind]: { readonly [Name in Asked<K>]: Operation } } = {
  Lock: {
    tryAcquire: owned(),
    acquire: undone(),
    release: owned(isCount),
    giveBack: owned(isHeld),
    isHeld: asked(),
  },
  Semaphore: {
    available: asked(),
    tryAcquire: owned(isPositive),
    acquire: undone(isPositive),
    release: owned(isCount),
    giveBack: owned(isHeld),
  },
  Latch: { count: asked(), countDown: asked(isCount), wait: waited() },
  Event: { isSet: asked(), set: asked(), clear: asked(), wait: waited() },
  Barrier: {
    parties: asked(),
    waiting: asked(),
    isBroken: asked(),
    wait: waited(),
    reset: asked(),
    breakUp: asked(),
  },
  Queue: {
    size: asked(),
    isEnded: asked(),
    tryOffer: owned(Array.isArray, isPriority),
    offer: waited(Array.isArray, isPriority),
    tryTake: owned(isPositive),
    take: undone(isPositive),
    giveBack: owned(isTaken),
    end: asked(),
  },
  Counter: {
    get: asked(),
    add: asked(isLong),
    exchange: asked(isLong),
    compareAndSet: asked(isLong, isLong),
  },
};

const all: Readonly<Record<Kind | keyof typeof others, Readonly<Record<string, Operation>>>> = {
  ...table,
  ...others,
};

/** The operation of that name, if there is one. */
export const operationOf = (kind: Kind | keyof typeof others, name: unknown): Operation | undefined => {
  const operations = all[kind];
  return typeof name === "string" && Object.hasOwn(operations, name) ? operations[name] : undefined;
};

/** Whether these are arguments of that operation. */
export const accepts = ({ checks }: Operation, args: unknown): args is ReadonlyArray<unknown> =>
  Array.isArray(args) && args.length === checks.length && checks.every((check, at) => check(args[at]));
