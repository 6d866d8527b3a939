/**
 * Those who wait for something in memory, first come, first served. To leave costs the same wherever one stands.
 */
import type { CoordinationError } from "../../CoordinationError.ts";
import type { Pending, Settle } from "../engine.ts";
import { exhausted, freed } from "../faults.ts";

/** Somebody who waits. */
export interface Waiter<A> {
  readonly unit: number;
  readonly settle: Settle<A>;
}

/** A line. */
export class Line<W extends Waiter<never>> {
  private readonly waiters = new Set<W>();
  private readonly kind: string;
  private readonly maxWaiters: number;

  constructor(kind: string, maxWaiters: number) {
    this.kind = kind;
    this.maxWaiters = maxWaiters;
  }

  get size(): number {
    return this.waiters.size;
  }

  get first(): W | undefined {
    for (const waiter of this.waiters) return waiter;
    return undefined;
  }

  [Symbol.iterator](): Iterator<W> {
    return this.waiters.values();
  }

  /** Goes to the end of it; `onLeft` is told when it leaves of its own accord. */
  join(waiter: W, onLeft: () => void): Pending {
    if (this.waiters.size >= this.maxWaiters) {
      throw exhausted(this.kind, `more than ${this.maxWaiters} wait for it (\`maxWaiters\`)`);
    }
    this.waiters.add(waiter);
    return {
      cancel: () => {
        if (!this.waiters.delete(waiter)) return false;
        onLeft();
        return true;
      },
    };
  }

  shift(): W | undefined {
    const { first } = this;
    if (first !== undefined) this.waiters.delete(first);
    return first;
  }

  /** Empties it; gives who waited. */
  takeAll(): ReadonlyArray<W> {
    const all = [...this.waiters];
    this.waiters.clear();
    return all;
  }

  /** Forgets who waits for a unit that has ended; gives how many. */
  forget(unit: number): number {
    const { size } = this.waiters;
    for (const waiter of this.waiters) if (waiter.unit === unit) this.waiters.delete(waiter);
    return size - this.waiters.size;
  }

  /** Nobody in it is served any more. */
  failAll(error: () => CoordinationError): void {
    for (const { settle } of this.takeAll()) settle.failed(error());
  }
}

/** A wait that ended before it began. */
export const settled: Pending = { cancel: () => false };

/** Whether the object may still be used. */
export class Life {
  private readonly kind: string;
  private state: "live" | "freed" = "live";

  constructor(kind: string) {
    this.kind = kind;
  }

  /** Throws `Freed` unless it may. */
  check(): void {
    if (this.state === "freed") throw freed(this.kind);
  }

  /** Ends it; `false` if it had ended. */
  end(): boolean {
    if (this.state === "freed") return false;
    this.state = "freed";
    return true;
  }
}
