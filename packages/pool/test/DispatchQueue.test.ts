import { assert, describe, it } from "@effect/vitest";
import * as Schema from "effect/Schema";

import { DispatchQueue, type Links } from "../src/DispatchQueue.ts";

class Item implements Links<Item> {
  readonly n: number;
  previous: Item | undefined = undefined;
  next: Item | undefined = undefined;
  queued = false;
  constructor(n: number) {
    this.n = n;
  }
}

describe("DispatchQueue", () => {
  it("is first in, first out", () => {
    const queue = new DispatchQueue<Item>();
    for (const n of [1, 2, 3]) queue.add(new Item(n));
    assert.deepStrictEqual(
      [queue.take()?.n, queue.take()?.n, queue.take()?.n, queue.take()],
      [1, 2, 3, undefined],
    );
  });

  it("removes an item once, wherever it is", () => {
    const queue = new DispatchQueue<Item>();
    const items = [1, 2, 3].map((n) => new Item(n));
    for (const item of items) queue.add(item);
    assert.isTrue(queue.remove(items[1]!));
    assert.isFalse(queue.remove(items[1]!));
    assert.strictEqual(queue.size, 2);
    assert.deepStrictEqual([queue.take()?.n, queue.take()?.n], [1, 3]);
  });

  // Each number is a step: 0 takes, odd adds, even removes one of those that were ever added.
  it.prop("behaves as an array does", { steps: Schema.Array(Schema.Int) }, ({ steps }) => {
    const queue = new DispatchQueue<Item>();
    const all: Array<Item> = [];
    let model: Array<Item> = [];
    for (const step of steps) {
      if (step === 0) assert.strictEqual(queue.take(), model.shift());
      else if (Math.abs(step) % 2 === 1) {
        const item = new Item(all.length);
        all.push(item);
        model.push(item);
        queue.add(item);
      } else if (all.length > 0) {
        const item = all[Math.abs(step) % all.length]!;
        assert.strictEqual(queue.remove(item), model.includes(item));
        model = model.filter((other) => other !== item);
      }
      assert.strictEqual(queue.size, model.length);
    }
    for (const item of model) assert.strictEqual(queue.take(), item);
    assert.isUndefined(queue.take());
  });
});
