import { assert, describe, it } from "vitest";

import { median, quantile, spread, summaryOf } from "../src/stats.ts";

describe("statistics", () => {
  it("take the middle one, and the mean of two in the middle", () => {
    assert.strictEqual(median([9, 1, 5]), 5);
    assert.strictEqual(median([10, 2, 4, 100]), 7);
    assert.strictEqual(median([3]), 3);
  });

  it("sort numbers as numbers and leave the given list alone", () => {
    const values = [100, 20, 3];
    assert.deepStrictEqual(summaryOf(values), { median: 20, min: 3, max: 100 });
    assert.deepStrictEqual(values, [100, 20, 3]);
  });

  it("give no number where there is no value", () => {
    assert.isNaN(median([]));
    assert.isNaN(quantile([], 0.5));
  });

  it("give the 99th percentile of a hundred as the second largest", () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    assert.strictEqual(quantile(values, 0.99), 99);
    assert.strictEqual(quantile(values, 1), 100);
    assert.strictEqual(quantile(values, 0.5), 50);
  });

  it("give the spread as a fraction of the smallest", () => {
    assert.closeTo(spread([100, 120, 110]), 0.2, 1e-9);
    assert.strictEqual(spread([5]), 0);
  });
});
