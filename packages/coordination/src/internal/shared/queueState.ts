/**
 * What is inside a queue's door: its items, its lines, and how they are served. Each step is one change; after a death in between,
 * `serveAll` goes on where it ended.
 */
import { CoordinationError } from "../../CoordinationError.ts";
import type { OptionsOf } from "../engine.ts";
import { doubleOf, halvesOf, type Packed } from "./codec.ts";
import type { Door } from "./door.ts";
import { Items } from "./items.ts";
import { firstOf, lastOf, Line, newsOf, noNews, stateOf, takeSlot, unitOf, wishOf } from "./line.ts";
import { type Layout, nextOf, none, ownPublic, ownWords, type Region } from "./region.ts";
import { ChainStore, HeapStore, type Store } from "./stores.ts";

const countAt = ownPublic;
export const endedAt = ownPublic + 1;
/** Two words each: numbers beyond 32 bits. */
const capacityAt = ownWords;
const nextOrderAt = ownWords + 2;
const frontOrderAt = ownWords + 4;
const storeAt = ownWords + 6;
const takersAt = ownWords + 8;
const offerersAt = ownWords + 10;
const servedAt = ownWords + 12;
const kindAt = ownWords + 14;

/** News of slots. */
const granted = 1;
export const endedNews = 2;
export const dismissed = 3;
/** Taken: what was in the slot is not put back any more. */
export const received = 4;
/** An offer that was given up. */
export const revoked = 5;

const stillWaits = 0;

const orders: ReadonlyArray<OptionsOf["Queue"]["order"]> = ["fifo", "lifo", "priority"];

// A change of a heap writes up to six words for each doubling of its size.
export const layoutOf = (order: OptionsOf["Queue"]["order"]): Layout => ({
  logEntries: order === "priority" ? 224 : 32,
});

/** Writes what does not change. */
export const prepareQueue = (region: Region, options: OptionsOf["Queue"]): void => {
  const { words } = region;
  const [low, high] = halvesOf(options.capacity);
  words.write(capacityAt, low);
  words.write(capacityAt + 1, high);
  words.write(kindAt, orders.indexOf(options.order));
};

export const orderIn = (read: (at: number) => number): OptionsOf["Queue"]["order"] =>
  orders[read(kindAt)] as OptionsOf["Queue"]["order"];

/** What a unit offers. */
export interface Offer {
  readonly packed: Packed;
  /** Which of the packed values: from the first, so many. */
  readonly count: number;
  readonly priority: (index: number) => number;
  /** Back to the front. */
  readonly isInFront: boolean;
}

/** A queue's memory, inside the door. */
export class QueueState {
  readonly region: Region;
  readonly items: Items;
  readonly store: Store;
  readonly takers: Line;
  readonly offerers: Line;
  readonly served: Line;
  private readonly door: Door;
  private readonly isStack: boolean;

  constructor(region: Region, door: Door, order: OptionsOf["Queue"]["order"]) {
    this.region = region;
    this.door = door;
    this.isStack = order === "lifo";
    this.items = new Items(region, order === "priority");
    this.store =
      order === "priority"
        ? new HeapStore(region, this.items, storeAt)
        : new ChainStore(region, this.items, storeAt, this.isStack);
    this.takers = new Line(region, takersAt);
    this.offerers = new Line(region, offerersAt);
    this.served = new Line(region, servedAt);
  }

  get count(): number {
    return this.region.words.load(countAt);
  }

  get isEnded(): boolean {
    return this.region.words.load(endedAt) === 1;
  }

  capacity(): number {
    const { words } = this.region;
    return doubleOf(words.read(capacityAt), words.read(capacityAt + 1));
  }

  /** How many more there is room for and nobody waits in front of. */
  room(): number {
    return this.offerers.first() === none ? Math.max(0, this.capacity() - this.count) : 0;
  }

  /** Puts all of them in. */
  add(offer: Offer): void {
    const { region, store } = this;
    const first = region.take(this.cellsFor(offer));
    if (first === none) this.refuseFull();
    const last = this.write(first, offer);
    region.set(countAt, this.count + offer.count);
    store.accept(first, last, offer.isInFront);
    region.commit();
    this.serveAll();
  }

  /** A slot in the line of those who offer, with what they offer. */
  waitToOffer(unit: number, offer: Offer): number {
    const { region } = this;
    const { words } = region;
    // The first cell is for the slot.
    const slot = region.take(1 + this.cellsFor(offer));
    if (slot === none) this.refuseFull();
    const first = words.read(slot + nextOf);
    this.prepareSlot(slot, unit, offer.count);
    words.write(slot + firstOf, first);
    words.write(slot + lastOf, this.write(first, offer));
    this.offerers.append(slot);
    region.commit();
    return slot;
  }

  /** A slot in the line of those who take. */
  waitToTake(unit: number, most: number): number {
    const slot = takeSlot(this.region, unit, "Queue");
    this.prepareSlot(slot, unit, most);
    this.takers.append(slot);
    this.region.commit();
    return slot;
  }

  private prepareSlot(slot: number, unit: number, wish: number): void {
    const { words } = this.region;
    words.store(slot + newsOf, noNews);
    words.write(slot + unitOf, unit);
    words.write(slot + wishOf, wish);
    words.write(slot + stateOf, stillWaits);
    words.write(slot + firstOf, none);
    words.write(slot + lastOf, none);
  }

  private refuseFull(): never {
    throw new CoordinationError("Queue", "Exhausted", "its memory is full; make it with more `maxBytes`");
  }

