/**
 * Lets one thread of the program write to stdout or stderr at a time, so that what it writes at once stays together even
 * where the pipe is full and takes it in pieces.
 *
 * **Details**
 *
 * A thread may be terminated while it holds the lock. Its host then frees it; where the host's loop is blocked, another
 * thread takes the lock over when its holder has shown no sign of life for a second. A living holder that waits for a slow
 * reader shows one with every try.
 */

/** Memory that all threads of a program share. */
export type Block = SharedArrayBuffer;

const wordsPerStream = 2;
const ownerWord = 0;
const signWord = 1;
const streams = 2;

const nobody = 0;
const stallMillis = 1000;

/** A lock for stdout and one for stderr. */
export const make = (): Block =>
  new SharedArrayBuffer(streams * wordsPerStream * Int32Array.BYTES_PER_ELEMENT);

const wordsOf = (block: Block, descriptor: 1 | 2): Int32Array<SharedArrayBuffer> =>
  new Int32Array(block, (descriptor - 1) * wordsPerStream * Int32Array.BYTES_PER_ELEMENT, wordsPerStream);

const release = (words: Int32Array<SharedArrayBuffer>, owner: number): void => {
  if (Atomics.compareExchange(words, ownerWord, owner, nobody) === owner) Atomics.notify(words, ownerWord, 1);
};

/** Frees what a thread held that is gone. */
export const releaseAll = (block: Block, owner: number): void => {
  release(wordsOf(block, 1), owner);
  release(wordsOf(block, 2), owner);
};

/** The lock of one stream, as one thread sees it. */
export class OutputLock {
  private readonly words: Int32Array<SharedArrayBuffer>;
  private readonly owner: number;

  /** `owner` is a number of this thread's own, not 0. */
  constructor(block: Block, descriptor: 1 | 2, owner: number) {
    this.words = wordsOf(block, descriptor);
    this.owner = owner;
  }

  /** Runs `write` while no other thread writes. */
  hold(write: () => void): void {
    this.acquire();
    try {
      write();
    } finally {
      release(this.words, this.owner);
    }
  }

  /** The holder lives, and waits for the reader. */
  showLife(): void {
    Atomics.add(this.words, signWord, 1);
  }

  private acquire(): void {
    const { owner, words } = this;
    for (;;) {
      const holder = Atomics.compareExchange(words, ownerWord, nobody, owner);
      // What it holds itself it could not give back, for want of stack.
      if (holder === nobody || holder === owner) return;
      const sign = Atomics.load(words, signWord);
      if (Atomics.wait(words, ownerWord, holder, stallMillis) !== "timed-out") continue;
      const isStalled = Atomics.load(words, signWord) === sign;
      if (isStalled && Atomics.compareExchange(words, ownerWord, holder, owner) === holder) return;
    }
  }
}
