/**
 * A unit as the checker runs it: over memory of which each operation waits for its turn, and with results of earlier runs that are given
 * once more.
 */
import { doorAt } from "../../src/internal/shared/region.ts";
import type { Words, Woken } from "../../src/internal/shared/words.ts";

/** A unit's program. It calls `finish` when it has done its part, perhaps in a callback. */
export type Script = (unit: UnitContext) => void;

export interface Actor {
  readonly name: number;
  readonly script: Script;
  /** It may die at each of its steps. */
  readonly isMortal?: boolean;
  /** Its waits may end at any time, once. */
  readonly isCancellable?: boolean;
}

export const ghostCount = 64;
// Made once: stack traces would cost more than all the rest.
const pause = new Error("This unit has done its step.");
const wokenBy: ReadonlyArray<Woken> = ["ok", "not-equal", "timed-out"];
export const timedOut = 2;
export const cancelEvent = -1;

export type Pending =
  | { readonly _tag: "Operation"; readonly label: string }
  | { readonly _tag: "Event" }
  | { readonly _tag: "Condition"; readonly holds: (memory: Int32Array, state: State) => boolean }
  | { readonly _tag: "None" };

export type Status = "ready" | "asleep" | "woken" | "dead";

export interface UnitState {
  readonly history: ReadonlyArray<number>;
  readonly hash: number;
  readonly resume: number;
  readonly pending: Pending;
  readonly status: Status;
  readonly sleepsAt: number;
  readonly isFinished: boolean;
  readonly wasCancelled: boolean;
  readonly watches: ReadonlyArray<{ readonly id: number; readonly at: number }>;
  readonly events: ReadonlyArray<number>;
}

export interface State {
  readonly memory: Int32Array;
  readonly units: Array<UnitState>;
}

export const mix = (hash: number, value: number): number => {
  let mixed = Math.imul(hash ^ value, 0x9e3779b1);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) | 0;
};

/** What one step may do. */
export interface Fuel {
  /** The result of the pending operation, where the schedule chooses it. */
  readonly given?: number | undefined;
  /** Dies after that many eager writes. */
  readonly writes: number;
  readonly isFirst: boolean;
}

/** A unit while it is run; its script sees this. */
export class UnitContext implements Words {
  readonly spins = 0;
  readonly name: number;
  isCancelled = false;
  isFinished = false;
  pending: Pending = { _tag: "None" };
  isAsleepAt = -1;
  writesDone = 0;
  isDead = false;
  history: Array<number>;
  hash: number;
  /** How far the script was at its last checkpoint. */
  resume: number;
  private cursor = 0;
  private isStopped = false;
  private watchCount = 0;
  private mayAct: boolean;
  private given: number | undefined;
  private readonly callbacks = new Map<number, () => void>();
  private readonly state: State;
  private readonly me: number;
  private readonly fuel: Fuel;

  constructor(actor: Actor, index: number, state: State, fuel: Fuel) {
    const before = state.units[index];
    this.name = actor.name;
    this.me = index;
    this.state = state;
    this.fuel = fuel;
    this.history = before === undefined ? [] : before.history.slice();
    this.hash = before?.hash ?? 17;
    this.resume = before?.resume ?? 0;
    this.mayAct = !fuel.isFirst;
    this.given = fuel.given;
  }

  private get memory(): Int32Array {
    return this.state.memory;
  }

  run(script: Script): void {
    try {
      script(this);
      for (;;) this.turn();
    } catch (error) {
      if (!this.isStopped) throw error;
    }
  }

  private stop(pending: Pending): never {
    if (!this.isStopped) this.pending = pending;
    this.isStopped = true;
    throw pause;
  }

  private record(result: number): number {
    this.history.push(result);
    this.hash = mix(this.hash, result);
    this.cursor++;
    return result;
  }

  private isPast(): boolean {
    if (this.isStopped) throw pause;
    return this.cursor < this.history.length;
  }

  private past(): number {
    return this.history[this.cursor++] as number;
  }

  private get isInside(): boolean {
    return (this.memory[doorAt] as number) >> 1 === this.name + 1;
  }

  private act(label: string, at: number): void {
    if (!this.mayAct) this.stop({ _tag: "Operation", label: `${label}@${at}` });
    this.mayAct = false;
  }

  private countWrite(): void {
    if (this.writesDone++ < this.fuel.writes) return;
    this.isDead = true;
    this.stop({ _tag: "None" });
  }

  private isLog(at: number): boolean {
    return at === 16 && this.isInside;
  }

  read(at: number): number {
    if (this.isPast()) return this.past();
    if (!this.isInside) this.act("read", at);
    return this.record(this.memory[at] as number);
  }

  write(at: number, value: number): void {
    if (this.isPast()) return void this.past();
    if (this.isInside) this.countWrite();
    else this.act("write", at);
    this.memory[at] = value;
    this.record(0);
  }

  load(at: number): number {
    if (this.isPast()) return this.past();
    if (!this.isLog(at)) this.act("load", at);
    return this.record(this.memory[at] as number);
  }

  store(at: number, value: number): void {
    if (this.isPast()) return void this.past();
    if (this.isLog(at)) this.countWrite();
    else this.act("store", at);
    this.memory[at] = value;
    this.record(0);
  }

