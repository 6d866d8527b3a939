/**
 * One map under way: takes inputs, has them run one by one or many together, and keeps their results until they are taken.
 *
 * Callbacks and a list of units, each with inputs that go together, in the order of the inputs. What a series did not come
 * to becomes a unit of its own behind it, and goes first. Nobody hears of the end before all bodies have stopped.
 */
import * as Cause from "effect/Cause";
import * as Exit from "effect/Exit";

import type * as Codec from "../Codec.ts";
import * as Defect from "../Defect.ts";
import type { Items } from "../Items.ts";
import type { RunOptions } from "../Runtime.ts";
import { InvalidOutput, RuntimeError } from "../RuntimeError.ts";
import type * as Task from "../Task.ts";
import type { Caller } from "./caller.ts";
import * as Late from "./late.ts";
import { MapInputs } from "./mapInputs.ts";
import { MapMemory } from "./mapMemory.ts";
import { Pace } from "./mapPace.ts";
import { type Unit, unitOf, Units } from "./mapUnits.ts";
import type { Admissible } from "./outsideCall.ts";
import { ItemCall, SeriesCall } from "./seriesCall.ts";
import type { Terms } from "./terms.ts";

/** What is mapped, and how. */
export interface MapTerms {
  readonly task: Task.Any;
  readonly inputs: Iterable<unknown>;
  readonly options: RunOptions | undefined;
  readonly isOrdered: boolean;
  /** How many inputs may be taken ahead of the results that were taken; by default it depends on how many go together. */
  readonly mostAhead: number | undefined;
  /** How many go together at most, if the caller says so. */
  readonly chunk: number | undefined;
}

/** Its calls are over when it is: with nothing, or with what it failed with. */
type State = "open" | "stopping" | "over";

const fewestUnits = 16;

const tooMany = (outputs: number, inputs: number): TypeError =>
  new TypeError(`the adapter gave ${outputs} outputs for ${inputs} inputs`);

export class MapRun {
  /** Whoever takes the results is told that there is something to take, or that the run is over. */
  onChanged: () => void = () => undefined;
  /** What it failed with. */
  failure: Cause.Cause<unknown> | undefined;
  private readonly caller: Caller;
  private readonly terms: MapTerms;
  private readonly inputs: MapInputs;
  private readonly pace: Pace;
  private readonly memory: MapMemory | undefined;
  private state: State = "open";
  private hasInputs = true;
  /** What the inputs failed with: it is told after the results of those before. */
  private inputFailure: Cause.Cause<unknown> | undefined;
  private admittedTerms: Terms | undefined;
  /** Those of an ordered map whose results were not all taken. */
  private readonly units = new Units();
  /** What series did not come to. */
  private rests: Array<Unit> = [];
  private readonly underWay = new Set<Unit>();
  /** The results of an unordered map, as they came. */
  private readonly arrived: Array<Items> = [];
  /** How many inputs were taken whose results were not. */
  private ahead = 0;
  private lastTaken = 0;
  private isFilling = false;

  constructor(caller: Caller, terms: MapTerms) {
    this.caller = caller;
    this.terms = terms;
    const { chunk, inputs, mostAhead, task } = terms;
    const encode = chunk === 1 || task.input === undefined ? undefined : this.codec.encodeInput;
    this.inputs = new MapInputs(inputs, encode);
    if (caller.engine.adapter.capabilities.sharedMemory) this.memory = new MapMemory();
    const most =
      mostAhead === undefined ? Number.POSITIVE_INFINITY : Math.floor(mostAhead / (2 * this.places));
    this.pace = new Pace(Math.min(most, chunk ?? most), chunk ?? caller.engine.paces.get(task) ?? 1);
  }

  get isOver(): boolean {
    return this.state === "over";
  }

  private get codec(): Codec.TaskCodec {
    return Late.codecOf(this.terms.task, this.caller.engine.adapter.capabilities.values);
  }

