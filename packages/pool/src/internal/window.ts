/**
 * How many items of a stream may be under way to the one who takes them: few to one who takes his time, more to one
 * who takes them as fast as they come.
 *
 * Counts items that may be sent, and those that came and were not taken yet.
 */

/** How many items a stream may be ahead of its consumer at first, and of one who takes his time. */
export const firstItems = 16;

/** How many it may ever be ahead. */
export const mostItems = 512;

// Large items take longer than this to be made, carried and taken, so the window stays small for them.
const fastMillis = 1;
const slowMillis = 8;

/** The window of one stream. */
export class Window {
  private items = firstItems;
  private unsent = firstItems;
  private ahead = 0;
  private takenInRound = 0;
  private isExhausted = false;
  private roundStartedAt = Number.NEGATIVE_INFINITY;

  /** Items came; `false` when they are more than may be sent. */
  came(count: number): boolean {
    if (count > this.unsent) return false;
    this.unsent -= count;
    this.ahead += count;
    if (this.unsent === 0) this.isExhausted = true;
    return true;
  }

  /** Items that came were taken; gives back how many more may be sent. */
  taken(count: number): number {
    this.ahead -= count;
    this.takenInRound += count;
    const now = performance.now();
    if (this.takenInRound >= this.items || now - this.roundStartedAt > slowMillis) this.endRound(now);
    const more = Math.max(0, this.items - this.unsent - this.ahead);
    this.unsent += more;
    return more;
  }

  // A round is a window's worth of items, or as many as are taken within the longest time for it. A sender who never ran out of room needs no more of it.
  private endRound(now: number): void {
    const millis = now - this.roundStartedAt;
    if (millis > slowMillis) this.items = firstItems;
    else if (millis < fastMillis && this.isExhausted) this.items = Math.min(mostItems, this.items * 2);
    this.roundStartedAt = now;
    this.takenInRound = 0;
    this.isExhausted = false;
  }
}
