/**
 * Latches, events and barriers in memory.
 */
import type { BarrierEngine, EventEngine, LatchEngine, Pending, Settle } from "../engine.ts";
import { broken, freed } from "../faults.ts";
import { Life, Line, settled, type Waiter } from "./line.ts";

/** Something that is open or not, and those who wait until it is. */
class Gate {
  readonly life: Life;
  isOpen: boolean;
  private readonly kind: string;
  private readonly line: Line<Waiter<void>>;

  constructor(kind: string, isOpen: boolean, maxWaiters: number) {
    this.kind = kind;
    this.life = new Life(kind);
    this.isOpen = isOpen;
    this.line = new Line(kind, maxWaiters);
  }

  open(): void {
    this.isOpen = true;
    for (const { settle } of this.line.takeAll()) settle.done();
  }

  wait(unit: number, settle: Settle<void>): Pending {
    this.life.check();
    if (!this.isOpen) return this.line.join({ unit, settle }, () => undefined);
    settle.done();
    return settled;
  }

  abandon(unit: number): void {
    this.line.forget(unit);
  }

  end(): void {
    if (this.life.end()) this.line.failAll(() => freed(this.kind));
  }
}

export const makeLatch = (options: { readonly count: number; readonly maxWaiters: number }): LatchEngine => {
  let { count } = options;
  const gate = new Gate("Latch", count === 0, options.maxWaiters);
  return {
    count: () => {
      gate.life.check();
      return count;
    },
    countDown: (by) => {
      gate.life.check();
      count = Math.max(0, count - by);
      if (count === 0 && !gate.isOpen) gate.open();
    },
    wait: (unit, settle) => gate.wait(unit, settle),
    abandon: (unit) => gate.abandon(unit),
    free: () => gate.end(),
  };
};

export const makeEvent = (options: { readonly isSet: boolean; readonly maxWaiters: number }): EventEngine => {
  const gate = new Gate("Event", options.isSet, options.maxWaiters);
  return {
    isSet: () => {
      gate.life.check();
      return gate.isOpen;
    },
    set: () => {
      gate.life.check();
      gate.open();
    },
    clear: () => {
      gate.life.check();
      gate.isOpen = false;
    },
    wait: (unit, settle) => gate.wait(unit, settle),
    abandon: (unit) => gate.abandon(unit),
    free: () => gate.end(),
  };
};

class Barrier implements BarrierEngine {
  private readonly size: number;
  private readonly life = new Life("Barrier");
  private readonly line = new Line<Waiter<number>>("Barrier", Number.POSITIVE_INFINITY);
  private state: "whole" | "broken" = "whole";

  constructor(parties: number) {
    this.size = parties;
  }

  readonly parties = (): number => {
    this.life.check();
    return this.size;
  };

  readonly waiting = (): number => {
    this.life.check();
    return this.line.size;
  };

  readonly isBroken = (): boolean => {
    this.life.check();
    return this.state === "broken";
  };

  readonly wait = (unit: number, settle: Settle<number>): Pending => {
    this.check();
    const pending = this.line.join({ unit, settle }, () => this.breakUp());
    if (this.line.size === this.size) this.meet();
    return pending;
  };

  readonly reset = (): void => {
    this.life.check();
    this.state = "whole";
    this.line.failAll(() => broken("Barrier"));
  };

  readonly breakUp = (): void => {
    this.life.check();
    this.state = "broken";
    this.line.failAll(() => broken("Barrier"));
  };

  readonly abandon = (unit: number): void => {
    if (this.line.forget(unit) > 0) this.breakUp();
  };

  readonly free = (): void => {
    if (this.life.end()) this.line.failAll(() => freed("Barrier"));
  };

  private check(): void {
    this.life.check();
    if (this.state === "broken") throw broken("Barrier");
  }

  private meet(): void {
    let place = 0;
    for (const { settle } of this.line.takeAll()) settle.done(place++);
  }
}

export const makeBarrier = ({ parties }: { readonly parties: number }): BarrierEngine => new Barrier(parties);
