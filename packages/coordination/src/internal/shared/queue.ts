/**
 * A queue: a store of items, a line of those who take, and one of those who offer, with what they offer. Values are encoded and decoded
 * outside the door.
 */
import type { CoordinationError } from "../../CoordinationError.ts";
import type { BlockingWait, OptionsOf, Pending, QueueEngine, Settle, Taken, Tools } from "../engine.ts";
import { Packed } from "./codec.ts";
import { firstOf, type Line, newsOf, unitOf } from "./line.ts";
import { type Opened, SharedObject } from "./object.ts";
import * as State from "./queueState.ts";
import { cellWords, freedAt, nextOf, none, Region, wordsFor } from "./region.ts";
import {
  ended,
  type Enrolled,
  served,
  servedWith,
  waitBlocking,
  waitOnLoop,
  waits,
  type Wish,
} from "./waiting.ts";
import { makeBuffer, SharedWords } from "./words.ts";

type Order = OptionsOf["Queue"]["order"];

/** A queue in shared memory. */
export class SharedQueue extends SharedObject implements QueueEngine {
  readonly kind = "Queue";
  private readonly state: State.QueueState;
  private readonly tools: Tools;
  private readonly isRanked: boolean;
  /** Memory to encode and decode in, while nobody uses it: what is asked on the way may do the same. */
  private spare: Packed | undefined;

  constructor(opened: Opened, order: Order, tools: Tools) {
    super(opened, State.layoutOf(order));
    this.state = new State.QueueState(this.region, this.door, order);
    this.tools = tools;
    this.isRanked = order === "priority";
  }

  size(): number {
    this.refuseFreed();
    return this.state.count;
  }

  isEnded(): boolean {
    this.refuseFreed();
    return this.state.isEnded;
  }

  tryOffer(_unit: number, values: ReadonlyArray<unknown>, priority: number): number {
    this.refuseClosed();
    const { state } = this;
    const packed = this.pack(this.borrow(), values);
    let count = 0;
    this.door.now(() => {
      this.refuseClosed();
      count = Math.min(state.room(), values.length);
      if (count > 0) state.add({ packed, count, priority: () => priority, isInFront: false });
    });
    this.spare = packed;
    return count;
  }

  offer(unit: number, values: ReadonlyArray<unknown>, priority: number, settle: Settle<void>): Pending {
    try {
      return waitOnLoop(this, this.wishToOffer(unit, values, priority), settle);
    } catch (error) {
      settle.failed(error as CoordinationError);
      return ended;
    }
  }

  offerBlocking(unit: number, values: ReadonlyArray<unknown>, priority: number, wait: BlockingWait): void {
    waitBlocking(this, this.wishToOffer(unit, values, priority), wait);
  }

  tryTake(_unit: number, max: number): Taken {
    this.refuseFreed();
    const { state } = this;
    if (state.count === 0 && !state.isEnded) return { values: [] };
    let value: () => Taken = () => ({ values: [] });
    this.door.now(() => {
      this.refuseFreed();
      if (state.count > 0) value = this.takeNow(max);
      else this.refuseEnded();
    });
    return value();
  }

  take(unit: number, max: number, settle: Settle<Taken>): Pending {
    return waitOnLoop(this, this.wishToTake(unit, max), settle);
  }

  takeBlocking(unit: number, max: number, wait: BlockingWait): Taken {
    return waitBlocking(this, this.wishToTake(unit, max), wait);
  }

  giveBack(_unit: number, taken: Taken): void {
    this.refuseFreed();
    const { values, priorities } = taken;
    if (values.length === 0) return;
    const packed = this.pack(new Packed(this.tools), values);
    const priority = (index: number): number => priorities?.[index] ?? 0;
    this.door.surely(() => {
      if (this.isOver()) return;
      this.state.add({ packed, count: values.length, priority, isInFront: true });
    });
  }

  end(): void {
    this.refuseFreed();
    this.region.words.store(State.endedAt, 1);
    this.door.surely(() => {
      if (!this.isOver()) this.state.serveAll();
    });
  }

  private isOver(): boolean {
    return this.region.words.load(freedAt) !== 0;
  }

  private refuseEnded(): void {
    if (this.state.isEnded) throw this.error("Ended", "it has ended; nothing more comes or goes in");
  }

  private refuseClosed(): void {
    this.refuseFreed();
    this.refuseEnded();
  }

  private borrow(): Packed {
    const packed = this.spare ?? new Packed(this.tools);
    this.spare = undefined;
    packed.clear();
    return packed;
  }

  private unpack(packed: Packed): ReadonlyArray<unknown> {
    const values = packed.values();
    this.spare = packed;
    return values;
  }

  private pack(into: Packed, values: ReadonlyArray<unknown>): Packed {
    into.clear();
    for (const value of values) {
      try {
        into.add(value);
      } catch (cause) {
        throw this.error("BadInput", `a value cannot be sent: ${String(cause)}`);
      }
    }
    return into;
  }

