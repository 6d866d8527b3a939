/**
 * Lines of slots: who waits, in order, and who has been served and has not gone yet. A slot is a cell that names the unit that waits
 * there; the word on which it waits stays 0 until there is news.
 */
import { CoordinationError } from "../../CoordinationError.ts";
import { nextOf, none, type Region } from "./region.ts";

const previousOf = 1;
/** The word that its unit waits on. */
export const newsOf = 2;
export const unitOf = 3;
/** What it waits for, and what it was given, by kind of object. */
export const wishOf = 4;
export const tokenOf = 5;
export const flagOf = 6;
export const stateOf = 7;
export const firstOf = 8;
export const lastOf = 9;

export const noNews = 0;

/** A line in two words of the object: its first and its last slot. */
export class Line {
  readonly at: number;
  private readonly region: Region;

  constructor(region: Region, at: number) {
    this.region = region;
    this.at = at;
  }

  first(): number {
    return this.region.words.read(this.at);
  }

  /** The slots, in order; one may be removed when it is its turn. */
  slots(): ReadonlyArray<number> {
    const found: Array<number> = [];
    for (let slot = this.first(); slot !== none; slot = this.region.words.read(slot + nextOf))
      found.push(slot);
    return found;
  }

  /** Part of a change. */
  append(slot: number): void {
    const { at, region } = this;
    const last = region.words.read(at + 1);
    region.set(slot + nextOf, none);
    region.set(slot + previousOf, last);
    region.set(last === none ? at : last + nextOf, slot);
    region.set(at + 1, slot);
  }

  /** Part of a change. */
  remove(slot: number): void {
    const { at, region } = this;
    const next = region.words.read(slot + nextOf);
    const previous = region.words.read(slot + previousOf);
    region.set(previous === none ? at : previous + nextOf, next);
    region.set(next === none ? at + 1 : next + previousOf, previous);
  }

  /** All of it goes to the end of another line. A change, but for its commit. */
  moveTo(other: Line): void {
    const { at, region } = this;
    const first = this.first();
    if (first === none) return;
    const last = region.words.read(other.at + 1);
    region.set(first + previousOf, last);
    region.set(last === none ? other.at : last + nextOf, first);
    region.set(other.at + 1, region.words.read(at + 1));
    region.set(at, none);
    region.set(at + 1, none);
  }
}

/** A slot for a unit, as part of a change. Its own words can be written until the commit. */
export const takeSlot = (region: Region, unit: number, kind: string): number => {
  const slot = region.take(1);
  if (slot === none) throw new CoordinationError(kind, "Exhausted", "has no room for one more that waits");
  const { words } = region;
  words.store(slot + newsOf, noNews);
  words.write(slot + unitOf, unit);
  words.write(slot + tokenOf, 0);
  words.write(slot + flagOf, 0);
  words.write(slot + stateOf, 0);
  words.write(slot + firstOf, none);
  words.write(slot + lastOf, none);
  return slot;
};
