/**
 * Shared state of one object that changes as a whole: a change is written to a log, committed by one store, and then carried out.
 * Whoever takes over from a unit that died carries out what was committed and forgets what was not.
 *
 * Only the unit that is inside the object's door (`door.ts`) changes it. Cells of 16 words are the parts that come and go: slots of
 * those who wait, values in queues.
 */
import type { Words } from "./words.ts";

/** Words that are read without the door, so they are written by Atomics, come first. */
const publicWords = 16;

/** Words of every object. An object's own public words begin at `ownPublic`, its other ones at `ownWords`. */
export const doorAt = 0;
export const freedAt = 1;
export const ownPublic = 2;
const logLengthAt = 16;
const freeAt = 17;
const freshAt = 18;
export const ownWords = 20;
const headerWords = 64;

export const cellWords = 16;
/** No cell. */
export const none = 0;
/** The first word of a cell links it to the next one. */
export const nextOf = 0;

/** How an object's memory is divided. */
export interface Layout {
  /** How many words one change may write. */
  readonly logEntries: number;
}

const cellsAt = (layout: Layout): number =>
  Math.ceil((headerWords + 2 * layout.logEntries) / cellWords) * cellWords;

/** How many words an object with that many cells takes. */
export const wordsFor = (layout: Layout, cells: number): number => cellsAt(layout) + cells * cellWords;

/** The memory of one object. */
export class Region {
  readonly words: Words;
  private readonly layout: Layout;
  private pending = 0;

  constructor(words: Words, layout: Layout) {
    this.words = words;
    this.layout = layout;
  }

  /** Of memory that is all zeros; before anybody else knows it. */
  prepare(): void {
    this.words.write(freshAt, cellsAt(this.layout));
  }

  /** Has been let in: another unit may have added cells since. */
  begin(): void {
    this.pending = 0;
    this.refresh();
  }

  /** Sees the cells that other units added. Before cells are read outside that others wrote. */
  refresh(): void {
    this.words.reserve(this.words.read(freshAt));
  }

  /** Whether a cell is one. */
  hasCell(cell: number): boolean {
    this.refresh();
    return cell >= cellsAt(this.layout) && cell < this.words.read(freshAt);
  }

  /** Part of the change under way. What is read until `commit` is the state before. */
  set(at: number, value: number): void {
    if (this.pending === this.layout.logEntries) throw new RangeError("A change has too many parts.");
    const entry = headerWords + 2 * this.pending++;
    this.words.write(entry, at);
    this.words.write(entry + 1, value);
  }

  /** Makes the change. */
  commit(): void {
    this.words.store(logLengthAt, this.pending);
    this.carryOut(this.pending);
  }

  /** Forgets a change that is not committed. */
  discard(): void {
    this.pending = 0;
  }

  /** After the death of whoever was inside. */
  mend(): void {
    this.pending = 0;
    const length = this.words.load(logLengthAt);
    if (length > 0) this.carryOut(length);
  }

  // Nobody acts on any of this before the log is cleared: those outside are told of news afterwards, by `Door`. Otherwise
  // doing it once more after a death would undo what they did.
  private carryOut(length: number): void {
    const { words } = this;
    for (let entry = headerWords; entry < headerWords + 2 * length; entry += 2) {
      const at = words.read(entry);
      const value = words.read(entry + 1);
      if (at < publicWords) words.store(at, value);
      else words.write(at, value);
    }
    words.store(logLengthAt, 0);
    this.pending = 0;
  }

  /**
   * Takes `count` cells, linked one to the next, as part of the change under way; 0 if there is no room. Their links are as they
   * were: the caller sets the last one's. Their other words may be written before the commit. At most once per change.
   */
  take(count: number): number {
    if (!this.stock(count)) return none;
    const first = this.words.read(freeAt);
    this.set(freeAt, this.words.read(this.skip(first, count - 1)));
    return first;
  }

  /** Gives back cells that are linked from `first` to `last`, as part of the change under way. At most once per change. */
  give(first: number, last: number): void {
    this.set(last + nextOf, this.words.read(freeAt));
    this.set(freeAt, first);
  }

  /** The cell that is `count` links behind. */
  skip(cell: number, count: number): number {
    let at = cell;
    for (let left = count; left > 0; left--) at = this.words.read(at + nextOf);
    return at;
  }

  // Cells that were never used are linked and put in front of the free ones, by a change of its own.
  private stock(count: number): boolean {
    const { words } = this;
    let missing = count;
    for (let cell = words.read(freeAt); cell !== none && missing > 0; cell = words.read(cell)) missing--;
    if (missing === 0) return true;
    if (this.pending > 0) throw new RangeError("Cells are to be taken first.");
    const first = words.read(freshAt);
    const end = first + missing * cellWords;
    if (!words.reserve(end)) return false;
    for (let cell = first; cell < end - cellWords; cell += cellWords) words.write(cell, cell + cellWords);
    words.write(end - cellWords, words.read(freeAt));
    this.set(freeAt, first);
    this.set(freshAt, end);
    this.commit();
    return true;
  }
}
