/**
 * A barrier: the last to come moves the whole line to those who have passed, by one change, and tells them.
 */
import type { BarrierEngine, BlockingWait, OptionsOf, Pending, Settle } from "../engine.ts";
import { Line, newsOf, takeSlot, unitOf, wishOf } from "./line.ts";
import { type Opened, SharedObject } from "./object.ts";
import { freedAt, type Layout, ownPublic, ownWords, Region, wordsFor } from "./region.ts";
import { type Enrolled, served, waitBlocking, waitOnLoop, waits, type Wish } from "./waiting.ts";
import { makeBuffer, SharedWords } from "./words.ts";

const countAt = ownPublic;
const brokenAt = ownPublic + 1;
const partiesAt = ownPublic + 2;
/** What those who left the line last were told, or are to be told. */
const outcomeAt = ownWords;
const waitingAt = ownWords + 1;
const leavingAt = ownWords + 3;

const layout: Layout = { logEntries: 32 };

const passed = 1;
const broken = 2;
const dismissed = 3;

/** A barrier in shared memory. */
export class SharedBarrier extends SharedObject implements BarrierEngine {
  readonly kind = "Barrier";
  private readonly waiters: Line;
  private readonly leaving: Line;

  constructor(opened: Opened) {
    super(opened, layout);
    this.waiters = new Line(this.region, waitingAt);
    this.leaving = new Line(this.region, leavingAt);
  }

  parties(): number {
    return this.region.words.load(partiesAt);
  }

  waiting(): number {
    this.refuseFreed();
    return this.region.words.load(countAt);
  }

  isBroken(): boolean {
    this.refuseFreed();
    return this.region.words.load(brokenAt) === 1;
  }

  wait(unit: number, settle: Settle<number>): Pending {
    return waitOnLoop(this, this.wish(unit), settle);
  }

  waitBlocking(unit: number, wait: BlockingWait): number {
    return waitBlocking(this, this.wish(unit), wait);
  }

  reset(): void {
    this.refuseFreed();
    this.door.surely(() => this.release(broken, 0));
  }

  breakUp(): void {
    this.refuseFreed();
    this.door.surely(() => this.release(broken, 1));
  }

  private wish(unit: number): Wish<number> {
    return {
      enroll: () => this.enroll(unit),
      receive: (slot, news) => this.receive(slot, news),
      withdraw: (slot) => this.withdraw(slot),
      turnBack: () => this.release(broken, 1),
    };
  }

  private refuseBroken(): never {
    throw this.error("Broken", "somebody who waited gave up or died, or it was reset; mend it by reset");
  }

  private enroll(unit: number): Enrolled<number> {
    const { region } = this;
    const { words } = region;
    this.refuseFreed();
    if (words.load(brokenAt) === 1) this.refuseBroken();
    const place = words.load(countAt);
    if (place + 1 === words.load(partiesAt)) {
      this.release(passed, 0);
      return served(place);
    }
    const slot = takeSlot(region, unit, this.kind);
    words.write(slot + wishOf, place);
    this.waiters.append(slot);
    region.set(countAt, place + 1);
    region.commit();
    return waits(slot);
  }

  /** Inside: all who wait go. One change, so all of them learn the same. */
  private release(outcome: number, isBroken: number): void {
    const { region } = this;
    if (region.words.load(freedAt) !== 0) return;
    const slots = this.waiters.slots();
    this.waiters.moveTo(this.leaving);
    region.set(outcomeAt, outcome);
    region.set(countAt, 0);
    region.set(brokenAt, isBroken);
    region.commit();
    for (const slot of slots) this.door.tell(slot + newsOf, outcome);
  }

  private receive(slot: number, news: number): number {
    const { words } = this.region;
    const place = words.read(slot + wishOf);
    if (news === dismissed) this.refuseFreed();
    this.door.soon(() => this.leave(slot));
    if (news === broken) this.refuseBroken();
    return place;
  }

  private leave(slot: number): void {
    const { region } = this;
    if (region.words.load(freedAt) !== 0) return;
    this.leaving.remove(slot);
    region.give(slot, slot);
    region.commit();
  }

  private withdraw(slot: number): void {
    const { words } = this.region;
    if (words.load(freedAt) !== 0) return;
    if (words.load(slot + newsOf) === 0) this.release(broken, 1);
    this.leave(slot);
  }

  protected bury(unit: number): void {
    const { words } = this.region;
    if (words.load(freedAt) !== 0) return this.dismiss();
    const isOfUnit = (slot: number): boolean => words.read(slot + unitOf) === unit;
    if (this.waiters.slots().some(isOfUnit)) this.release(broken, 1);
    for (const slot of this.leaving.slots().filter(isOfUnit)) this.leave(slot);
  }

  protected dismiss(): void {
    for (const slot of this.waiters.slots()) this.door.tell(slot + newsOf, dismissed);
  }

  protected servedSlots(): ReadonlyArray<number> {
    return this.leaving.slots();
  }

  protected newsFor(_slot: number): number {
    return this.region.words.read(outcomeAt);
  }
}

/** Memory for a barrier. */
export const createBarrier = (options: OptionsOf["Barrier"]): SharedArrayBuffer => {
  // A party may be in line again while others of the same round have not gone yet.
  const buffer = makeBuffer(wordsFor(layout, 8), wordsFor(layout, 4 * options.parties + 64));
  const words = new SharedWords(buffer);
  new Region(words, layout).prepare();
  words.write(partiesAt, options.parties);
  return buffer;
};
