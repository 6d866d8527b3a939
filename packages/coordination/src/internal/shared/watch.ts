/**
 * Waits for one word, on the event loop: as many as like stand behind one watch of it, in order.
 */
import type { CoordinationError } from "../../CoordinationError.ts";
import type { Pending, Settle } from "../engine.ts";
import type { Words } from "./words.ts";

/** Whether a wait is over, with what it ends, for what the word is. */
export type Verdict = "waits" | "done" | CoordinationError;

interface Waiter {
  readonly judge: (word: number) => Verdict;
  readonly settle: Settle<void>;
}

const tell = ({ settle }: Waiter, verdict: Exclude<Verdict, "waits">): void => {
  if (verdict === "done") settle.done();
  else settle.failed(verdict);
};

/** Those of this unit who wait for a word. */
export class Watch {
  private readonly words: Words;
  private readonly at: number;
  private readonly waiters = new Set<Waiter>();
  private isWatching = false;
  private readonly wake = (): void => {
    this.isWatching = false;
    this.look();
  };

  constructor(words: Words, at: number) {
    this.words = words;
    this.at = at;
  }

  add(judge: (word: number) => Verdict, settle: Settle<void>): Pending {
    const waiter: Waiter = { judge, settle };
    this.waiters.add(waiter);
    this.look();
    return { cancel: () => this.waiters.delete(waiter) };
  }

  // Judged before any is told: what they then do may change the word, and adds others that came after this.
  private tellThose(word: number): void {
    const judged = [...this.waiters].map((waiter) => ({ waiter, verdict: waiter.judge(word) }));
    for (const { waiter, verdict } of judged) {
      if (verdict !== "waits" && this.waiters.delete(waiter)) tell(waiter, verdict);
    }
  }

  private look(): void {
    while (this.waiters.size > 0) {
      const word = this.words.load(this.at);
      this.tellThose(word);
      if (this.waiters.size === 0 || this.isWatching) return;
      this.isWatching = this.words.watch(this.at, word, this.wake);
      if (this.isWatching) return;
    }
  }
}
