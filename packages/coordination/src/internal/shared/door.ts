/**
 * Lets one unit at a time into an object, for as long as one job takes, which never waits inside.
 *
 * The word at the door names who is inside, and whether others wait. A unit that dies inside is found there by `takeOver`. Whoever
 * leaves wakes all who wait: one alone could be dead, or its event loop busy, and the others would sleep before an open door.
 */
import type { BlockingWait } from "../engine.ts";
import { doorAt, type Region } from "./region.ts";
import type { Words } from "./words.ts";

/** Done inside. What it gives is called outside, where it may use the object. */
export type Job = () => (() => void) | void;

const open = 0;
const someoneWaits = 1;
const nameOf = (unit: number): number => (unit + 1) << 1;

/**
 * How long a form that gives its answer at once waits for somebody inside. The program's own thread may not wait for ever: if they are
 * dead, it is the one who has to learn of it, on its event loop. Workers can wait for that.
 */
const patienceMillisOf = (unit: number): number => (unit === 0 ? 100 : Infinity);

/** A blocked body asks this often whether it was cancelled. */
const pollMillis = 20;

/** How long a blocking wait may sleep until it has to look around; 0 when it is over. */
export const sliceUntil = (words: Words, deadlineMillis: number): number =>
  deadlineMillis === Infinity
    ? pollMillis
    : Math.max(0, Math.min(pollMillis, deadlineMillis - words.nowMillis()));

/** Whom a cell has news for: the word is stored, then notified when the door is open. */
interface News {
  readonly at: number;
  readonly value: number;
}

/** The door of one object, as one unit sees it. */
export class Door {
  private readonly region: Region;
  private readonly me: number;
  private readonly patienceMillis: number;
  private jobs: Array<Job> = [];
  private news: Array<News> = [];
  private woken: Array<number> = [];
  private isWatching = false;
  private readonly look = (): void => {
    this.isWatching = false;
    this.work();
  };

  constructor(region: Region, unit: number) {
    this.region = region;
    this.me = nameOf(unit);
    this.patienceMillis = patienceMillisOf(unit);
  }

  /** For those outside, as soon as the change under way is made. */
  tell(at: number, value: number): void {
    this.news.push({ at, value });
  }

  /** Those who wait at a word that has its news already, when the door is open. */
  wake(at: number): void {
    this.woken.push(at);
  }

  /** Does it now if nobody is inside, otherwise as soon as this unit's event loop gets in. In order of the calls. */
  soon(job: Job): void {
    this.jobs.push(job);
    if (!this.isWatching || this.isOpen()) this.work();
  }

  /** Does it now; false if somebody does not come out. What was asked before is done before. */
  now(job: Job): boolean {
    const isIn = (): boolean => this.enterSpinning() || this.enterPatiently();
    while (this.jobs.length > 0) {
      if (!isIn()) return false;
      this.stay(this.jobs.shift() as Job);
    }
    if (!isIn()) return false;
    this.stay(job);
    return true;
  }

  /**
   * Does it now, or in the host as soon as its event loop gets in. A worker's body may block its loop for long after this, and others
   * wait for what it does here.
   */
  surely(job: Job): void {
    if (!this.now(job)) this.soon(job);
  }

  /** Does it as soon as nobody is inside; false if the wait is over before. */
  blocking(job: Job, deadlineMillis: number, isCancelled: BlockingWait["isCancelled"]): boolean {
    const { words } = this.region;
    while (!this.enterSpinning()) {
      const slice = sliceUntil(words, deadlineMillis);
      if (slice === 0 || isCancelled()) return false;
      this.sleep(slice);
    }
    this.stay(job);
    this.work();
    return true;
  }

  /** As `soon`, of the host, after the death of a unit, whose half-done change is mended first if it was inside. */
  takeOver(unit: number, job: () => void): void {
    const { words } = this.region;
    const dead = nameOf(unit);
    for (;;) {
      const seen = words.load(doorAt);
      if ((seen & ~someoneWaits) !== dead) break;
      if (words.compareExchange(doorAt, seen, this.me | someoneWaits) !== seen) continue;
      this.region.mend();
      return this.stay(() => job());
    }
    // It may have opened the door and died before it could tell.
    words.notify(doorAt);
    this.soon(() => job());
  }

  private isOpen(): boolean {
    return this.region.words.load(doorAt) === open;
  }

  private tryEnter(): boolean {
    return this.region.words.compareExchange(doorAt, open, this.me) === open;
  }

  private enterSpinning(): boolean {
    for (let left = this.region.words.spins; left > 0; left--) {
      if (this.isOpen()) break;
    }
    return this.tryEnter();
  }

  private enterPatiently(): boolean {
    const { words } = this.region;
    const deadline = words.nowMillis() + this.patienceMillis;
    for (;;) {
      const slice = sliceUntil(words, deadline);
      if (slice === 0) return false;
      try {
        this.sleep(slice);
      } catch {
        // This thread may not block, as in a browser's window.
        return this.tryEnter();
      }
      if (this.enterSpinning()) return true;
    }
  }

  /** Says that somebody waits; gives the word to wait on, or `open`. */
  private ring(): number {
    const { words } = this.region;
    for (;;) {
      const seen = words.load(doorAt);
      if (seen === open || (seen & someoneWaits) !== 0) return seen;
      if (words.compareExchange(doorAt, seen, seen | someoneWaits) === seen) return seen | someoneWaits;
    }
  }

  private sleep(timeoutMillis: number): void {
    const seen = this.ring();
    if (seen !== open) this.region.words.wait(doorAt, seen, timeoutMillis);
  }

  /** One job at a time, so that what one gives is called before another one is done. */
  private work(): void {
    while (this.jobs.length > 0) {
      if (this.enterSpinning()) {
        this.stay(this.jobs.shift() as Job);
        continue;
      }
      if (this.isWatching) return;
      const seen = this.ring();
      if (seen === open) continue;
      this.isWatching = this.region.words.watch(doorAt, seen, this.look);
      if (this.isWatching) return;
    }
  }

  private stay(job: Job): void {
    let then: (() => void) | void;
    try {
      this.region.begin();
      then = job();
    } finally {
      this.region.discard();
      for (const at of this.leave()) this.region.words.notify(at);
    }
    if (then !== undefined) then();
  }

  // News are stored inside: outside, the cell could be another one's by then.
  private leave(): ReadonlyArray<number> {
    const { words } = this.region;
    const { news, woken } = this;
    if (news.length > 0) this.news = [];
    for (const { at, value } of news) {
      words.store(at, value);
      woken.push(at);
    }
    if (woken.length > 0) this.woken = [];
    const seen = words.exchange(doorAt, open);
    if ((seen & someoneWaits) !== 0) words.notify(doorAt);
    return woken;
  }
}
