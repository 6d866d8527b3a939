import {
  type Actor,
  cancelEvent,
  type Fuel,
  ghostCount,
  mix,
  type State,
  timedOut,
  UnitContext,
  type UnitState,
} from "./unit.ts";

export interface Scenario {
  /** The memory, prepared. */
  readonly memory: () => Int32Array;
  readonly actors: ReadonlyArray<Actor>;
  /** Of what may be at the end: all have finished, died, or wait for nothing. Throws when something is wrong. */
  readonly atEnd?: (end: End) => void;
  readonly mostStates?: number;
  /** Changes of units that could have gone on; none is the default bound. */
  readonly mostPreemptions?: number;
}

export interface End {
  readonly memory: Int32Array;
  readonly ghosts: ReadonlyArray<number>;
  readonly dead: ReadonlyArray<number>;
}

export interface Explored {
  readonly states: number;
  readonly transitions: number;
  readonly ends: number;
  readonly deaths: number;
  /** False if the bound was reached. */
  readonly isComplete: boolean;
}

/** What was found, with the schedule that leads to it. */
export class Violation extends Error {
  readonly schedule: ReadonlyArray<string>;
  constructor(message: string, schedule: ReadonlyArray<string>) {
    super(`${message}\n  schedule: ${schedule.slice(-80).join(" ")}`);
    this.schedule = schedule;
  }
}

interface Choice {
  readonly unit: number;
  readonly given?: number;
  /** Dies: before the operation (-1), or after it and that many writes. */
  readonly dies?: number;
}

interface Frame {
  readonly state: State;
  readonly choices: ReadonlyArray<Choice>;
  next: number;
  readonly last: number;
  readonly preemptions: number;
}

const isEnabled = (unit: UnitState, state: State): boolean => {
  if (unit.status === "dead" || unit.status === "asleep") return false;
  if (unit.status === "woken") return true;
  if (unit.pending._tag === "Event") return unit.events.length > 0;
  if (unit.pending._tag === "Condition") return unit.pending.holds(state.memory, state);
  return unit.pending._tag === "Operation";
};

