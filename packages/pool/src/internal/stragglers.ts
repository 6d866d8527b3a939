/**
 * Finds workers that hold calls behind one that takes longer than anybody thought. While others have enough to do nobody
 * else would ask for those calls, and they would wait however long that is.
 */
import * as Timers from "@heddle/core/Timers";

import type { Worker } from "../Worker.ts";

/** A worker is late when it has ended nothing for so long, and for twice the time that its call was thought to take. */
const lateMillis = 10;

// A timer may fire a little early.
const slackMillis = 0.5;

const patienceMillis = ({ headMicros }: Worker): number => Math.max(lateMillis, (2 * headMicros) / 1000);

interface Seen {
  readonly completed: number;
  readonly sinceMillis: number;
}

/** Looks after the workers of a pool while they hold calls. */
export class Stragglers {
  private readonly holding: () => ReadonlyArray<Worker>;
  private readonly onLate: (worker: Worker) => void;
  private readonly seen = new WeakMap<Worker, Seen>();
  private cancelLook: (() => void) | undefined;

  constructor(holding: () => ReadonlyArray<Worker>, onLate: (worker: Worker) => void) {
    this.holding = holding;
    this.onLate = onLate;
  }

  /** Looks from now on, until no worker holds calls. */
  watch(): void {
    this.cancelLook ??= this.in(lateMillis);
  }

  stop(): void {
    this.cancelLook?.();
    this.cancelLook = undefined;
  }

  private in(millis: number): () => void {
    return Timers.after(millis, () => this.afterMessages(), { unref: true });
  }

  // Where something has held the loop, ends that have arrived are read first.
  private afterMessages(): void {
    this.cancelLook = Timers.nextTurn(() => this.look());
  }

  private look(): void {
    this.cancelLook = undefined;
    const holding = this.holding();
    if (holding.length === 0) return;
    const late = holding.filter((worker) => this.isLate(worker));
    this.cancelLook = this.in(Math.min(...holding.map(patienceMillis)));
    for (const worker of late) this.onLate(worker);
  }

  private isLate(worker: Worker): boolean {
    const { completed } = worker;
    const seen = this.seen.get(worker);
    if (seen?.completed !== completed) {
      this.seen.set(worker, { completed, sinceMillis: performance.now() });
      return false;
    }
    return performance.now() - seen.sinceMillis >= patienceMillis(worker) - slackMillis;
  }
}
