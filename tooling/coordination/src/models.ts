/**
 * What objects do when one does one thing at a time, and how units bring random operations to the real ones.
 */
import { Counter, Lock, Queue, Semaphore, SharedBytes } from "@heddle/coordination/promised";
import * as Task from "@heddle/core/Task";

import type { Model, Operation } from "./histories.ts";
import { reasonOf } from "./scenarios.ts";

const capacity = 3;
const permits = 2;

export type ModelKind = "lock" | "semaphore" | "queue" | "counter";

type Apply<S> = (state: S, result: any, args: ReadonlyArray<number>) => S | undefined;

const model = <S>(initial: S, operations: Readonly<Record<string, Apply<S>>>): Model<S> => ({
  initial,
  apply: (state, { args, name, result }) => operations[name]?.(state, result, args),
});

const unless = <S>(isImpossible: boolean, state: S): S | undefined => (isImpossible ? undefined : state);

/** What was given up has done nothing. */
const given = (result: unknown): boolean => result !== "TimedOut";

export const models: Readonly<Record<ModelKind, Model<any>>> = {
  lock: model<number>(0, {
    tryAcquire: (owner, token) => (token === null ? unless(owner === 0, owner) : unless(owner !== 0, token)),
    acquire: (owner, token) => (given(token) ? unless(owner !== 0, token) : owner),
    release: (owner, token) => unless(owner !== token, 0),
  }),
  // `tryAcquire` may fail though permits are free, while somebody waits for more than there are.
  semaphore: model<number>(permits, {
    tryAcquire: (free, got, [wanted = 1]) => (got === null ? free : unless(free < wanted, free - wanted)),
    acquire: (free, got, [wanted = 1]) => (given(got) ? unless(free < wanted, free - wanted) : free),
    release: (free, _, [given_ = 1]) => free + given_,
  }),
  queue: model<ReadonlyArray<number>>([], {
    tryOffer: (values, isIn, [value = 0]) =>
      isIn
        ? unless(values.length === capacity, [...values, value])
        : unless(values.length < capacity, values),
    offer: (values, result, [value = 0]) =>
      given(result) ? unless(values.length === capacity, [...values, value]) : values,
    poll: (values, got) =>
      got === null ? unless(values.length > 0, values) : unless(values[0] !== got, values.slice(1)),
    take: (values, got) => (given(got) ? unless(values[0] !== got, values.slice(1)) : values),
  }),
  counter: model<number>(0, {
    add: (value, result, [by = 0]) => unless(value + by !== result, value + by),
    set: (value, result, [next = 0]) => unless(value !== result, next),
    compareAndSet: (value, isSet, [expected = 0, next = 0]) =>
      unless(isSet !== (value === expected), isSet ? next : value),
    get: (value, result) => unless(value !== result, value),
  }),
};

export const makeObject: Readonly<Record<ModelKind, (runtime: object) => Promise<object>>> = {
  lock: (runtime) => Lock.make(runtime),
  semaphore: (runtime) => Semaphore.make(runtime, { permits }),
  queue: (runtime) => Queue.make(runtime, { capacity }),
  counter: (runtime) => Counter.make(runtime),
};

/** One unit's conversation with one object. */
interface Unit {
  readonly random: (below: number) => number;
  readonly note: (name: string, args: ReadonlyArray<number>, act: () => Promise<unknown>) => Promise<unknown>;
}

type Play = (unit: Unit, handle: any) => Promise<unknown>;

const briefly = { timeoutMillis: 2 };

const tokenOf = (held: Lock.Held | undefined): number | null => held?.token ?? null;

const waited = async <A>(wait: Promise<A>, valueOf: (value: A) => unknown): Promise<unknown> => {
  const result = await reasonOf(wait);
  return typeof result === "string" ? result : valueOf((result as { value: A }).value);
};

const plays: Readonly<Record<ModelKind, Play>> = {
  lock: async ({ note, random }, lock) => {
    const token = await (random(2) === 0
      ? note("tryAcquire", [], async () => tokenOf(await Lock.tryAcquire(lock)))
      : note("acquire", [], () => waited(Lock.acquire(lock, briefly), tokenOf)));
    if (typeof token !== "number") return;
    await note("release", [], async () => {
      await Lock.release(lock, { token, abandoned: false });
      return token;
    });
  },
  semaphore: async ({ note, random }, semaphore) => {
    const wanted = 1 + random(permits);
    const token = await (random(2) === 0
      ? note("tryAcquire", [wanted], async () => tokenOf(await Semaphore.tryAcquire(semaphore, wanted)))
      : note("acquire", [wanted], () => waited(Semaphore.acquire(semaphore, wanted, briefly), tokenOf)));
    if (typeof token !== "number") return;
    await note("release", [wanted], () => Semaphore.release(semaphore, { token, abandoned: false }));
  },
  queue: ({ note, random }, queue) => {
    const value = random(1_000_000);
    switch (random(4)) {
      case 0:
        return note("tryOffer", [value], () => Queue.tryOffer(queue, value));
      case 1:
        return note("offer", [value], () => waited(Queue.offer(queue, value, briefly), () => null));
      case 2:
        return note("poll", [], async () => (await Queue.poll(queue))?.value ?? null);
      default:
        return note("take", [], () => waited(Queue.take(queue, briefly), (taken) => taken));
    }
  },
  counter: ({ note, random }, counter) => {
    const [one, other] = [random(3), random(3)];
    switch (random(4)) {
      case 0:
        return note("add", [one], () => Counter.add(counter, one));
      case 1:
        return note("set", [one], () => Counter.set(counter, one));
      case 2:
        return note("compareAndSet", [one, other], () => Counter.compareAndSet(counter, one, other));
      default:
        return note("get", [], () => Counter.get(counter));
    }
  },
};

// Small, and the same for the same seed.
const randomOf = (seed: number): Unit["random"] => {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

/** Random operations on an object; gives what became of them. */
export const operate = Task.make({
  name: "models/operate",
  module: import.meta.url,
  body: async (input: {
    kind: ModelKind;
    handle: object;
    clock: SharedBytes.SharedBytes;
    seed: number;
    turns: number;
  }): Promise<ReadonlyArray<Operation>> => {
    const view = await SharedBytes.view(input.clock);
    const clock = new Int32Array(view.buffer, view.byteOffset, 1);
    const tick = (): number => Atomics.add(clock, 0, 1);
    const history: Array<Operation> = [];
    const note: Unit["note"] = async (name, args, act) => {
      const begun = tick();
      const result = await act();
      history.push({ name, args, result, begun, over: tick() });
      return result;
    };
    const unit: Unit = { random: randomOf(input.seed), note };
    for (let turn = 0; turn < input.turns; turn++) await plays[input.kind](unit, input.handle);
    return history;
  },
});
