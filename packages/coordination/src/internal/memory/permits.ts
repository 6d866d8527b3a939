/**
 * Locks and semaphores in memory: a lock is a semaphore of one permit.
 */
import type { Held, LockEngine, Pending, SemaphoreEngine, Settle } from "../engine.ts";
import { badInput, freed, notOwner } from "../faults.ts";
import { Life, Line, settled, type Waiter } from "./line.ts";

interface Wish extends Waiter<Held> {
  readonly permits: number;
}

interface Holding {
  readonly unit: number;
  readonly permits: number;
}

class Permits {
  private readonly kind: string;
  private readonly total: number;
  private free: number;
  private readonly life: Life;
  private readonly line: Line<Wish>;
  private readonly holdings = new Map<number, Holding>();
  private lastToken = 0;
  private isAbandonmentUntold = false;

  constructor(kind: string, permits: number, maxWaiters: number) {
    this.kind = kind;
    this.total = permits;
    this.free = permits;
    this.life = new Life(kind);
    this.line = new Line(kind, maxWaiters);
  }

  get available(): number {
    this.life.check();
    return this.free;
  }

  tryTake(unit: number, permits: number): Held | undefined {
    this.check(permits);
    return this.line.size === 0 && permits <= this.free ? this.grant(unit, permits) : undefined;
  }

  take(unit: number, permits: number, settle: Settle<Held>): Pending {
    const held = this.tryTake(unit, permits);
    if (held === undefined) return this.line.join({ unit, permits, settle }, () => this.serve());
    settle.done(held);
    return settled;
  }

  release(unit: number, token: number, isAbandonmentUntold: boolean): void {
    this.life.check();
    const holding = this.holdings.get(token);
    if (holding === undefined || holding.unit !== unit) throw notOwner(this.kind);
    this.isAbandonmentUntold ||= isAbandonmentUntold;
    this.drop(token, holding);
    this.serve();
  }

  abandon(unit: number): void {
    this.line.forget(unit);
    for (const [token, holding] of this.holdings) {
      if (holding.unit !== unit) continue;
      this.isAbandonmentUntold = true;
      this.drop(token, holding);
    }
    this.serve();
  }

  end(): void {
    if (this.life.end()) this.line.failAll(() => freed(this.kind));
  }

  private check(permits: number): void {
    this.life.check();
    if (permits > this.total) {
      throw badInput(this.kind, `${permits} permits are more than the ${this.total} that it has.`);
    }
  }

  private drop(token: number, { permits }: Holding): void {
    this.holdings.delete(token);
    this.free += permits;
  }

  private grant(unit: number, permits: number): Held {
    const token = ++this.lastToken;
    const abandoned = this.isAbandonmentUntold;
    this.isAbandonmentUntold = false;
    this.free -= permits;
    this.holdings.set(token, { unit, permits });
    return { token, abandoned };
  }

  // Whoever is served may come back here before this goes on.
  private serve(): void {
    for (let next = this.line.first; next !== undefined; next = this.line.first) {
      if (next.permits > this.free) return;
      this.line.shift();
      next.settle.done(this.grant(next.unit, next.permits));
    }
  }
}

export const makeLock = ({ maxWaiters }: { readonly maxWaiters: number }): LockEngine => {
  const permits = new Permits("Lock", 1, maxWaiters);
  return {
    tryAcquire: (unit) => permits.tryTake(unit, 1),
    acquire: (unit, settle) => permits.take(unit, 1, settle),
    release: (unit, token) => permits.release(unit, token, false),
    giveBack: (unit, { abandoned, token }) => permits.release(unit, token, abandoned),
    isHeld: () => permits.available === 0,
    abandon: (unit) => permits.abandon(unit),
    free: () => permits.end(),
  };
};

export const makeSemaphore = (options: {
  readonly permits: number;
  readonly maxWaiters: number;
}): SemaphoreEngine => {
  const permits = new Permits("Semaphore", options.permits, options.maxWaiters);
  return {
    available: () => permits.available,
    tryAcquire: (unit, wanted) => permits.tryTake(unit, wanted),
    acquire: (unit, wanted, settle) => permits.take(unit, wanted, settle),
    release: (unit, token) => permits.release(unit, token, false),
    giveBack: (unit, { abandoned, token }) => permits.release(unit, token, abandoned),
    abandon: (unit) => permits.abandon(unit),
    free: () => permits.end(),
  };
};
