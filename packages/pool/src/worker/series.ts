/**
 * Runs the jobs of a series one after the other, as long as each ends with a plain value in the turn in which it began.
 *
 * One that does more (it throws, waits, gives an Effect or a generator, logs, calls a task, asks for its signal) becomes the
 * call itself and ends it as any call ends; those after it are not begun. When the series has taken its time, it is stopped
 * between two jobs.
 */
import * as BodyResult from "@heddle/core/BodyResult";
import { findOffending } from "@heddle/core/Cloneable";
import * as Defect from "@heddle/core/Defect";
import { alone, Copier, isPrimitive, type Items, List, mostCharacters } from "@heddle/core/Items";
import * as Outcome from "@heddle/core/Outcome";
import type * as Task from "@heddle/core/Task";
import type { TaskContext, Unit } from "@heddle/core/TaskContext";
import * as Timers from "@heddle/core/Timers";

import { heldMicros, Kind, type Refusal, seriesMicros } from "../Frame.ts";
import { cancelled, WorkerCall } from "./call.ts";
import { elapsedMillis } from "./clock.ts";
import * as CallContext from "./context.ts";
import { Unsent } from "./outbox.ts";

/** Handles what a body gave that is not plain. */
type Finish = (result: unknown) => void;

const takesMore = (value: unknown): boolean =>
  BodyResult.needsEffect(value) || BodyResult.isAsyncIterable(value) || BodyResult.isGenerator(value);

/** What became of a job: it has ended and another may begin, it waits, or the series ends with it. */
type Step = "next" | "waits" | "over";

const shortMicros = 2;
const longestStride = 4;

/** What a body sees of its job. It costs next to nothing, as long as the body uses nothing that needs a call of its own. */
class ItemContext {
  readonly #series: Series;
  readonly #index: number;
  #made: TaskContext<unknown> | undefined;

  constructor(series: Series, index: number) {
    this.#series = series;
    this.#index = index;
  }

  get id(): string {
    return this.#series.idOf(this.#index);
  }
  get attempt(): number {
    return 1;
  }
  get unit(): Unit {
    return this.#series.call.unit;
  }
  get deadlineEpochMillis(): number | undefined {
    return this.#series.call.envelope?.deadlineEpochMillis;
  }
  get isCancelled(): () => boolean {
    return () => this.#made?.isCancelled() ?? this.#series.isCancelled(this.#index);
  }
  get throwIfCancelled(): () => void {
    return () => {
      if (this.isCancelled()) throw cancelled();
    };
  }
  get signal(): AbortSignal {
    return this.#own.signal;
  }
  get progress(): TaskContext<unknown>["progress"] {
    return this.#own.progress;
  }
  get log(): TaskContext<unknown>["log"] {
    return this.#own.log;
  }
  get transfer(): TaskContext<unknown>["transfer"] {
    return this.#own.transfer;
  }
  get run(): TaskContext<unknown>["run"] {
    return this.#own.run;
  }

  get #own(): TaskContext<unknown> {
    return (this.#made ??= CallContext.make(this.#series.claim(this.#index)));
  }
}

class Series {
  readonly call: WorkerCall;
  private readonly task: Task.Any;
  private readonly finish: Finish;
  private readonly inputs: Items;
  private readonly firstId: number;
  private outputs: List;
  private readonly copier = new Copier();
  private characters = 0;
  /** The job that runs. */
  private at = 0;
  private isClaimed = false;
  /** What the job that waits will give. */
  private waiting: { readonly promise: Promise<unknown> } | undefined;
  private isWatched = false;
  private sentAtMillis = 0;
  private stopsAtMillis = 0;
  /** At which job it looks at the clock again, and how many that are after the last time. */
  private looksAt = 0;
  private stride = 1;
  private lookedAtMillis = 0;

  constructor(task: Task.Any, call: WorkerCall, finish: Finish) {
    this.task = task;
    this.call = call;
    this.finish = finish;
    this.inputs = call.input as Items;
    this.firstId = Number(call.jobId);
    this.outputs = new List(this.inputs.length);
  }

  idOf(index: number): string {
    return String(this.firstId + index);
  }

  isCancelled(index: number): boolean {
    return index !== this.at || this.call.isCancelled;
  }

  /** The call that a job may use: the one of the series, which ends with it then; one that has ended, after its end. */
  claim(index: number): WorkerCall {
    const { call } = this;
    if (index === this.at) {
      this.become();
      return call;
    }
    const { attempt, envelope, port, unit } = call;
    const ended = new WorkerCall(
      [Kind.run, call.number, this.idOf(index), "", "", "value", undefined, attempt, envelope, 0],
      unit,
      port,
      () => undefined,
    );
    ended.forget();
    return ended;
  }

  run(): void {
    this.sentAtMillis = elapsedMillis();
    this.lookedAtMillis = this.sentAtMillis;
    this.stopsAtMillis = this.sentAtMillis + seriesMicros / 1000;
    this.goOn();
  }

  private goOn(): void {
    const { call, inputs } = this;
    while (this.at < inputs.length) {
      if (call.isCancelled) {
        this.flush(false);
        return call.end(Outcome.interrupted);
      }
      if (this.runNext() !== "next") return;
      this.at++;
      if (this.isLate()) break;
    }
    this.flush(true);
  }

