import { afterEach, assert, describe, it, vi } from "@effect/vitest";

import { elapsedMillis } from "../../src/worker/clock.ts";

afterEach(() => void vi.useRealTimers());

describe("the time in a worker", () => {
  it("is as long as the platform's", () => {
    const { performance } = globalThis;
    const before = performance.now();
    const beganAt = elapsedMillis();
    const from = performance.now();
    while (performance.now() < from + 3);
    const inner = performance.now() - from;
    const took = elapsedMillis() - beganAt;
    assert.isAtLeast(took, inner);
    assert.isAtMost(took, performance.now() - before);
  });

  it("goes on when a task has stopped the platform's", () => {
    vi.useFakeTimers();
    const beganAt = elapsedMillis();
    const stoppedAt = performance.now();
    while (elapsedMillis() < beganAt + 1);
    assert.strictEqual(performance.now(), stoppedAt);
  });
});
