/**
 * Where a queue's items are: in a chain from the first to the last to be taken, or by priority in a leftist heap, whose changes are
 * of a bounded number of words.
 */
import { type Items, leftOf, rankOf, rightOf } from "./items.ts";
import { nextOf, none, type Region } from "./region.ts";

/** What a queue needs of either. All is done inside. */
export interface Store {
  /** Items that are linked in the order of the chain; part of a change. */
  readonly accept: (first: number, last: number, isInFront: boolean) => void;
  /** After the change of `accept`, and after a death: makes what is left of it. */
  readonly tidy: () => void;
  /** One item, where its order says; part of a change. */
  readonly insert: (item: number) => void;
  readonly first: () => number;
  /** Takes up to `count` items from the front, as part of a change; `each` is told of them in order, and gives their last cell. */
  readonly cut: (count: number, each: (item: number) => number) => Cut;
}

/** What was taken. Its last cell is linked to anything. */
export interface Cut {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** First in, first out; or last in, first out. */
export class ChainStore implements Store {
  private readonly region: Region;
  private readonly items: Items;
  private readonly at: number;
  private readonly isStack: boolean;

  constructor(region: Region, items: Items, at: number, isStack: boolean) {
    this.region = region;
    this.items = items;
    this.at = at;
    this.isStack = isStack;
  }

  first(): number {
    return this.region.words.read(this.at);
  }

  accept(first: number, last: number, isInFront: boolean): void {
    const { at, region } = this;
    const head = this.first();
    if (isInFront || this.isStack) {
      region.set(last + nextOf, head);
      region.set(at, first);
      if (head === none) region.set(at + 1, last);
      return;
    }
    region.set(last + nextOf, none);
    region.set(head === none ? at : region.words.read(at + 1) + nextOf, first);
    region.set(at + 1, last);
  }

  tidy(): void {}

  insert(item: number): void {
    const { at, items, region } = this;
    const order = items.order(item);
    const last = items.last(item);
    let before = none;
    let next = this.first();
    // What is put back was at the front a moment ago.
    while (next !== none && this.isStack === items.order(next) > order) {
      before = items.last(next);
      next = region.words.read(before + nextOf);
    }
    region.set(last + nextOf, next);
    region.set(before === none ? at : before + nextOf, item);
    if (next === none) region.set(at + 1, last);
  }

  cut(count: number, each: (item: number) => number): Cut {
    const { at, region } = this;
    const first = this.first();
    let next = first;
    let last = none;
    let found = 0;
    while (found < count && next !== none) {
      last = each(next);
      next = region.words.read(last + nextOf);
      found++;
    }
    region.set(at, next);
    if (next === none) region.set(at + 1, none);
    return { first, last, count: found };
  }
}

/** The highest priority first; of one priority, the least order. */
export class HeapStore implements Store {
  private readonly region: Region;
  private readonly items: Items;
  private readonly rootAt: number;
  private readonly inboxAt: number;

  constructor(region: Region, items: Items, at: number) {
    this.region = region;
    this.items = items;
    this.rootAt = at;
    this.inboxAt = at + 1;
  }

  first(): number {
    return this.region.words.read(this.rootAt);
  }

  // Each item is a change of its own: those that are still to be inserted are in the inbox.
  accept(first: number, last: number): void {
    this.region.set(last + nextOf, none);
    this.region.set(this.inboxAt, first);
  }

  tidy(): void {
    const { inboxAt, items, region } = this;
    for (let item = region.words.read(inboxAt); item !== none; item = region.words.read(inboxAt)) {
      region.set(inboxAt, region.words.read(items.last(item) + nextOf));
      this.insert(item);
      region.commit();
    }
  }

  insert(item: number): void {
    const { words } = this.region;
    // It is in no heap yet, so nobody minds.
    words.write(item + leftOf, none);
    words.write(item + rightOf, none);
    words.write(item + rankOf, 1);
    this.region.set(this.rootAt, this.merge(this.first(), item));
  }

  cut(_count: number, each: (item: number) => number): Cut {
    const { words } = this.region;
    const first = this.first();
    const last = each(first);
    this.region.set(this.rootAt, this.merge(words.read(first + leftOf), words.read(first + rightOf)));
    return { first, last, count: 1 };
  }

  private isBefore(one: number, other: number): boolean {
    const { items } = this;
    const ofOne = items.priority(one);
    const ofOther = items.priority(other);
    return ofOne === ofOther ? items.order(one) < items.order(other) : ofOne > ofOther;
  }

  private rank(node: number): number {
    return node === none ? 0 : this.region.words.read(node + rankOf);
  }

  /** As part of a change. Goes down the right sides of both, which are short, and links them anew from below. */
  private merge(one: number, other: number): number {
    const { region } = this;
    const passed: Array<number> = [];
    let [first, second] = [one, other];
    while (first !== none && second !== none) {
      if (this.isBefore(second, first)) [first, second] = [second, first];
      passed.push(first);
      first = region.words.read(first + rightOf);
    }
    let below = first === none ? second : first;
    let rankBelow = this.rank(below);
    for (const node of passed.toReversed()) {
      const left = region.words.read(node + leftOf);
      const rankLeft = this.rank(left);
      const isInOrder = rankLeft >= rankBelow;
      region.set(node + leftOf, isInOrder ? left : below);
      region.set(node + rightOf, isInOrder ? below : left);
      const rank = Math.min(rankLeft, rankBelow) + 1;
      region.set(node + rankOf, rank);
      [below, rankBelow] = [node, rank];
    }
    return below;
  }
}