  private cellsFor({ packed, count }: Offer): number {
    let cells = 0;
    for (let index = 0; index < count; index++) {
      cells += this.items.cells((packed.starts[index + 1] as number) - (packed.starts[index] as number));
    }
    return cells;
  }

  /** Writes values into cells that are linked, in the order in which they are taken. Gives the last cell. */
  private write(first: number, offer: Offer): number {
    const { region } = this;
    const { words } = region;
    const { count, isInFront, packed } = offer;
    const isBackward = this.isStack && !isInFront;
    const begin = this.firstOrder(count, isInFront && !this.isStack);
    let item = first;
    let last = first;
    for (let place = 0; place < count; place++) {
      const index = isBackward ? count - 1 - place : place;
      const order = begin + (this.isStack ? count - 1 - place : place);
      last = this.items.write(item, packed, index, { order, priority: offer.priority(index) });
      item = words.read(last + nextOf);
    }
    return last;
  }

  /** Numbers for that many, as part of a change: behind all others, or before all others. */
  private firstOrder(count: number, isInFront: boolean): number {
    const { region } = this;
    const at = isInFront ? frontOrderAt : nextOrderAt;
    const before = doubleOf(region.words.read(at), region.words.read(at + 1));
    const after = isInFront ? before - count : before + count;
    const [low, high] = halvesOf(after);
    region.set(at, low);
    region.set(at + 1, high);
    return isInFront ? after : before;
  }

  /** Takes up to so many from the front, into memory of this unit. */
  take(most: number, into: Packed, priorities?: Array<number>): void {
    const { items, region, store } = this;
    const each = (item: number): number => {
      priorities?.push(items.priority(item));
      return items.read(item, into);
    };
    for (let left = Math.min(most, this.count); left > 0;) {
      const cut = store.cut(left, each);
      region.set(countAt, this.count - cut.count);
      region.give(cut.first, cut.last);
      region.commit();
      left -= cut.count;
    }
    this.serveAll();
  }

  /** Serves both lines as far as that goes. Also makes what a unit that died had left to do. */
  serveAll(): void {
    this.store.tidy();
    while (this.serveTaker() || this.serveOfferer()) this.store.tidy();
    if (!this.isEnded) return;
    for (const slot of this.offerers.slots()) this.refuse(this.offerers, slot);
    if (this.count > 0) return;
    for (const slot of this.takers.slots()) this.refuse(this.takers, slot);
  }

  private leaveLine(line: Line, slot: number, state: number): void {
    line.remove(slot);
    this.served.append(slot);
    this.region.set(slot + stateOf, state);
  }

  private refuse(line: Line, slot: number): void {
    const { region } = this;
    this.leaveLine(line, slot, endedNews);
    region.commit();
    this.door.tell(slot + newsOf, endedNews);
  }

  private serveTaker(): boolean {
    const { region } = this;
    const { words } = region;
    const slot = this.takers.first();
    if (slot === none || this.count === 0) return false;
    let left = Math.min(words.read(slot + wishOf), this.count);
    for (let isFirst = true; left > 0; isFirst = false) {
      const cut = this.store.cut(left, (item) => this.items.last(item));
      if (isFirst) this.leaveLine(this.takers, slot, granted);
      region.set(countAt, this.count - cut.count);
      region.set(cut.last + nextOf, none);
      region.set(isFirst ? slot + firstOf : words.read(slot + lastOf) + nextOf, cut.first);
      region.set(slot + lastOf, cut.last);
      region.commit();
      left -= cut.count;
    }
    this.door.tell(slot + newsOf, granted);
    return true;
  }

  private serveOfferer(): boolean {
    const { region } = this;
    const { words } = region;
    const slot = this.offerers.first();
    if (slot === none) return false;
    const count = words.read(slot + wishOf);
    const fits = !this.isEnded && this.count + count <= this.capacity();
    // It may be told before it is done, since whoever finds it told does it. A unit that gave up gets here first, or not at all.
    const news = fits ? words.compareExchange(slot + newsOf, noNews, granted) : words.load(slot + newsOf);
    const isOver = news === revoked;
    if (!isOver && news !== granted && !fits) return false;
    this.leaveLine(this.offerers, slot, isOver ? revoked : granted);
    if (!isOver) {
      region.set(countAt, this.count + count);
      region.set(slot + firstOf, none);
      this.store.accept(words.read(slot + firstOf), words.read(slot + lastOf), false);
    }
    region.commit();
    if (!isOver) this.door.wake(slot + newsOf);
    return true;
  }

  /** What became of a slot. */
  stateOf(slot: number): number {
    return this.region.words.read(slot + stateOf);
  }

  /** A slot is not used any more, nor what is in it. */
  clean(line: Line, slot: number): void {
    const { region } = this;
    const { words } = region;
    const first = words.read(slot + firstOf);
    line.remove(slot);
    if (first !== none) region.set(slot + nextOf, first);
    region.give(slot, first === none ? slot : words.read(slot + lastOf));
    region.commit();
  }

  /** Nobody waits at a slot any more: what it was given goes back. */
  withdraw(slot: number, line: Line): void {
    const { region, store } = this;
    const { words } = region;
    const state = words.read(slot + stateOf);
    if (state === granted && words.load(slot + newsOf) !== received) {
      for (let item = words.read(slot + firstOf); item !== none; item = words.read(slot + firstOf)) {
        region.set(slot + firstOf, words.read(this.items.last(item) + nextOf));
        region.set(countAt, this.count + 1);
        store.insert(item);
        region.commit();
      }
    }
    this.clean(state === stillWaits ? line : this.served, slot);
    this.serveAll();
  }
}
