import { assert, describe, it } from "@effect/vitest";

import { LateIterator } from "../src/internal/lateIterator.ts";

const upTo = async function* (n: number, onClosed: () => void = () => undefined): AsyncGenerator<number> {
  try {
    for (let i = 0; i < n; i++) yield i;
  } finally {
    onClosed();
  }
};

describe("an iterator that something is loaded for", () => {
  it("loads once, and gives in order what was asked for meanwhile and later", async () => {
    let loads = 0;
    const iterator = new LateIterator(async () => {
      loads++;
      await new Promise((resolve) => setImmediate(resolve));
      return upTo(4);
    });
    const early = await Promise.all([iterator.next(), iterator.next(), iterator.next()]);
    const late = [await iterator.next(), await iterator.next()];
    assert.deepStrictEqual(
      [...early, ...late].map(({ value }) => value),
      [0, 1, 2, 3, undefined],
    );
    assert.strictEqual(loads, 1);
  });

  it("closes what was loaded when it is left, and loads nothing when it is left before", async () => {
    let closed = 0;
    const iterator = new LateIterator(async () => upTo(4, () => void closed++));
    await iterator.next();
    assert.deepStrictEqual(await iterator.return(), { done: true, value: undefined });
    assert.strictEqual(closed, 1);
    let loads = 0;
    const unused = new LateIterator(async () => {
      loads++;
      return upTo(4);
    });
    assert.deepStrictEqual(await unused.return(), { done: true, value: undefined });
    assert.deepStrictEqual(await unused.next(), { done: true, value: undefined });
    assert.strictEqual(loads, 0);
  });

  it("rejects with what the loading failed with", async () => {
    const reason = new RangeError("expected: not there");
    const iterator = new LateIterator(() => Promise.reject(reason));
    const found = await iterator.next().catch((error: unknown) => error);
    assert.strictEqual(found, reason);
  });
});
