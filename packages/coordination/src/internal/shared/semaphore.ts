/**
 * A semaphore: permits that are free, and a slot for each who holds some or waits for some. All of it is changed inside.
 */
import type { BlockingWait, Held, OptionsOf, Pending, SemaphoreEngine, Settle } from "../engine.ts";
import { flagOf, Line, newsOf, takeSlot, tokenOf, unitOf, wishOf } from "./line.ts";
import { type Opened, SharedObject } from "./object.ts";
import { cellWords, freedAt, type Layout, ownPublic, ownWords, Region, wordsFor } from "./region.ts";
import { type Enrolled, served, waitBlocking, waitOnLoop, waits, type Wish } from "./waiting.ts";
import { makeBuffer, SharedWords } from "./words.ts";

const availableAt = ownPublic;
const tokenAt = ownWords;
/** Somebody died with permits, and nobody was told yet. */
const abandonedAt = ownWords + 1;
const waitingAt = ownWords + 2;
const heldAt = ownWords + 4;

const layout: Layout = { logEntries: 32 };

const granted = 1;
const dismissed = 2;

/** How many may hold permits at once, as far as memory is set aside for. */
const mostHolders = 65_536;

// A token is the number of the holder's slot and a number that no other holder of that slot has had for 2^32 grants.
const slotCount = 2 ** 21;
const tokenOfSlot = (slot: number, serial: number): number => (serial >>> 0) * slotCount + slot / cellWords;
const slotOfToken = (token: number): number => (token % slotCount) * cellWords;
const serialOfToken = (token: number): number => Math.floor(token / slotCount) | 0;

/** A semaphore in shared memory. */
export class SharedSemaphore extends SharedObject implements SemaphoreEngine {
  readonly kind = "Semaphore";
  private readonly waiting: Line;
  private readonly held: Line;

  constructor(opened: Opened) {
    super(opened, layout);
    this.waiting = new Line(this.region, waitingAt);
    this.held = new Line(this.region, heldAt);
  }

  available(): number {
    this.refuseFreed();
    return this.region.words.load(availableAt);
  }

  tryAcquire(unit: number, permits: number): Held | undefined {
    this.refuseFreed();
    if (this.region.words.load(availableAt) < permits) return undefined;
    let held: Held | undefined;
    this.door.now(() => {
      this.refuseFreed();
      held = this.takeNow(unit, permits);
    });
    return held;
  }

  acquire(unit: number, permits: number, settle: Settle<Held>): Pending {
    return waitOnLoop(this, this.wish(unit, permits), settle);
  }

  acquireBlocking(unit: number, permits: number, wait: BlockingWait): Held {
    return waitBlocking(this, this.wish(unit, permits), wait);
  }

  release(unit: number, token: number): void {
    this.surrender(unit, token, false);
  }

  giveBack(unit: number, held: Held): void {
    this.surrender(unit, held.token, held.abandoned);
  }

  private surrender(unit: number, token: number, wasAbandoned: boolean): void {
    const { words } = this.region;
    this.refuseFreed();
    const slot = slotOfToken(token);
    // Nobody but this unit changes a slot that it holds, so it can look at it from outside.
    const isMine =
      this.region.hasCell(slot) &&
      words.read(slot + unitOf) === unit &&
      words.read(slot + tokenOf) === serialOfToken(token) &&
      words.load(slot + newsOf) === granted;
    if (!isMine) throw this.error("NotOwner", "released by a unit, or with a token, that does not hold it");
    // From here on it is no longer the caller's, even where the door is opened only later.
    words.store(slot + newsOf, dismissed);
    this.door.surely(() => this.drop(slot, wasAbandoned));
  }

  private wish(unit: number, permits: number): Wish<Held> {
    return {
      enroll: () => this.enroll(unit, permits),
      receive: (slot, news) => this.receive(slot, news),
      withdraw: (slot) => this.withdraw(slot),
    };
  }

