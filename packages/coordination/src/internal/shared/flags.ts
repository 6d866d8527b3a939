/**
 * Objects of one word that others wait for: `Latch` and `Event`. A death needs no mending: the word has changed, or it has not; only who
 * sleeps is woken once more.
 */
import { CoordinationError } from "../../CoordinationError.ts";
import type { BlockingWait, EventEngine, LatchEngine, OptionsOf, Pending, Settle } from "../engine.ts";
import { sliceUntil } from "./door.ts";
import type { Opened } from "./object.ts";
import { overdue } from "./waiting.ts";
import { type Verdict, Watch } from "./watch.ts";
import { makeBuffer, SharedWords, type Words } from "./words.ts";

const wordAt = 0;
const freed = -1;

abstract class Flag {
  abstract readonly kind: string;
  protected readonly words: Words;
  private readonly watch: Watch;

  constructor(opened: Opened) {
    this.words = opened.words;
    this.watch = new Watch(opened.words, wordAt);
  }

  /** What a wait that begins now will make of the word. */
  protected abstract judgeFrom(word: number): (word: number) => Verdict;

  abandon(_unit: number): void {
    this.words.notify(wordAt);
  }

  free(): void {
    this.words.store(wordAt, freed);
    this.words.notify(wordAt);
  }

  wait(_unit: number, settle: Settle<void>): Pending {
    return this.watch.add(this.judgeFrom(this.words.load(wordAt)), settle);
  }

  waitBlocking(_unit: number, wait: BlockingWait): void {
    const { words } = this;
    const deadlineMillis = words.nowMillis() + wait.timeoutMillis;
    let word = words.load(wordAt);
    const judge = this.judgeFrom(word);
    for (;;) {
      const verdict = judge(word);
      if (verdict === "done") return;
      if (verdict !== "waits") throw verdict;
      const slice = sliceUntil(words, deadlineMillis);
      if (slice === 0 || wait.isCancelled()) throw overdue(this.kind, wait);
      words.wait(wordAt, word, slice);
      word = words.load(wordAt);
    }
  }

  /** The word, unless it is freed. */
  protected current(): number {
    const word = this.words.load(wordAt);
    if (word === freed) throw this.freedError();
    return word;
  }

  protected freedError(): CoordinationError {
    return new CoordinationError(
      this.kind,
      "Freed",
      "it was freed, or its runtime was closed; make another one",
    );
  }

  /** Changes the word, of which `next` makes another one, or the same. Gives that. */
  protected change(next: (word: number) => number): number {
    for (;;) {
      const word = this.current();
      const changed = next(word);
      if (changed === word || this.words.compareExchange(wordAt, word, changed) === word) return changed;
    }
  }
}

/** A latch in shared memory: its count. */
export class SharedLatch extends Flag implements LatchEngine {
  readonly kind = "Latch";

  count(): number {
    return this.current();
  }

  countDown(by: number): void {
    if (this.change((count) => Math.max(0, count - by)) === 0) this.words.notify(wordAt);
  }

  protected judgeFrom(): (word: number) => Verdict {
    return (word) => (word === freed ? this.freedError() : word === 0 ? "done" : "waits");
  }
}

// The last bit tells whether it is set, the others how often it was: who finds another number was there when it was set.
const isSet = 1;
const setOnce = 2;
const mostOfWord = 2 ** 31 - 1;

/** An event in shared memory: whether it is set, and how often it was. */
export class SharedEvent extends Flag implements EventEngine {
  readonly kind = "Event";

  isSet(): boolean {
    return (this.current() & isSet) === isSet;
  }

  set(): void {
    this.change((word) => ((word & isSet) === isSet ? word : ((word + setOnce) | isSet) & mostOfWord));
    this.words.notify(wordAt);
  }

  clear(): void {
    this.change((word) => word & ~isSet);
  }

  protected judgeFrom(first: number): (word: number) => Verdict {
    const times = first & ~isSet;
    return (word) => {
      if (word === freed) return this.freedError();
      return (word & isSet) === isSet || (word & ~isSet) !== times ? "done" : "waits";
    };
  }
}

const create = (word: number): SharedArrayBuffer => {
  const buffer = makeBuffer(1, 1);
  new SharedWords(buffer).write(wordAt, word);
  return buffer;
};

/** Memory for a latch. */
export const createLatch = (options: OptionsOf["Latch"]): SharedArrayBuffer => create(options.count);

/** Memory for an event. */
export const createEvent = (options: OptionsOf["Event"]): SharedArrayBuffer =>
  create(options.isSet ? isSet : 0);
