import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest";

import * as Timers from "../src/Timers.ts";

const dayMillis = 86_400_000;

describe("Timers.after", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
  });

  for (const millis of [0, 1, 2 ** 31 - 1, 2 ** 31, 100 * dayMillis]) {
    it(`calls back once after ${millis} ms, and not before`, () => {
      const action = vi.fn<() => void>();
      Timers.after(millis, action);
      if (millis > 0) vi.advanceTimersByTime(millis - 1);
      assert.lengthOf(action.mock.calls, 0);
      vi.advanceTimersByTime(1);
      assert.lengthOf(action.mock.calls, 1);
      vi.advanceTimersByTime(200 * dayMillis);
      assert.lengthOf(action.mock.calls, 1);
      assert.strictEqual(vi.getTimerCount(), 0);
    });
  }

  it("never calls back after infinity, and holds no timer for it", () => {
    Timers.after(Number.POSITIVE_INFINITY, () => assert.fail("called back"))();
    assert.strictEqual(vi.getTimerCount(), 0);
  });

  it("can be taken back, also after days, and twice", () => {
    const cancel = Timers.after(100 * dayMillis, () => assert.fail("called back"));
    vi.advanceTimersByTime(60 * dayMillis);
    cancel();
    cancel();
    assert.strictEqual(vi.getTimerCount(), 0);
  });
});

describe("Timers.after with unref", () => {
  it("does not keep the program alive", () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const cancelUnref = Timers.after(100 * dayMillis, () => undefined, { unref: true });
    assert.strictEqual(timers(), before);
    const cancel = Timers.after(100 * dayMillis, () => undefined);
    assert.strictEqual(timers(), before + 1);
    cancel();
    cancelUnref();
  });
});