  private wishToOffer(unit: number, values: ReadonlyArray<unknown>, priority: number): Wish<void> {
    const { state } = this;
    const { words } = this.region;
    const packed = this.pack(new Packed(this.tools), values);
    return {
      enroll: () => this.enrollOffer(unit, packed, priority),
      receive: (slot, news) => this.receiveOffer(slot, news),
      withdraw: (slot) => this.withdraw(slot, state.offerers),
      revoke: (slot) => words.compareExchange(slot + newsOf, 0, State.revoked) === 0,
    };
  }

  private enrollOffer(unit: number, packed: Packed, priority: number): Enrolled<void> {
    const { state } = this;
    const { count } = packed;
    this.refuseClosed();
    if (count > state.capacity()) {
      throw this.error("BadInput", `${count} values at once are more than its capacity`);
    }
    const offer: State.Offer = { packed, count, priority: () => priority, isInFront: false };
    if (count > 0 && count > state.room()) return waits(state.waitToOffer(unit, offer));
    if (count > 0) state.add(offer);
    return served(undefined);
  }

  private receiveOffer(slot: number, news: number): void {
    if (news === State.dismissed) return this.refuseFreed();
    this.cleanSoon(slot);
    if (news === State.endedNews) this.refuseEnded();
  }

  private wishToTake(unit: number, max: number): Wish<Taken> {
    return {
      enroll: () => this.enrollTaker(unit, max),
      receive: (slot, news) => this.receiveTaken(slot, news),
      withdraw: (slot) => this.withdraw(slot, this.state.takers),
    };
  }

  private enrollTaker(unit: number, max: number): Enrolled<Taken> {
    const { state } = this;
    this.refuseFreed();
    if (state.count > 0) return servedWith(this.takeNow(max));
    this.refuseEnded();
    return waits(state.waitToTake(unit, max));
  }

  /** Inside: takes; what it gives decodes, outside. */
  private takeNow(max: number): () => Taken {
    const packed = this.borrow();
    const priorities: Array<number> | undefined = this.isRanked ? [] : undefined;
    this.state.take(max, packed, priorities);
    return () => ({ values: this.unpack(packed), priorities });
  }

  private receiveTaken(slot: number, news: number): Taken {
    const { region } = this;
    if (news === State.dismissed) this.refuseFreed();
    if (news === State.endedNews) {
      this.cleanSoon(slot);
      this.refuseEnded();
    }
    const { items } = this.state;
    const priorities: Array<number> | undefined = this.isRanked ? [] : undefined;
    const packed = this.borrow();
    region.refresh();
    for (let item = region.words.read(slot + firstOf); item !== none;) {
      priorities?.push(items.priority(item));
      item = region.words.read(items.read(item, packed) + nextOf);
    }
    // From here on it is this unit's: before, its death would give it back.
    region.words.store(slot + newsOf, State.received);
    this.cleanSoon(slot);
    return { values: this.unpack(packed), priorities };
  }

  private cleanSoon(slot: number): void {
    this.door.soon(() => {
      if (!this.isOver()) this.state.clean(this.state.served, slot);
    });
  }

  private withdraw(slot: number, line: Line): void {
    if (!this.isOver()) this.state.withdraw(slot, line);
  }

  protected bury(unit: number): void {
    const { state } = this;
    const { words } = this.region;
    if (this.isOver()) return this.dismiss();
    const isOfUnit = (slot: number): boolean => words.read(slot + unitOf) === unit;
    // What it had begun to serve comes first: others may know of it.
    state.serveAll();
    for (const line of [state.takers, state.offerers, state.served]) {
      for (const slot of line.slots().filter(isOfUnit)) state.withdraw(slot, line);
    }
  }

  protected dismiss(): void {
    for (const line of [this.state.takers, this.state.offerers]) {
      for (const slot of line.slots()) this.door.tell(slot + newsOf, State.dismissed);
    }
  }

  protected servedSlots(): ReadonlyArray<number> {
    return this.state.served.slots();
  }

  protected newsFor(slot: number): number {
    return this.state.stateOf(slot);
  }
}

/** How a queue's values are ordered, of its memory. */
export const orderOf = (words: SharedWords): Order => State.orderIn((at) => words.read(at));

/** Memory for a queue. */
export const createQueue = (options: OptionsOf["Queue"]): SharedArrayBuffer => {
  const layout = State.layoutOf(options.order);
  const cells = Math.ceil(options.maxBytes / (cellWords * Int32Array.BYTES_PER_ELEMENT)) + options.maxWaiters;
  const buffer = makeBuffer(wordsFor(layout, 64), wordsFor(layout, cells));
  const region = new Region(new SharedWords(buffer), layout);
  region.prepare();
  State.prepareQueue(region, options);
  return buffer;
};
