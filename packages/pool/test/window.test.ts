import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest";

import { firstItems, mostItems, Window } from "../src/internal/window.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

/** Sends all that it may, and has it taken after a while; gives back how many items that were. */
const round = (window: Window, room: number, millis: number): number => {
  assert.isTrue(window.came(room));
  assert.isFalse(window.came(1));
  vi.advanceTimersByTime(millis);
  return window.taken(room);
};

describe("the window of a stream", () => {
  it("stays small for a consumer who takes his time, however long the stream is", () => {
    const window = new Window();
    for (let n = 0; n < 100; n++) assert.strictEqual(round(window, firstItems, 10), firstItems);
  });

  it("grows for one who takes items as fast as they come, up to a limit, and shrinks at once when he is slow", () => {
    const window = new Window();
    let room = firstItems;
    const rooms = Array.from({ length: 8 }, () => (room = round(window, room, 0)));
    assert.deepStrictEqual(rooms, [16, 32, 64, 128, 256, 512, 512, 512]);
    assert.strictEqual(room, mostItems);
    assert.strictEqual(round(window, room, 100), firstItems);
  });

  it("keeps its size for one who is neither", () => {
    const window = new Window();
    let room = round(window, firstItems, 0);
    room = round(window, room, 0);
    for (let n = 0; n < 10; n++) assert.strictEqual((room = round(window, room, 4)), 32);
  });

  it("does not grow for a sender who never uses all of it", () => {
    const window = new Window();
    for (let n = 0; n < 1000; n++) {
      assert.isTrue(window.came(1));
      assert.strictEqual(window.taken(1), 1);
    }
    assert.isFalse(window.came(firstItems + 1));
  });

  it("gives no room until what came before it shrank fits into it", () => {
    const window = new Window();
    let room = firstItems;
    for (let n = 0; n < 7; n++) room = round(window, room, 0);
    assert.isTrue(window.came(512));
    vi.advanceTimersByTime(100);
    assert.strictEqual(window.taken(496), 0);
    assert.strictEqual(window.taken(10), 10);
    assert.strictEqual(window.taken(6), 6);
  });
});
