/**
 * Queues in memory.
 */
import type { OptionsOf, Pending, QueueEngine, Settle, Taken } from "../engine.ts";
import { badInput, ended, freed } from "../faults.ts";
import { Life, Line, settled, type Waiter } from "./line.ts";
import { makeStore, type Store } from "./store.ts";

interface Offer extends Waiter<void> {
  readonly values: ReadonlyArray<unknown>;
  readonly priority: number;
}

interface Taker extends Waiter<Taken> {
  readonly max: number;
}

class Queue implements QueueEngine {
  private readonly options: OptionsOf["Queue"];
  private readonly life = new Life("Queue");
  private readonly store: Store;
  private readonly offers: Line<Offer>;
  private readonly takers: Line<Taker>;
  private state: "open" | "ended" = "open";

  constructor(options: OptionsOf["Queue"]) {
    this.options = options;
    this.store = makeStore(options.order);
    this.offers = new Line("Queue", options.maxWaiters);
    this.takers = new Line("Queue", options.maxWaiters);
  }

  readonly size = (): number => {
    this.life.check();
    return this.store.size;
  };

  readonly isEnded = (): boolean => {
    this.life.check();
    return this.state === "ended";
  };

  readonly tryOffer = (_unit: number, values: ReadonlyArray<unknown>, priority: number): number => {
    this.checkOpen();
    if (this.offers.size > 0) return 0;
    const count = Math.min(values.length, this.room);
    this.add(values.slice(0, count), priority);
    this.serve();
    return count;
  };

  readonly offer = (
    unit: number,
    values: ReadonlyArray<unknown>,
    priority: number,
    settle: Settle<void>,
  ): Pending => {
    this.checkOpen();
    if (values.length > this.options.capacity) {
      throw badInput(
        "Queue",
        `${values.length} values never fit into a capacity of ${this.options.capacity}.`,
      );
    }
    if (this.offers.size > 0 || values.length > this.room) {
      return this.offers.join({ unit, values, priority, settle }, () => this.serve());
    }
    this.add(values, priority);
    settle.done();
    this.serve();
    return settled;
  };

  readonly tryTake = (_unit: number, max: number): Taken => {
    this.life.check();
    const taken = this.remove(this.takers.size > 0 ? 0 : max);
    if (taken.values.length === 0 && this.isOver) throw ended("Queue");
    this.serve();
    return taken;
  };

  readonly take = (unit: number, max: number, settle: Settle<Taken>): Pending => {
    const taken = this.tryTake(unit, max);
    if (taken.values.length === 0) return this.takers.join({ unit, max, settle }, () => this.serve());
    settle.done(taken);
    return settled;
  };

  readonly giveBack = (_unit: number, { priorities, values }: Taken): void => {
    this.life.check();
    for (let at = values.length - 1; at >= 0; at--) this.store.addFront(values[at], priorities?.[at] ?? 0);
    this.serve();
  };

  readonly end = (): void => {
    this.life.check();
    this.state = "ended";
    this.offers.failAll(() => ended("Queue"));
    this.serve();
  };

  readonly abandon = (unit: number): void => {
    this.offers.forget(unit);
    this.takers.forget(unit);
    this.serve();
  };

  readonly free = (): void => {
    if (!this.life.end()) return;
    this.offers.failAll(() => freed("Queue"));
    this.takers.failAll(() => freed("Queue"));
  };

  private get room(): number {
    return Math.max(0, this.options.capacity - this.store.size);
  }

  private get isOver(): boolean {
    return this.state === "ended" && this.store.size === 0;
  }

  private checkOpen(): void {
    this.life.check();
    if (this.state === "ended") throw ended("Queue");
  }

  private add(values: ReadonlyArray<unknown>, priority: number): void {
    for (const value of values) this.store.add(value, priority);
  }

  private remove(max: number): Taken {
    const count = Math.min(max, this.store.size);
    const values: Array<unknown> = [];
    const priorities: Array<number> | undefined = this.options.order === "priority" ? [] : undefined;
    for (let taken = 0; taken < count; taken++) {
      const [value, priority] = this.store.take();
      values.push(value);
      priorities?.push(priority);
    }
    return priorities === undefined ? { values } : { values, priorities };
  }

  // Whoever is served may come back here before this goes on, so that each step begins with what is so by then.
  private serve(): void {
    while (this.serveTaker() || this.serveOffer());
    if (this.isOver) this.takers.failAll(() => ended("Queue"));
  }

  private serveTaker(): boolean {
    if (this.store.size === 0) return false;
    const taker = this.takers.shift();
    taker?.settle.done(this.remove(taker.max));
    return taker !== undefined;
  }

  private serveOffer(): boolean {
    const { first } = this.offers;
    if (first === undefined || first.values.length > this.room) return false;
    this.offers.shift();
    this.add(first.values, first.priority);
    first.settle.done();
    return true;
  }
}

export const makeQueue = (options: OptionsOf["Queue"]): QueueEngine => new Queue(options);