class Checker {
  private readonly scenario: Scenario;
  private readonly seen = new Set<number>();
  private transitions = 0;
  private ends = 0;
  private deaths = 0;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
  }

  private first(): State {
    const prepared = this.scenario.memory();
    const memory = new Int32Array(prepared.length + ghostCount);
    memory.set(prepared);
    const state: State = { memory, units: [] };
    this.scenario.actors.forEach((actor, index) => {
      state.units[index] = this.run(actor, index, state, { isFirst: true, writes: Infinity }).unit;
    });
    return state;
  }

  private run(actor: Actor, index: number, state: State, fuel: Fuel): { unit: UnitState; writes: number } {
    const context = new UnitContext(actor, index, state, fuel);
    context.run(actor.script);
    const mine = state.units[index];
    const unit: UnitState = {
      history: context.history,
      hash: context.hash,
      resume: context.resume,
      pending: context.pending,
      status: context.isDead ? "dead" : context.isAsleepAt >= 0 ? "asleep" : "ready",
      sleepsAt: context.isAsleepAt,
      isFinished: context.isFinished,
      wasCancelled: context.isCancelled,
      watches: context.isDead ? [] : (mine?.watches ?? []),
      events: context.isDead ? [] : (mine?.events ?? []),
    };
    return { unit, writes: context.writesDone };
  }

  private choicesOf(state: State, isTail: (unit: number) => boolean): ReadonlyArray<Choice> {
    const choices: Array<Choice> = [];
    state.units.forEach((unit, index) => {
      const actor = this.scenario.actors[index] as Actor;
      if (unit.status === "dead") return;
      if (isEnabled(unit, state) && isTail(index)) choices.push({ unit: index });
      const mayCancel = actor.isCancellable === true && !unit.wasCancelled && !unit.isFinished;
      if (mayCancel && unit.status === "asleep") choices.push({ unit: index, given: timedOut });
      if (mayCancel && unit.status === "ready" && unit.pending._tag === "Event") {
        choices.push({ unit: index, given: cancelEvent });
      }
      if (
        actor.isMortal === true &&
        !unit.isFinished &&
        !state.units.some((other) => other.status === "dead")
      ) {
        choices.push({ unit: index, dies: -1 });
      }
    });
    return choices;
  }

  private child(state: State, choice: Choice): { state: State; writes: number } {
    this.transitions++;
    const next: State = { memory: state.memory.slice(), units: state.units.slice() };
    const index = choice.unit;
    const unit = next.units[index] as UnitState;
    if (choice.dies === -1) {
      this.deaths++;
      next.units[index] = { ...unit, status: "dead", watches: [], events: [] };
      return { state: next, writes: 0 };
    }
    const given = choice.given ?? (unit.status === "woken" ? 0 : undefined);
    const ran = this.run(this.scenario.actors[index] as Actor, index, next, {
      given,
      writes: choice.dies ?? Infinity,
      isFirst: false,
    });
    if (choice.dies !== undefined) this.deaths++;
    next.units[index] = ran.unit;
    return { state: next, writes: ran.writes };
  }

  private key(state: State, bound: number): number {
    let low = mix(7, bound);
    let high = 31;
    for (const word of state.memory) {
      low = mix(low, word);
      high = Math.imul(high, 31) + word;
    }
    for (const unit of state.units) {
      const isOver =
        unit.status === "dead" ||
        (unit.isFinished &&
          unit.pending._tag === "Event" &&
          unit.watches.length === 0 &&
          unit.events.length === 0);
      const parts = isOver
        ? [1]
        : [
            unit.hash,
            unit.history.length,
            unit.status.length,
            unit.wasCancelled ? 1 : 0,
            ...unit.events,
            -7,
            ...unit.watches.map((watch) => watch.id),
          ];
      for (const part of parts) {
        low = mix(low, part);
        high = Math.imul(high, 31) + part;
      }
    }
    return (low >>> 0) * 2 ** 21 + (mix(high | 0, 5) >>> 11);
  }

  private judge(state: State): void {
    this.ends++;
    state.units.forEach((unit, index) => {
      const actor = this.scenario.actors[index] as Actor;
      if (unit.status !== "dead" && !unit.isFinished) throw new Error(`unit ${actor.name} waits for ever`);
    });
    this.scenario.atEnd?.({
      memory: state.memory,
      ghosts: Array.from(state.memory.slice(-ghostCount)),
      dead: this.scenario.actors
        .filter((_, index) => state.units[index]?.status === "dead")
        .map((actor) => actor.name),
    });
  }

  private open(state: State, last: number, preemptions: number): Frame {
    const most = this.scenario.mostPreemptions ?? Infinity;
    const lastUnit = state.units[last];
    const mustStay = preemptions >= most && lastUnit !== undefined && isEnabled(lastUnit, state);
    const choices = this.choicesOf(state, (unit) => !mustStay || unit === last);
    if (!state.units.some((unit) => isEnabled(unit, state))) this.judge(state);
    return { state, choices, next: 0, last, preemptions };
  }

  explore(): Explored {
    const most = this.scenario.mostStates ?? 2_000_000;
    const stack: Array<Frame> = [];
    const extra: Array<Array<Choice>> = [];
    const trail = (): ReadonlyArray<string> =>
      stack.map((frame) => {
        const choice = frame.choices[frame.next - 1] as Choice;
        const unit = frame.state.units[choice.unit] as UnitState;
        const what = unit.pending._tag === "Operation" ? unit.pending.label : unit.pending._tag;
        const dies = choice.dies === undefined ? "" : `:dies${choice.dies}`;
        return `${this.scenario.actors[choice.unit]?.name}:${what}${choice.given === undefined ? "" : `=${choice.given}`}${dies}`;
      });
    const push = (state: State, last: number, preemptions: number): void => {
      const isBounded = this.scenario.mostPreemptions !== undefined;
      const key = this.key(state, isBounded ? preemptions * 8 + last + 1 : 0);
      if (this.seen.has(key)) return;
      this.seen.add(key);
      stack.push(this.open(state, last, preemptions));
      extra.push([]);
    };
    try {
      push(this.first(), -1, 0);
      while (stack.length > 0 && this.seen.size < most) {
        const frame = stack[stack.length - 1] as Frame;
        const choice = frame.choices[frame.next++];
        if (choice === undefined) {
          stack.pop();
          continue;
        }
        const { state, writes } = this.child(frame.state, choice);
        this.addDeaths(frame, choice, writes);
        const left =
          frame.last >= 0 &&
          choice.unit !== frame.last &&
          isEnabled(frame.state.units[frame.last] as UnitState, frame.state);
        push(state, choice.unit, frame.preemptions + (left ? 1 : 0));
      }
    } catch (error) {
      throw new Violation(error instanceof Error ? (error.stack ?? error.message) : String(error), trail());
    }
    const { transitions, ends, deaths } = this;
    return { states: this.seen.size, transitions, ends, deaths, isComplete: stack.length === 0 };
  }

  /** A mortal unit may die at each write of the step that was just found out. */
  private addDeaths(frame: Frame, choice: Choice, writes: number): void {
    const actor = this.scenario.actors[choice.unit] as Actor;
    if (actor.isMortal !== true || choice.dies !== undefined) return;
    if (frame.state.units[choice.unit]?.isFinished === true) return;
    if (frame.state.units.some((unit) => unit.status === "dead")) return;
    for (let dies = 0; dies < writes; dies++) (frame.choices as Array<Choice>).push({ ...choice, dies });
  }
}

/** Follows all schedules; throws a `Violation` for the first that goes wrong. */
export const explore = (scenario: Scenario): Explored => new Checker(scenario).explore();
