/**
 * A lock: one word names the owner. While nobody waits, it is taken and released by one exchange of that word. Whoever waits
 * marks the word first, so that the owner finds the mark when it releases, and hands the lock to the first in line.
 */
import type { CoordinationError } from "../../CoordinationError.ts";
import type { BlockingWait, Held, LockEngine, OptionsOf, Pending, Settle } from "../engine.ts";
import { flagOf, Line, newsOf, takeSlot, tokenOf, unitOf } from "./line.ts";
import { type Opened, SharedObject } from "./object.ts";
import { freedAt, type Layout, none, ownPublic, ownWords, Region, wordsFor } from "./region.ts";
import { ended, type Enrolled, served, waitBlocking, waitOnLoop, waits, type Wish } from "./waiting.ts";
import { makeBuffer, SharedWords } from "./words.ts";

const ownerAt = ownPublic;
const tokenAt = ownWords;
/** The slot in which the owner waited, if it did; it is given back with the lock. */
const ownersSlotAt = ownWords + 1;
const lineAt = ownWords + 2;

const layout: Layout = { logEntries: 32 };

const nobody = 0;
const abandoned = -1;
const freed = -2;
const someoneWaits = 1;
const nameOf = (unit: number): number => (unit + 1) << 1;
const isOwned = (word: number): boolean => word !== nobody && word !== abandoned && word !== freed;

const granted = 1;
const dismissed = 2;

/** A lock in shared memory. */
export class SharedLock extends SharedObject implements LockEngine {
  readonly kind = "Lock";
  private readonly line: Line;

  constructor(opened: Opened) {
    super(opened, layout);
    this.line = new Line(this.region, lineAt);
  }

  tryAcquire(unit: number): Held | undefined {
    const { words } = this.region;
    const seen = words.compareExchange(ownerAt, nobody, nameOf(unit));
    if (seen === nobody) return { token: this.nextToken(), abandoned: false };
    if (seen === abandoned && words.compareExchange(ownerAt, abandoned, nameOf(unit)) === abandoned) {
      return { token: this.nextToken(), abandoned: true };
    }
    if (seen === freed) this.refuseFreed();
    return undefined;
  }

  acquire(unit: number, settle: Settle<Held>): Pending {
    try {
      const held = this.tryAcquire(unit);
      if (held === undefined) return waitOnLoop(this, this.wish(unit), settle);
      settle.done(held);
    } catch (error) {
      settle.failed(error as CoordinationError);
    }
    return ended;
  }

  acquireBlocking(unit: number, wait: BlockingWait): Held {
    return this.trySpinning(unit) ?? waitBlocking(this, this.wish(unit), wait);
  }

  release(unit: number, token: number): void {
    const { words } = this.region;
    const name = nameOf(unit);
    const seen = words.load(ownerAt);
    if ((seen & ~someoneWaits) !== name || words.read(tokenAt) !== token) this.refuseRelease();
    if (seen === name && words.compareExchange(ownerAt, name, nobody) === name) return;
    // From here on it is no longer the caller's, even where the door is opened only later.
    words.write(tokenAt, (token + 1) | 0);
    this.door.surely(() => this.handOn(unit, false));
  }

  giveBack(unit: number, held: Held): void {
    if (!held.abandoned) return this.release(unit, held.token);
    const { words } = this.region;
    if ((words.load(ownerAt) & ~someoneWaits) !== nameOf(unit) || words.read(tokenAt) !== held.token) return;
    words.write(tokenAt, (held.token + 1) | 0);
    this.door.surely(() => this.handOn(unit, true));
  }

  isHeld(): boolean {
    this.refuseFreed();
    return isOwned(this.region.words.load(ownerAt));
  }

  private refuseRelease(): never {
    this.refuseFreed();
    throw this.error("NotOwner", "released by a unit, or with a token, that does not hold it");
  }

  // Whoever owns the lock, and nobody else, has to do with its token.
  private nextToken(): number {
    const { words } = this.region;
    const token = (words.read(tokenAt) + 1) | 0;
    words.write(tokenAt, token);
    return token;
  }