  /** Starts it, or goes on after results were taken. */
  fill(): void {
    if (this.isFilling) return;
    this.isFilling = true;
    while (this.state === "open" && this.underWay.size < this.mostUnits) {
      const unit = this.nextUnit();
      if (unit === undefined) break;
      this.begin(unit);
    }
    this.isFilling = false;
    this.checkOver();
  }

  /** The next results, if they are there. Those that were taken before count as used. */
  take(): Items | undefined {
    this.ahead -= this.lastTaken;
    this.lastTaken = 0;
    if (this.state === "open") this.fill();
    // After that, since something may have arrived meanwhile.
    const items = this.terms.isOrdered ? this.units.take() : this.arrived.shift();
    this.lastTaken = items?.length ?? 0;
    return items;
  }

  /** Ends it: nothing more is started, and what is under way is cancelled. */
  stop(failure?: Cause.Cause<unknown>): void {
    if (this.state !== "open") return;
    this.state = "stopping";
    this.failure = failure;
    this.dropRests();
    this.closeInputs();
    for (const { call } of this.underWay) call?.cancel();
    this.checkOver();
  }

  private get places(): number {
    return this.caller.engine.adapter.capabilities.parallelism;
  }

  // No more than there are places: what one of them does not come to is then the next.
  private get mostUnits(): number {
    return this.pace.size > 1
      ? this.places
      : Math.min(this.mostSingle, this.terms.mostAhead ?? this.mostSingle);
  }

  private get mostSingle(): number {
    return Math.max(fewestUnits, 2 * this.places);
  }

  // As many again as are under way may wait to be taken.
  private get mostAhead(): number {
    return this.terms.mostAhead ?? Math.max(this.mostSingle, 2 * this.places * this.pace.size);
  }

  private nextUnit(): Unit | undefined {
    const rest = this.rests.shift();
    if (rest !== undefined) return this.cut(rest);
    if (!this.hasInputs) return undefined;
    try {
      const size = this.sizeOfNext;
      if (this.ahead + size > this.mostAhead) return undefined;
      const taken = this.inputs.take(size, this.memory?.take(size));
      if (taken !== undefined) {
        if (!taken.isSeries && size > 1) this.pace.metAlone();
        return this.append(unitOf(taken.inputs, taken.isSeries));
      }
    } catch (error) {
      this.inputFailure = Cause.die(error);
    }
    this.hasInputs = false;
    return undefined;
  }

  // The last ones are for all places.
  private get sizeOfNext(): number {
    const { size } = this.pace;
    return size === 1 ? 1 : Math.min(size, Math.max(1, Math.ceil(this.inputs.most / this.places)));
  }

  private append(unit: Unit): Unit {
    this.ahead += unit.inputs.length;
    if (this.terms.isOrdered) this.units.append(unit);
    return unit;
  }

  // As many of the rest as go together now; the others are the rest.
  private cut(unit: Unit): Unit {
    const { size } = this.pace;
    if (unit.inputs.length > size) {
      this.rests.unshift(this.units.insertAfter(unit, unit.inputs.slice(size)));
      unit.inputs = unit.inputs.slice(0, size);
    }
    return unit;
  }

  private begin(unit: Unit): void {
    unit.state = "underWay";
    this.underWay.add(unit);
    // It counts as queued still, and its call counts that again.
    if (unit.isRest) this.caller.engine.counts.queued -= unit.inputs.length;
    const admitted = this.admit(unit);
    if (admitted instanceof RuntimeError) return this.ended(unit, Exit.fail(admitted));
    const call =
      unit.isSeries && unit.inputs.length > 1 ? this.series(unit, admitted) : this.single(unit, admitted);
    unit.call = call;
    call.begin();
  }

  private admit({ inputs, isSeries, isRest }: Unit): Admissible | RuntimeError {
    const { engine } = this.caller;
    const { options, task } = this.terms;
    if (!isSeries) return engine.admit(task, "value", inputs[0], options);
    // The rest of a series was accepted with it.
    const terms = isRest ? this.admittedTerms : engine.termsOf(task, "value", options);
    if (terms instanceof RuntimeError) return terms;
    this.admittedTerms = terms;
    return { task, input: inputs.length === 1 ? inputs[0] : undefined, terms: terms as Terms };
  }

