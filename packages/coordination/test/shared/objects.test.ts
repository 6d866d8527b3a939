import { deserialize, serialize } from "node:v8";

import { describe, expect, it } from "vitest";

import type { OptionsOf, Settle } from "../../src/internal/engine.ts";
import { engines } from "../../src/internal/shared/engines.ts";

const toolsOf = (
  unit: number,
): { unit: number; serialize: typeof serialize; deserialize: typeof deserialize } => ({
  unit,
  serialize,
  deserialize,
});

const queueOptions: OptionsOf["Queue"] = {
  order: "fifo",
  capacity: Infinity,
  maxBytes: 1 << 22,
  maxWaiters: 8,
};

const promised = <A>(wait: (settle: Settle<A>) => unknown): Promise<A> =>
  new Promise((done, failed) => {
    wait({ done, failed });
  });

describe("a queue in shared memory", () => {
  const values: ReadonlyArray<unknown> = [
    0,
    -0,
    1,
    -1,
    2 ** 31 - 1,
    -(2 ** 31),
    2 ** 31,
    0.1,
    NaN,
    Infinity,
    -Infinity,
    true,
    false,
    null,
    undefined,
    "",
    "a\0",
    "a".repeat(10_000),
    "größer ÿ",
    "日本語",
    "\ud800 alone",
    "🧵".repeat(5000),
    0n,
    -1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    2n ** 64n,
    [],
    {},
    [1, [2, "three"]],
    { a: { b: null }, c: [undefined] },
    new Date(5),
    new Map([[1, new Set(["x"])]]),
    new Uint8Array([1, 2, 3]),
    /x/u,
    Array(2),
    Object.assign([1], { extra: 2 }),
    { text: "é\0\ud800日", zero: -0 },
    { text: "é\0\ud800日", list: [{}, [], [null]] },
    { 2: "b", 1: "a" },
    [NaN],
    { ["__proto__"]: 1 },
    { toJSON: 1 },
    { deep: [[[[[[[[["deep"]]]]]]]]] },
    Array.from({ length: 500 }, (_, index) => index),
    [Object.create(null)],
  ];

  it("gives values as they are, of any length", () => {
    const queue = engines.Queue.open(engines.Queue.create(queueOptions), toolsOf(0));
    expect(queue.tryOffer(0, values, 0)).toBe(values.length);
    const taken = queue.tryTake(0, Infinity).values;
    values.forEach((value, index) => expect(taken[index]).toStrictEqual(structuredClone(value)));
    expect(Object.is(taken[1], -0)).toBe(true);
  });

  it("keeps identity within a value", () => {
    const queue = engines.Queue.open(engines.Queue.create(queueOptions), toolsOf(0));
    const shared = { x: 1 };
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    queue.tryOffer(0, [[shared, shared], circle], 0);
    const [pair, around] = queue.tryTake(0, 2).values as [ReadonlyArray<unknown>, Record<string, unknown>];
    expect(pair[0]).toBe(pair[1]);
    expect(around["self"]).toBe(around);
  });

  it("refuses what cannot be cloned, and stays as it was", () => {
    const queue = engines.Queue.open(engines.Queue.create(queueOptions), toolsOf(0));
    expect(() => queue.tryOffer(0, [1, () => 1], 0)).toThrow(/cannot be sent/u);
    expect(() => queue.tryOffer(0, [{ nested: { deep: Symbol("no") } }], 0)).toThrow(/cannot be sent/u);
    expect(queue.size()).toBe(0);
  });

  it("is seen whole by a unit that waited while another made it larger", async () => {
    const memory = engines.Queue.create(queueOptions);
    const [one, other] = [engines.Queue.open(memory, toolsOf(0)), engines.Queue.open(memory, toolsOf(1))];
    const text = "long ".repeat(50_000);
    const waiting = promised<{ values: ReadonlyArray<unknown> }>((settle) => other.take(1, 1, settle));
    one.tryOffer(0, [text], 0);
    expect((await waiting).values).toEqual([text]);
  });

  it("is stable by priority, the higher first, and gives back to the front", () => {
    const queue = engines.Queue.open(
      engines.Queue.create({ ...queueOptions, order: "priority" }),
      toolsOf(0),
    );
    const model: Array<{ value: number; priority: number }> = [];
    for (let value = 0; value < 2000; value++) {
      const priority = [0, 5, -1, Infinity, 0.5, -Infinity][(value * 7919) % 6] as number;
      queue.tryOffer(0, [value], priority);
      model.push({ value, priority });
    }
    const sorted = model.toSorted((one, other) =>
      one.priority === other.priority ? 0 : one.priority < other.priority ? 1 : -1,
    );
    const first = queue.tryTake(0, 10);
    queue.giveBack(0, first);
    expect(queue.tryTake(0, Infinity).values).toEqual(sorted.map(({ value }) => value));
  });

  it("gives to takers in the order in which they came, and what a cancelled one had goes to the next", async () => {
    const memory = engines.Queue.create({ ...queueOptions, capacity: 4 });
    const [one, other] = [engines.Queue.open(memory, toolsOf(0)), engines.Queue.open(memory, toolsOf(1))];
    const taken: Array<unknown> = [];
    const settle: Settle<{ values: ReadonlyArray<unknown> }> = {
      done: ({ values: got }) => void taken.push(...got),
      failed: (error) => {
        throw error;
      },
    };
    const first = other.take(1, 1, settle);
    const second = promised<{ values: ReadonlyArray<unknown> }>((late) => other.take(1, 1, late));
    one.tryOffer(0, ["a"], 0);
    // It was granted, and not told yet: to hand it on would hide it from others for a while.
    expect(first.cancel()).toBe(false);
    expect(taken).toEqual(["a"]);
    one.tryOffer(0, ["b"], 0);
    expect((await second).values).toEqual(["b"]);
    expect(first.cancel()).toBe(false);
  });

  it("admits waiting offers in order, all of one at once, and ends", async () => {
    const memory = engines.Queue.create({ ...queueOptions, capacity: 2 });
    const queue = engines.Queue.open(memory, toolsOf(0));
    expect(queue.tryOffer(0, [1, 2, 3], 0)).toBe(2);
    const two = promised<void>((settle) => queue.offer(0, [3, 4], 0, settle));
    const last = promised<void>((settle) => queue.offer(0, [5], 0, settle));
    expect(queue.tryOffer(0, [9], 0)).toBe(0);
    expect(queue.tryTake(0, 1).values).toEqual([1]);
    expect(queue.size()).toBe(1);
    expect(queue.tryTake(0, 1).values).toEqual([2]);
    await two;
    queue.end();
    await expect(last).rejects.toMatchObject({ reason: "Ended" });
    expect(queue.tryTake(0, 9).values).toEqual([3, 4]);
    expect(() => queue.tryTake(0, 1)).toThrow(/ended/u);
  });

  it("says when its memory is full", () => {
    const queue = engines.Queue.open(engines.Queue.create({ ...queueOptions, maxBytes: 4096 }), toolsOf(0));
    expect(() => queue.tryOffer(0, ["x".repeat(100_000)], 0)).toThrow(/maxBytes/u);
    expect(queue.tryOffer(0, ["x"], 0)).toBe(1);
  });
});