  private trySpinning(unit: number): Held | undefined {
    const { words } = this.region;
    for (let left = words.spins; left > 0; left--) {
      const seen = words.load(ownerAt);
      if (!isOwned(seen)) break;
      if ((seen & someoneWaits) !== 0) return undefined;
    }
    return this.tryAcquire(unit);
  }

  private wish(unit: number): Wish<Held> {
    return {
      enroll: () => this.enroll(unit),
      receive: (slot, news) => this.receive(slot, news),
      withdraw: (slot) => this.withdraw(unit, slot),
    };
  }

  private enroll(unit: number): Enrolled<Held> {
    const { region } = this;
    this.refuseFreed();
    for (;;) {
      const held = this.tryAcquire(unit);
      if (held !== undefined) return served(held);
      const seen = region.words.load(ownerAt);
      if (!isOwned(seen)) continue;
      if (region.words.compareExchange(ownerAt, seen, seen | someoneWaits) === seen) break;
    }
    const slot = takeSlot(region, unit, this.kind);
    this.line.append(slot);
    region.commit();
    return waits(slot);
  }

  private receive(slot: number, news: number): Held {
    const { words } = this.region;
    if (news === dismissed) this.refuseFreed();
    return { token: words.read(slot + tokenOf), abandoned: words.read(slot + flagOf) === 1 };
  }

  private withdraw(unit: number, slot: number): void {
    const { region } = this;
    const { words } = region;
    if (words.load(freedAt) !== 0) return;
    if (words.read(ownersSlotAt) === slot) {
      return this.handOn(unit, words.read(slot + flagOf) === 1);
    }
    this.line.remove(slot);
    region.give(slot, slot);
    region.commit();
  }

  /** Inside: from an owner whose word is marked, or may be marked. */
  private handOn(owner: number, wasAbandoned: boolean): void {
    const { region } = this;
    const { words } = region;
    if ((words.load(ownerAt) & ~someoneWaits) !== nameOf(owner)) return;
    const ownersSlot = words.read(ownersSlotAt);
    const next = this.line.first();
    if (ownersSlot !== none) region.give(ownersSlot, ownersSlot);
    region.set(ownersSlotAt, next);
    if (next !== none) this.grant(next, wasAbandoned);
    region.commit();
    if (next === none) words.store(ownerAt, wasAbandoned ? abandoned : nobody);
    else this.door.tell(next + newsOf, granted);
  }

  private grant(slot: number, wasAbandoned: boolean): void {
    const { region } = this;
    const { words } = region;
    const token = (words.read(tokenAt) + 1) | 0;
    // Of no meaning while it waits, so this needs no log, which would be one more line of memory to go from core to core.
    words.write(slot + tokenOf, token);
    words.write(slot + flagOf, wasAbandoned ? 1 : 0);
    this.line.remove(slot);
    region.set(tokenAt, token);
    // Marked even if nobody else waits: its slot is to be given back inside.
    region.set(ownerAt, nameOf(words.read(slot + unitOf)) | someoneWaits);
  }

  protected bury(unit: number): void {
    const { region } = this;
    const { words } = region;
    if (words.load(freedAt) !== 0) return this.dismiss();
    for (const slot of this.line.slots()) {
      if (words.read(slot + unitOf) !== unit) continue;
      this.line.remove(slot);
      region.give(slot, slot);
      region.commit();
    }
    this.handOn(unit, true);
  }

  protected dismiss(): void {
    const { region } = this;
    region.words.store(ownerAt, freed);
    for (const slot of this.line.slots()) this.door.tell(slot + newsOf, dismissed);
  }

  protected servedSlots(): ReadonlyArray<number> {
    const slot = this.region.words.read(ownersSlotAt);
    return slot === none ? [] : [slot];
  }

  protected newsFor(_slot: number): number {
    return granted;
  }
}

/** Memory for a lock. */
export const createLock = (options: OptionsOf["Lock"]): SharedArrayBuffer => {
  const buffer = makeBuffer(wordsFor(layout, 8), wordsFor(layout, options.maxWaiters + 1));
  new Region(new SharedWords(buffer), layout).prepare();
  return buffer;
};
