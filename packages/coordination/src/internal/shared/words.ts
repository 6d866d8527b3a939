/**
 * Shared memory as the protocols see it: words of 32 bits, read and written plainly or by Atomics. The interleaving checker puts its
 * own in this place, so what it checks is the code that runs.
 */

/** What of `Atomics` is used; `Atomics` is one. */
export type AtomicsLike = Pick<
  typeof Atomics,
  "load" | "store" | "compareExchange" | "exchange" | "notify" | "wait" | "waitAsync"
>;

/** How a wait on a word ended. */
export type Woken = "ok" | "not-equal" | "timed-out";

/** Words in shared memory. */
export interface Words {
  /** Plain, for words that only one unit at a time has to do with. */
  readonly read: (at: number) => number;
  readonly write: (at: number, value: number) => void;
  readonly load: (at: number) => number;
  readonly store: (at: number, value: number) => void;
  readonly compareExchange: (at: number, expected: number, value: number) => number;
  readonly exchange: (at: number, value: number) => number;
  /** Wakes all that wait there. */
  readonly notify: (at: number) => void;
  /** Blocks this thread while the word is as expected. Throws where the thread may not block. */
  readonly wait: (at: number, expected: number, timeoutMillis: number) => Woken;
  /** Calls `wake` when notified; false if the word is not as expected. Does not keep the event loop alive. */
  readonly watch: (at: number, expected: number, wake: () => void) => boolean;
  /** How often to look again before a wait: sleeping and waking cost more than a short while. */
  readonly spins: number;
  readonly nowMillis: () => number;
  /** Makes room for that many words; false if there is none. */
  readonly reserve: (words: number) => boolean;
}

const bytesPerWord = Int32Array.BYTES_PER_ELEMENT;

/**
 * Growth doubles, at least to this. Fresh pages cost address space only until they are written.
 */
const leastGrowthBytes = 65_536;

/** Words of a `SharedArrayBuffer`. */
export class SharedWords implements Words {
  readonly spins: number;
  private readonly buffer: SharedArrayBuffer;
  private readonly atomics: AtomicsLike;
  // A view that follows the length of a growable buffer is 20 times slower to read than one of a fixed length.
  private words: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer, atomics: AtomicsLike = Atomics, spins = 60) {
    this.buffer = buffer;
    this.atomics = atomics;
    this.spins = spins;
    this.words = this.view();
  }

  private view(): Int32Array<SharedArrayBuffer> {
    return new Int32Array(this.buffer, 0, Math.floor(this.buffer.byteLength / bytesPerWord));
  }

  read(at: number): number {
    return this.words[at] as number;
  }

  write(at: number, value: number): void {
    this.words[at] = value;
  }

  load(at: number): number {
    return this.atomics.load(this.words, at);
  }

  store(at: number, value: number): void {
    this.atomics.store(this.words, at, value);
  }

  compareExchange(at: number, expected: number, value: number): number {
    return this.atomics.compareExchange(this.words, at, expected, value);
  }

  exchange(at: number, value: number): number {
    return this.atomics.exchange(this.words, at, value);
  }

  notify(at: number): void {
    this.atomics.notify(this.words, at);
  }

  wait(at: number, expected: number, timeoutMillis: number): Woken {
    return this.atomics.wait(this.words, at, expected, timeoutMillis);
  }

  watch(at: number, expected: number, wake: () => void): boolean {
    const waiting = this.atomics.waitAsync(this.words, at, expected);
    if (!waiting.async) return false;
    void waiting.value.then(wake);
    return true;
  }

  nowMillis(): number {
    return performance.now();
  }

  reserve(words: number): boolean {
    if (words <= this.words.length) return true;
    const { buffer } = this;
    const wanted = words * bytesPerWord;
    if (wanted > buffer.byteLength && !this.grow(wanted)) return false;
    this.words = this.view();
    return true;
  }

  private grow(wantedBytes: number): boolean {
    const { buffer } = this;
    if (!buffer.growable || wantedBytes > buffer.maxByteLength) return false;
    const generous = Math.max(wantedBytes, leastGrowthBytes, buffer.byteLength * 2);
    try {
      buffer.grow(Math.min(generous, buffer.maxByteLength));
    } catch {
      // The system has no more memory, or another unit grew it further at the same time, which is as good.
    }
    return buffer.byteLength >= wantedBytes;
  }
}

/** Zeros, of which the first `words` are there and the others are added as they are needed, where the platform can. */
export const makeBuffer = (words: number, mostWords: number): SharedArrayBuffer => {
  const bytes = words * bytesPerWord;
  const maxByteLength = Math.max(words, mostWords) * bytesPerWord;
  if (typeof SharedArrayBuffer.prototype.grow !== "function") return new SharedArrayBuffer(maxByteLength);
  return new SharedArrayBuffer(bytes, { maxByteLength });
};