describe("owners", () => {
  it("are checked by unit and token", () => {
    const memory = engines.Lock.create({ maxWaiters: 2 });
    const [one, other] = [engines.Lock.open(memory, toolsOf(0)), engines.Lock.open(memory, toolsOf(1))];
    const held = one.tryAcquire(0);
    expect(() => other.release(1, held?.token ?? 0)).toThrow(/does not hold/u);
    expect(() => one.release(0, 77)).toThrow(/does not hold/u);
    one.release(0, held?.token ?? 0);
    expect(() => one.release(0, held?.token ?? 0)).toThrow(/does not hold/u);
    const semaphore = engines.Semaphore.open(
      engines.Semaphore.create({ permits: 2, maxWaiters: 2 }),
      toolsOf(0),
    );
    const some = semaphore.tryAcquire(0, 2);
    for (const token of [-1, 0.5, NaN, Infinity, 2 ** 53, 0]) {
      expect(() => semaphore.release(0, token)).toThrow(/does not hold/u);
    }
    semaphore.release(0, some?.token ?? 0);
    expect(() => semaphore.release(0, some?.token ?? 0)).toThrow(/does not hold/u);
    expect(semaphore.available()).toBe(2);
  });

  it("say so when there is no room for more that wait", async () => {
    const lock = engines.Lock.open(engines.Lock.create({ maxWaiters: 2 }), toolsOf(0));
    lock.tryAcquire(0);
    const waiting = Array.from({ length: 20 }, () => promised((settle) => lock.acquire(0, settle as never)));
    const found = Promise.allSettled(waiting);
    lock.free();
    const reasons = (await found).map((one) => (one as { reason: { reason: string } }).reason.reason);
    expect(new Set(reasons)).toEqual(new Set(["Exhausted", "Freed"]));
  });
});

it("a counter wraps at 64 bits", () => {
  const counter = engines.Counter.open(engines.Counter.create({ value: 2n ** 63n - 1n }), toolsOf(0));
  expect(counter.add(1n)).toBe(-(2n ** 63n));
  expect(counter.compareAndSet(-(2n ** 63n), 5n)).toBe(true);
  expect(counter.exchange(7n)).toBe(5n);
  counter.free();
  expect(() => counter.get()).toThrow(/freed/u);
});