  private single(unit: Unit, admitted: Admissible): ItemCall {
    const call: ItemCall = new ItemCall(this.caller, admitted, (exit) => {
      if (Exit.isSuccess(exit)) {
        this.pace.tookOne(call.tookMicros);
        this.keep(unit, [exit.value]);
      }
      this.ended(unit, exit);
    });
    return call;
  }

  private series(unit: Unit, admitted: Admissible): SeriesCall {
    const { inputs } = unit;
    let done = 0;
    let micros = 0;
    let isAlone = false;
    const onOutputs = (outputs: Items, tookMicros: number): void => {
      done += outputs.length;
      micros += tookMicros;
      const { length } = unit.inputs;
      if (done > length) this.stop(Cause.die(tooMany(done, length)));
      else this.keepDecoded(unit, outputs);
      this.onChanged();
    };
    const onAlone = (): "goesOn" | "over" => {
      isAlone = true;
      this.pace.stopped(done);
      if (this.state !== "open") return "over";
      this.leave(unit, done + 1);
      this.fill();
      return "goesOn";
    };
    const onEnd = (exit: Exit.Exit<unknown, unknown>): "goesOn" | "over" => {
      const goesOn = Exit.isSuccess(exit) && this.state === "open";
      if (Exit.isSuccess(exit)) {
        if (!isAlone) this.pace.tookSeries(done, inputs.length, micros);
        if (goesOn) this.leave(unit, done);
        this.memory?.giveBack(inputs);
      }
      this.ended(unit, exit);
      return goesOn ? "goesOn" : "over";
    };
    return new SeriesCall(this.caller, admitted, inputs, { onOutputs, onAlone, onEnd });
  }

  // Its inputs from there on wait for another call, as copies: their memory is used again.
  private leave(unit: Unit, from: number): void {
    const { inputs } = unit;
    if (from >= inputs.length) return;
    this.rests.push(this.units.insertAfter(unit, inputs.slice(from)));
    unit.inputs = inputs.slice(0, from);
  }

  private dropRests(): void {
    const { counts } = this.caller.engine;
    for (const { inputs } of this.rests) {
      counts.queued -= inputs.length;
      counts.interrupted += inputs.length;
    }
    this.rests = [];
  }

  private ended(unit: Unit, exit: Exit.Exit<unknown, unknown>): void {
    unit.state = Exit.isSuccess(exit) ? "over" : "broken";
    unit.call = undefined;
    this.underWay.delete(unit);
    if (Exit.isFailure(exit)) this.stop(exit.cause);
    this.fill();
    this.onChanged();
  }

  private keepDecoded(unit: Unit, outputs: Items): void {
    if (this.terms.task.output === undefined) return this.keep(unit, outputs);
    const decoded: Array<unknown> = [];
    try {
      for (const output of outputs) decoded.push(this.codec.decodeOutput(output));
    } catch (cause) {
      const reason = new InvalidOutput({ where: "output", detail: Defect.messageOf(cause), cause });
      this.stop(Cause.fail(this.caller.engine.error(this.terms.task, reason)));
    }
    this.keep(unit, decoded);
  }

  private keep(unit: Unit, results: Items): void {
    if (results.length === 0) return;
    if (this.terms.isOrdered) unit.results.push(results);
    else this.arrived.push(results);
  }

  private closeInputs(): void {
    this.hasInputs = false;
    try {
      this.inputs.close();
    } catch (error) {
      this.failure ??= Cause.die(error);
    }
  }

  private checkOver(): void {
    if (this.state === "over" || this.underWay.size > 0) return;
    if (this.state === "open") {
      if (this.hasInputs || this.rests.length > 0) return;
      this.failure = this.inputFailure;
    }
    this.state = "over";
    const { chunk, task } = this.terms;
    if (chunk === undefined) this.caller.engine.paces.set(task, this.pace.size);
    this.onChanged();
  }
}
