/**
 * A thread that has nothing to do waits in place for what comes next, before it goes back to its event loop: to wake it there
 * takes half as long.
 */

const wakeWord = 0;
const parkedWord = 1;

/** How much memory it needs. */
export const parkingBytes = 2 * Int32Array.BYTES_PER_ELEMENT;

export type ParkingWords = Int32Array<SharedArrayBuffer>;

/** Something was sent. */
export const wake = (words: ParkingWords): void => {
  Atomics.add(words, wakeWord, 1);
  if (Atomics.load(words, parkedWord) === 1) Atomics.notify(words, wakeWord);
};

// One who waits for an answer to ask again does that within this time, and nothing that a body left behind waits longer for it
// than for a short body.
const shortMillis = 0.1;

// How late timers may come in a thread that waits here rather than in its event loop.
const longMillis = 20;

// How long a thread may keep away from its event loop while there is always something to do.
const awayMillis = 2;

// Some 50 µs.
const spinTurns = 1000;

// On a busy machine most of it is in vain, and takes time that others need: then it is tried once in a while only.
const mostCredit = 8;
const sparedSpins = 16;

const pause: () => void = (Atomics as { readonly pause?: () => void }).pause ?? (() => undefined);

interface Received {
  readonly message: unknown;
}

/** Takes messages where the thread stands. */
export class Parking {
  private readonly words: ParkingWords;
  private readonly receive: () => Received | undefined;
  private leftLoopAt = 0;
  private idleSince = Number.NEGATIVE_INFINITY;
  private isWorthIt = false;
  /** How often it may still look in vain. */
  private credit = mostCredit;
  private spared = 0;

  constructor(words: ParkingWords, receive: () => Received | undefined) {
    this.words = words;
    this.receive = receive;
  }

  /** The event loop has brought a message. */
  leftLoop(): void {
    this.leftLoopAt = performance.now();
    this.isWorthIt = this.leftLoopAt - this.idleSince < shortMillis;
  }

  /** The next message, if there is one, or soon will be. With `spins` it looks again and again at first. */
  next(spins: boolean): Received | undefined {
    const now = performance.now();
    this.idleSince = now;
    if (now - this.leftLoopAt > awayMillis) return undefined;
    const seen = Atomics.load(this.words, wakeWord);
    const received = this.receive();
    if (received !== undefined || !this.isWorthIt) return received;
    if (!this.park(seen, shortMillis, spins)) this.isWorthIt = false;
    return this.receive();
  }

  /** The same for a thread that is to wait here for as long as it may. */
  nextOfLong(spins: boolean): Received | undefined {
    const seen = Atomics.load(this.words, wakeWord);
    return this.receive() ?? (this.park(seen, longMillis, spins) ? this.receive() : undefined);
  }

  // A thread that sleeps is woken in 5 to 50 µs, one that looks again and again sees at once what came.
  private spin(seen: number): boolean {
    if (this.credit === 0 && ++this.spared % sparedSpins !== 0) return false;
    for (let turn = 0; turn < spinTurns; turn++) {
      if (Atomics.load(this.words, wakeWord) !== seen) {
        if (this.credit < mostCredit) this.credit++;
        return true;
      }
      pause();
    }
    this.credit = Math.max(0, this.credit - 2);
    return false;
  }

  private park(seen: number, millis: number, spins: boolean): boolean {
    return (spins && this.spin(seen)) || this.sleep(seen, millis);
  }

  private sleep(seen: number, millis: number): boolean {
    Atomics.store(this.words, parkedWord, 1);
    const woken = Atomics.wait(this.words, wakeWord, seen, millis);
    Atomics.store(this.words, parkedWord, 0);
    return woken !== "timed-out";
  }
}