  private enroll(unit: number, permits: number): Enrolled<Held> {
    this.refuseFreed();
    const held = this.takeNow(unit, permits);
    if (held !== undefined) return served(held);
    const { region } = this;
    const slot = takeSlot(region, unit, this.kind);
    region.words.write(slot + wishOf, permits);
    this.waiting.append(slot);
    region.commit();
    return waits(slot);
  }

  private takeNow(unit: number, permits: number): Held | undefined {
    const { region } = this;
    const { words } = region;
    const available = words.load(availableAt);
    if (this.waiting.first() !== 0 || available < permits) return undefined;
    const slot = takeSlot(region, unit, this.kind);
    words.write(slot + wishOf, permits);
    words.store(slot + newsOf, granted);
    this.held.append(slot);
    return this.grant(slot, available - permits);
  }

  private grant(slot: number, left: number): Held {
    const { region } = this;
    const { words } = region;
    const serial = (words.read(tokenAt) + 1) | 0 || 1;
    const wasAbandoned = words.read(abandonedAt);
    region.set(availableAt, left);
    region.set(tokenAt, serial);
    region.set(abandonedAt, 0);
    region.set(slot + tokenOf, serial);
    region.set(slot + flagOf, wasAbandoned);
    region.commit();
    return { token: tokenOfSlot(slot, serial), abandoned: wasAbandoned === 1 };
  }

  private receive(slot: number, news: number): Held {
    const { words } = this.region;
    if (news === dismissed) this.refuseFreed();
    const token = tokenOfSlot(slot, words.read(slot + tokenOf));
    return { token, abandoned: words.read(slot + flagOf) === 1 };
  }

  private withdraw(slot: number): void {
    const { words } = this.region;
    if (words.load(freedAt) !== 0) return;
    if (words.read(slot + tokenOf) !== 0) return this.drop(slot, words.read(slot + flagOf) === 1);
    this.forget(slot);
    this.grantAll();
  }

  /** Inside: a holder's permits are free again. */
  private drop(slot: number, wasAbandoned: boolean): void {
    const { region } = this;
    const { words } = region;
    if (words.load(freedAt) !== 0) return;
    this.held.remove(slot);
    region.set(availableAt, words.load(availableAt) + words.read(slot + wishOf));
    if (wasAbandoned) region.set(abandonedAt, 1);
    region.set(slot + tokenOf, 0);
    region.give(slot, slot);
    region.commit();
    this.grantAll();
  }

  private forget(slot: number): void {
    this.waiting.remove(slot);
    this.region.give(slot, slot);
    this.region.commit();
  }

  private grantAll(): void {
    const { words } = this.region;
    for (;;) {
      const slot = this.waiting.first();
      const left = words.load(availableAt) - words.read(slot + wishOf);
      if (slot === 0 || left < 0) return;
      this.waiting.remove(slot);
      this.held.append(slot);
      this.grant(slot, left);
      this.door.tell(slot + newsOf, granted);
    }
  }

  protected bury(unit: number): void {
    const { words } = this.region;
    if (words.load(freedAt) !== 0) return this.dismiss();
    const isOfUnit = (slot: number): boolean => words.read(slot + unitOf) === unit;
    for (const slot of this.waiting.slots().filter(isOfUnit)) this.forget(slot);
    for (const slot of this.held.slots().filter(isOfUnit)) this.drop(slot, true);
    this.grantAll();
  }

  protected dismiss(): void {
    for (const slot of this.waiting.slots()) this.door.tell(slot + newsOf, dismissed);
  }

  protected servedSlots(): ReadonlyArray<number> {
    return this.held.slots();
  }

  protected newsFor(_slot: number): number {
    return granted;
  }
}

/** Memory for a semaphore. */
export const createSemaphore = (options: OptionsOf["Semaphore"]): SharedArrayBuffer => {
  const holders = Math.min(options.permits, mostHolders);
  const buffer = makeBuffer(wordsFor(layout, 8), wordsFor(layout, options.maxWaiters + holders));
  const words = new SharedWords(buffer);
  new Region(words, layout).prepare();
  words.write(availableAt, options.permits);
  return buffer;
};