  compareExchange(at: number, expected: number, value: number): number {
    if (this.isPast()) return this.past();
    this.act("cas", at);
    const seen = this.memory[at] as number;
    if (seen === expected) this.memory[at] = value;
    return this.record(seen);
  }

  exchange(at: number, value: number): number {
    if (this.isPast()) return this.past();
    this.act("exchange", at);
    const seen = this.memory[at] as number;
    this.memory[at] = value;
    return this.record(seen);
  }

  notify(at: number): void {
    if (this.isPast()) return void this.past();
    this.act("notify", at);
    this.state.units.forEach((unit, index) => {
      const isSleeper = unit.status === "asleep" && unit.sleepsAt === at;
      const woken = unit.watches.filter((watch) => watch.at === at).map((watch) => watch.id);
      if (!isSleeper && woken.length === 0) return;
      this.state.units[index] = {
        ...unit,
        status: isSleeper ? "woken" : unit.status,
        watches: unit.watches.filter((watch) => watch.at !== at),
        events: [...unit.events, ...woken],
      };
    });
    this.record(0);
  }

  wait(at: number, expected: number, _timeoutMillis: number): Woken {
    const result = this.isPast() ? this.past() : this.sleep(at, expected);
    if (result === timedOut) this.isCancelled = true;
    return wokenBy[result] as Woken;
  }

  private sleep(at: number, expected: number): number {
    this.act("wait", at);
    if (this.given !== undefined) return this.record(this.given);
    if (this.memory[at] !== expected) return this.record(1);
    this.isAsleepAt = at;
    return this.stop({ _tag: "Operation", label: `asleep@${at}` });
  }

  watch(at: number, expected: number, wake: () => void): boolean {
    const id = this.watchCount++;
    this.callbacks.set(id, wake);
    if (this.isPast()) return this.past() === 1;
    this.act("watch", at);
    if (this.memory[at] !== expected) return this.record(0) === 1;
    const mine = this.state.units[this.me] as UnitState;
    this.state.units[this.me] = { ...mine, watches: [...mine.watches, { id, at }] };
    return this.record(1) === 1;
  }

  nowMillis(): number {
    if (this.isStopped) throw pause;
    return this.isCancelled ? 1e9 : 0;
  }

  reserve(words: number): boolean {
    return words < this.memory.length - ghostCount;
  }

  /** One turn of the event loop. Gives false when it is the time to cancel. */
  turn(): boolean {
    const id = this.isPast() ? this.past() : this.nextEvent();
    if (id === cancelEvent) {
      this.isCancelled = true;
      this.onCancel?.();
      return false;
    }
    this.callbacks.get(id)?.();
    return true;
  }

  /** Called when an async wait is to be cancelled. */
  onCancel: (() => void) | undefined;

  private nextEvent(): number {
    if (!this.mayAct) this.stop({ _tag: "Event" });
    this.mayAct = false;
    if (this.given !== undefined) return this.record(this.given);
    const mine = this.state.units[this.me] as UnitState;
    const [id, ...events] = mine.events;
    if (id === undefined) return this.stop({ _tag: "Event" });
    this.state.units[this.me] = { ...mine, events };
    return this.record(id);
  }

  /** Goes on when the memory is like this. */
  until(holds: (memory: Int32Array, state: State) => boolean): void {
    if (this.isPast()) return void this.past();
    if (!this.mayAct) this.stop({ _tag: "Condition", holds });
    this.mayAct = false;
    this.record(0);
  }

  /** Waits until a unit is dead or has finished; tells whether it is dead. */
  untilEndOf(name: number, actors: () => ReadonlyArray<Actor>): boolean {
    if (this.isPast()) return this.past() === 1;
    const other = actors().findIndex((actor) => actor.name === name);
    const of = (state: State): UnitState => state.units[other] as UnitState;
    if (!this.mayAct) {
      const holds = (_: Int32Array, state: State): boolean =>
        of(state).status === "dead" || of(state).isFinished;
      this.stop({ _tag: "Condition", holds });
    }
    this.mayAct = false;
    return this.record(of(this.state).status === "dead" ? 1 : 0) === 1;
  }

  /** A note that is part of the step: adds, and gives the new value. */
  ghost(index: number, add: number): number {
    if (this.isPast()) return this.past();
    const at = this.memory.length - ghostCount + index;
    this.memory[at] = (this.memory[at] as number) + add;
    return this.record(this.memory[at]);
  }

  /** Whether what follows is done for the first time. Expectations need no such thing: they hold in each replay. */
  expect(holds: boolean, what: string): void {
    if (!holds && !this.isStopped) throw new Error(what);
  }

  /**
   * What this unit does from here on depends on `step` alone: a script starts with `resume` as that, and what it saw before does not
   * count. Not while something of it waits on the event loop.
   */
  checkpoint(step: number): void {
    if (this.isStopped) throw pause;
    this.history = [];
    this.cursor = 0;
    this.resume = step;
    this.hash = mix(17, step);
  }

  finish(): void {
    if (!this.isStopped) this.isFinished = true;
  }
}
