/**
 * The queue of calls that wait for a place: the first of the highest priority, with aging, every operation in
 * constant time.
 *
 * There is one list per priority and depth, and the calls themselves are its nodes: cancelling one of a million
 * costs the same as cancelling the only one, and taking one looks at the heads of at most 21 lists.
 *
 * @since 0.1.0
 */

/**
 * What a queued item carries for the queue; only the queue writes it. Spread {@link unlinked} to make it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Links<T> {
  previous: T | undefined;
  next: T | undefined;
  /** The list that it waits in; nothing while it does not wait. */
  list: List<T> | undefined;
  addedAtMillis: number;
  order: number;
}

/**
 * What the queue orders by.
 *
 * @category models
 * @since 0.1.0
 */
export interface Rank {
  /** A whole number from -10 to 10; higher first. */
  readonly priority: number;
  /** How many calls stand above this one. Nested calls go before all others, the deepest first. */
  readonly depth: number;
}

/**
 * The lowest and the highest priority.
 *
 * @category constants
 * @since 0.1.0
 */
export const priorities = { lowest: -10, highest: 10 } as const;

/**
 * The links of an item that does not wait.
 *
 * @category constructors
 * @since 0.1.0
 */
export const unlinked = (): Links<never> => ({
  previous: undefined,
  next: undefined,
  list: undefined,
  addedAtMillis: 0,
  order: 0,
});

/**
 * The items of one priority and depth, in the order in which they were added.
 *
 * @category models
 * @since 0.1.0
 */
export interface List<T> {
  readonly levels: Levels<T>;
  readonly level: number;
  first: T | undefined;
  last: T | undefined;
}

/**
 * The lists of one depth. `occupied` has a bit for each list that is not empty.
 *
 * @category models
 * @since 0.1.0
 */
export interface Levels<T> {
  readonly depth: number;
  readonly lists: Array<List<T> | undefined>;
  occupied: number;
}

const levelOf = (priority: number): number =>
  Math.min(Math.max(Math.trunc(priority) || 0, priorities.lowest), priorities.highest) - priorities.lowest;

/**
 * A queue of items that carry their own links.
 *
 * **Ordering**
 *
 * Nested items first, the deepest before the others. Within a depth the highest priority first, where an item counts
 * one priority higher for each `agingMillis` that it has waited; of equals, the one that was added first. So items of
 * one priority and depth are first in, first out, and none waits for ever behind later ones of its depth.
 *
 * **Details**
 *
 * Time is passed in and must not go backwards.
 *
 * @category models
 * @since 0.1.0
 */
export class DispatchQueue<T extends Links<T> & Rank> {
  size = 0;
  private readonly agingMillis: number;
  private readonly depths: Array<Levels<T> | undefined> = [];
  private lastOrder = 0;

  constructor(agingMillis: number) {
    this.agingMillis = agingMillis;
  }

  /** Adds an item behind those of its priority and depth. */
  add(item: T, nowMillis: number): void {
    item.addedAtMillis = nowMillis;
    item.order = ++this.lastOrder;
    this.link(item, this.listOf(item), undefined);
  }

  /** The item whose turn it is, if there is one; it goes on waiting. */
  first(nowMillis: number): T | undefined {
    if (this.size === 0) return undefined;
    let depth = this.depths.length - 1;
    while ((this.depths[depth]?.occupied ?? 0) === 0) depth--;
    return this.foremost(this.depths[depth] as Levels<T>, nowMillis);
  }

  /** Takes the item whose turn it is, if there is one. */
  take(nowMillis: number): T | undefined {
    const item = this.first(nowMillis);
    if (item !== undefined) this.remove(item);
    return item;
  }

  /**
   * Puts an item back that was taken, to its old place: as if it had waited all the time. Of several the last one first:
   * then each is put at the head of its list, in constant time.
   */
  restore(item: T): void {
    const list = this.listOf(item);
    let next = list.first;
    while (next !== undefined && next.order < item.order) next = next.next;
    this.link(item, list, next);
  }

  /** Removes an item wherever it is; false when it does not wait. */
  remove(item: T): boolean {
    const { list, next, previous } = item;
    if (list === undefined) return false;
    if (previous === undefined) list.first = next;
    else previous.next = next;
    if (next === undefined) list.last = previous;
    else next.previous = previous;
    if (list.first === undefined) this.vacate(list);
    item.previous = undefined;
    item.next = undefined;
    item.list = undefined;
    this.size--;
    return true;
  }

  /** All items, in no particular order. The queue must not change on the way. */
  *[Symbol.iterator](): Iterator<T> {
    for (const levels of this.depths) {
      for (const list of levels?.lists ?? []) {
        for (let item = list?.first; item !== undefined; item = item.next) yield item;
      }
    }
  }

  // The head of a list has waited longest, so it counts highest there: comparing the heads is enough.
  private foremost({ lists, occupied }: Levels<T>, nowMillis: number): T {
    let best: T | undefined;
    let bestRank = Number.NEGATIVE_INFINITY;
    for (let left = occupied; left !== 0;) {
      const level = 31 - Math.clz32(left);
      left ^= 1 << level;
      const head = lists[level]?.first as T;
      // Everything waits at one level.
      if (best === undefined && left === 0) return head;
      const rank = level + this.ages(nowMillis - head.addedAtMillis);
      if (best === undefined || rank > bestRank || (rank === bestRank && head.order < best.order)) {
        best = head;
        bestRank = rank;
      }
    }
    return best as T;
  }

  private listOf({ depth, priority }: T): List<T> {
    const levels = (this.depths[depth] ??= { depth, lists: [], occupied: 0 });
    const level = levelOf(priority);
    return (levels.lists[level] ??= { levels, level, first: undefined, last: undefined });
  }

  private link(item: T, list: List<T>, next: T | undefined): void {
    const previous = next === undefined ? list.last : next.previous;
    item.list = list;
    item.previous = previous;
    item.next = next;
    if (previous === undefined) list.first = item;
    else previous.next = item;
    if (next === undefined) list.last = item;
    else next.previous = item;
    list.levels.occupied |= 1 << list.level;
    this.size++;
  }

  private ages(waitedMillis: number): number {
    return waitedMillis <= 0 ? 0 : Math.floor(waitedMillis / this.agingMillis);
  }

  private vacate({ level, levels }: List<T>): void {
    levels.occupied &= ~(1 << level);
  }
}
