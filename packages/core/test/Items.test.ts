import { assert, describe, it } from "@effect/vitest";

import { alone, Copier, List, mostCharacters } from "../src/Items.ts";

const copyOf = (value: unknown): unknown => new Copier().copy(value);

class Own {
  n = 1;
}

describe("a copy that may travel with others", () => {
  it("has what structured clone gives, and shares nothing with the value", () => {
    const values = [
      undefined,
      null,
      true,
      -0,
      Number.NaN,
      "text",
      12n,
      { a: 1, b: [1, "2", null, { c: undefined }], 10: "ten" },
      Object.assign(Object.create(null), { a: 1 }),
      [],
      {},
      {
        get given() {
          return 1;
        },
      },
    ];
    for (const value of values)
      assert.deepStrictEqual(structuredClone(copyOf(value)), structuredClone(value));
    const value = { inner: { n: 1 }, list: [1] };
    const copy = copyOf(value) as typeof value;
    value.inner.n = 2;
    value.list.push(2);
    assert.deepStrictEqual(copy, { inner: { n: 1 }, list: [1] });
  });

  it("is none of what means more than its properties, or has parts that are the same", () => {
    const same = {};
    const ring: { self?: unknown } = {};
    ring.self = ring;
    const others = [
      () => 1,
      Symbol("s"),
      new Date(),
      new Map(),
      new Own(),
      new Uint8Array(1),
      /x/,
      new Error("e"),
      [{ deep: () => 1 }],
      { a: same, b: same },
      ring,
      Object.assign(Array<number>(3), { 0: 1, 2: 3 }),
      Object.assign([1], { extra: 1 }),
      new Proxy({}, {}),
      JSON.parse('{"__proto__": 1}') as unknown,
      Array.from({ length: 100 }, () => ({})),
      "x".repeat(mostCharacters + 1),
      2n ** 200n,
    ];
    for (const other of others) assert.strictEqual(copyOf(other), alone);
  });

  it("tells how much room it takes, each time anew", () => {
    const copier = new Copier();
    copier.copy("x".repeat(1000));
    assert.strictEqual(copier.characters, 1000);
    copier.copy(1);
    assert.isBelow(copier.characters, 10);
  });
});

describe("values side by side", () => {
  it("are numbers as long as there is nothing else", () => {
    const list = new List(4);
    for (const n of [1, -0, Number.NaN]) list.add(n);
    assert.deepStrictEqual(list.toItems(), Float64Array.of(1, -0, Number.NaN));
    const mixed = new List(4);
    for (const value of [1, -0, undefined, "x"]) mixed.add(value);
    assert.deepStrictEqual(mixed.toItems(), [1, -0, undefined, "x"]);
  });

  it("take the numbers that there are, as far as there is room", () => {
    const list = new List(4);
    list.add(0);
    assert.strictEqual(list.addNumbers([9, 1, 2, 3, 4, 5], 1), 3);
    assert.strictEqual(list.addNumbers([6], 0), 0);
    assert.deepStrictEqual(list.toItems(), Float64Array.of(0, 1, 2, 3));
    assert.strictEqual(new List(4).addNumbers([1, "2", 3], 0), 1);
  });

  it("lie in the memory that is given, and show no more of it than there is", () => {
    const memory = new Float64Array(new SharedArrayBuffer(32));
    const list = new List(4, memory);
    list.add(5);
    const items = list.toItems() as Float64Array;
    assert.strictEqual(items.buffer, memory.buffer);
    assert.lengthOf(items, 1);
  });
});
