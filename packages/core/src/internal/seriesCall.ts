/**
 * The calls of a map: one for an input, or one for many inputs that an adapter runs one after the other.
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

import type { Begun } from "../Adapter.ts";
import type { Items } from "../Items.ts";
import type { Series } from "../Job.ts";
import * as Outcome from "../Outcome.ts";
import type { Unit } from "../TaskContext.ts";
import type { Caller } from "./caller.ts";
import { type Admissible, OutsideCall } from "./outsideCall.ts";

type OnEnd = (exit: Exit.Exit<unknown, unknown>) => void;

/** A call for one input. */
export class ItemCall extends OutsideCall {
  private readonly onEnd: OnEnd;
  private startedAtMillis = Number.NaN;

  constructor(caller: Caller, admissible: Admissible, onEnd: OnEnd) {
    super(caller, admissible);
    this.onEnd = onEnd;
  }

  /** How long it ran, as seen from here; not a number while it has not started. */
  get tookMicros(): number {
    return (performance.now() - this.startedAtMillis) * 1000;
  }

  protected override onStarted(): void {
    this.startedAtMillis = performance.now();
  }

  protected tell(exit: Exit.Exit<unknown, unknown>): void {
    this.onEnd(exit);
  }
}

/** Who hears of a series. */
export interface SeriesListener {
  readonly onOutputs: (outputs: Items, micros: number) => void;
  /** None behind the job that runs will begin. Whether they will be run elsewhere is answered. */
  readonly onAlone: () => After;
  /** It succeeds when the series stopped between two inputs. Whether those that it has not come to will be run is answered. */
  readonly onEnd: (exit: Exit.Exit<unknown, unknown>) => After;
}

/** Whether jobs that a series does not come to wait for another one, or are over. */
type After = "goesOn" | "over";

/** How a series ends that stopped between two inputs. */
const between: Outcome.Outcome = Outcome.success(undefined);

/**
 * A call for many inputs. Each is counted as a job: one of those that have not ended runs, once the series has started, and the
 * others wait.
 */
export class SeriesCall extends OutsideCall {
  readonly inputs: Items;
  private readonly listener: SeriesListener;
  /** How many of the inputs are its own. */
  private size: number;
  private finishedCount = 0;
  private phase: "waiting" | "started" | "alone" | "over" = "waiting";

  constructor(caller: Caller, admissible: Admissible, inputs: Items, listener: SeriesListener) {
    super(caller, admissible);
    this.inputs = inputs;
    this.size = inputs.length;
    this.listener = listener;
    // The others take the numbers after that of the first.
    caller.engine.lastNumber += inputs.length - 1;
  }

  override begin(): void {
    this.caller.engine.counts.queued += this.inputs.length - 1;
    super.begin();
  }

  /** Gives it to the adapter, which can run it. */
  beginMany(): Begun {
    const { context, engine } = this.caller;
    const { executeMany } = engine.adapter;
    if (executeMany === undefined) throw new TypeError("the adapter runs no series");
    const executed = Effect.suspend(() => executeMany(this.series()));
    const fiber = Effect.runForkWith(context)(Effect.map(executed, (outcome) => outcome ?? between));
    fiber.addObserver((exit) => this.ended(exit));
    return { cancel: () => fiber.interruptUnsafe() };
  }

  protected override onStarted(_unit: Unit): void {
    this.phase = "started";
  }

  // What succeeded was told before.
  protected override settle(outcome: Outcome.Outcome): Exit.Exit<unknown, unknown> {
    return outcome._tag === "Success" ? Exit.succeed(undefined) : super.settle(outcome);
  }

  // The engine counts one end: of the input at which it stopped, or of the last one.
  protected tell(exit: Exit.Exit<unknown, unknown>): void {
    this.phase = "over";
    const { counts } = this.caller.engine;
    const { queuedCount } = this;
    if (Exit.isFailure(exit)) {
      counts.queued -= queuedCount;
      counts.interrupted += queuedCount;
      this.listener.onEnd(exit);
      return;
    }
    const left = this.size - this.finishedCount;
    if (left > 0) {
      counts.succeeded--;
      counts.queued++;
    }
    this.after(left, this.listener.onEnd(exit));
  }

  // Of those that have not ended, one is counted by the engine.
  private get queuedCount(): number {
    return Math.max(0, this.size - this.finishedCount - 1);
  }

  private series(): Series {
    const { depth, envelope, id, inputs, priority, task } = this;
    return {
      id,
      task,
      inputs,
      envelope,
      priority,
      depth,
      emit: (event) => this.emit(event),
      started: (unit) => this.started(unit),
      nest: (nested) => this.nest(nested),
      finished: (outputs, micros) => this.finished(outputs, micros),
      alone: () => this.alone(),
    };
  }

  // Those that go on stay queued.
  private after(left: number, after: After): void {
    if (after === "goesOn") return;
    const { counts } = this.caller.engine;
    counts.queued -= left;
    counts.interrupted += left;
  }

  private alone(): void {
    if (this.phase !== "started") return;
    this.phase = "alone";
    const left = this.queuedCount;
    this.size -= left;
    if (left > 0) this.after(left, this.listener.onAlone());
  }

  private finished(outputs: Items, micros: number): void {
    if (this.phase === "over") return;
    const { counts } = this.caller.engine;
    const queuedBefore = this.queuedCount;
    this.finishedCount = Math.min(this.finishedCount + outputs.length, this.size);
    const count = queuedBefore - this.queuedCount;
    counts.queued -= count;
    counts.succeeded += count;
    this.listener.onOutputs(outputs, micros);
  }
}