  private runNext(): Step {
    const { at, call, task } = this;
    let input = this.inputs[at];
    try {
      if (call.codec !== undefined) input = call.codec.decodeInput(input);
    } catch (thrown) {
      return this.refuse({ _tag: "InvalidInput", where: "input", detail: Defect.messageOf(thrown) });
    }
    try {
      const result = BodyResult.of(task, input, new ItemContext(this, at));
      // All that most of them are.
      if (typeof result === "number" && !this.isClaimed && call.codec === undefined) {
        this.outputs.add(result);
        return "next";
      }
      if (isPrimitive(result)) return this.take(result);
      // One that uses its call ends it.
      if (this.isClaimed || takesMore(result)) return this.goAlone(result);
      return BodyResult.isPromiseLike(result) ? this.wait(Promise.resolve(result)) : this.take(result);
    } catch (thrown) {
      return this.endWith(() => call.fail(thrown));
    }
  }

  // Most promises are settled within the turn. For one that is not, the others do not wait.
  private wait(promise: Promise<unknown>): Step {
    const waiting = (this.waiting = { promise });
    const settled = (take: () => Step): void => {
      if (this.waiting !== waiting) return;
      this.waiting = undefined;
      if (take() !== "next") return;
      this.at++;
      if (this.isLate()) this.flush(true);
      else this.goOn();
    };
    promise.then(
      (value) => settled(() => this.take(value)),
      (thrown: unknown) => settled(() => this.endWith(() => this.call.fail(thrown))),
    );
    this.watch();
    return "waits";
  }

  private watch(): void {
    if (this.isWatched) return;
    this.isWatched = true;
    Timers.nextTurn(() => {
      const { waiting } = this;
      this.isWatched = false;
      this.waiting = undefined;
      if (waiting !== undefined) this.goAlone(waiting.promise);
    });
  }

  private take(value: unknown): Step {
    const { call, isClaimed, outputs } = this;
    if (isClaimed) return this.endWith(() => call.succeed(value));
    let output = value;
    try {
      if (call.codec !== undefined) output = call.codec.encodeOutput(value);
    } catch (thrown) {
      return this.refuse({ _tag: "InvalidOutput", where: "output", detail: Defect.messageOf(thrown) });
    }
    if (typeof output === "number") outputs.add(output);
    else return this.addCopy(output);
    return "next";
  }

  // It may change as soon as the next body runs.
  private addCopy(output: unknown): Step {
    const { copier, outputs } = this;
    let copy: unknown;
    try {
      copy = copier.copy(output);
    } catch (thrown) {
      return this.endWith(() => this.call.fail(thrown));
    }
    if (copy === alone) return this.send(output);
    outputs.add(copy);
    this.characters += copier.characters;
    if (this.characters > mostCharacters) this.flush(false);
    return "next";
  }

  private send(output: unknown): Step {
    this.flush(false);
    try {
      this.post([output], false);
      return "next";
    } catch (thrown) {
      if (!(thrown instanceof Unsent)) throw thrown;
      const detail = findOffending(output, "output") ?? "output";
      return this.refuse({ _tag: "NotSerializable", where: "output", detail });
    }
  }

  private refuse(refusal: Refusal): Step {
    return this.endWith(() => this.call.refuse(refusal));
  }

  // Those behind it are run elsewhere meanwhile.
  private goAlone(result: unknown): Step {
    return this.endWith(() => {
      if (this.at + 1 < this.inputs.length) this.call.send([Kind.alone, this.call.number], "output");
      this.finish(result);
    });
  }

  private endWith(end: () => void): Step {
    this.flush(false);
    this.become();
    end();
    return "over";
  }

  private become(): void {
    if (this.isClaimed) return;
    this.isClaimed = true;
    this.call.jobId = this.idOf(this.at);
    this.call.started();
  }

  /** Whether it is time for others. Sends what there is when it has waited for long. */
  private isLate(): boolean {
    if (this.at < this.looksAt) return false;
    const now = elapsedMillis();
    const microsEach = ((now - this.lookedAtMillis) * 1000) / this.stride;
    // To look at the clock costs more than a short job; of those that suddenly take long, few are to follow one another.
    this.stride = microsEach < shortMicros ? Math.min(2 * this.stride, longestStride) : 1;
    this.looksAt = this.at + this.stride;
    this.lookedAtMillis = now;
    if (now >= this.stopsAtMillis) return true;
    if (now - this.sentAtMillis > heldMicros / 1000) this.flush(false);
    return false;
  }

  private flush(isLast: boolean): void {
    const { outputs } = this;
    if (outputs.length === 0 && !isLast) return;
    this.outputs = new List(isLast ? 0 : this.inputs.length - this.at);
    this.characters = 0;
    this.post(outputs.toItems(), isLast);
  }

  private post(outputs: Items, isLast: boolean): void {
    const now = elapsedMillis();
    const micros = Math.max(0, (now - this.sentAtMillis) * 1000);
    this.sentAtMillis = now;
    this.call.sendOutputs(outputs, micros, isLast);
  }
}

/** Runs a series; `finish` brings what a body gave that is not plain to the end of the call. */
export const run = (task: Task.Any, call: WorkerCall, finish: Finish): void =>
  new Series(task, call, finish).run();
