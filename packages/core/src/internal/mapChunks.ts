/**
 * A task over the chunks of a typed array: a job per chunk, and what they give in one array again.
 */
import * as Effect from "effect/Effect";

import * as Options from "../Options.ts";
import {
  InvalidInput,
  InvalidOptions,
  InvalidOutput,
  type Reason,
  type RuntimeError,
} from "../RuntimeError.ts";
import type * as Task from "../Task.ts";
import type { Engine } from "./engine.ts";
import type { ChunkOptions, TypedArray } from "./mapOptions.ts";

// A chunk is a message: less is not worth one. More gains nothing, and holds its place for long.
const firstBytes = 64 * 1024;
const mostBytes = 512 * 1024;

/** A chunk that took less is followed by one twice as long. */
const shortMillis = 2;
const longMillis = 4 * shortMillis;

const positive = Options.wholeNumber(1, Number.POSITIVE_INFINITY);
const checks = { chunk: positive, concurrency: positive };

type Values = TypedArray & {
  readonly constructor: new (length: number) => Values;
  readonly set: (part: TypedArray, at: number) => void;
};

const isValues = (u: unknown): u is Values => ArrayBuffer.isView(u) && !(u instanceof DataView);

const kindOf = (values: object): string =>
  Object.prototype.toString.call(values).slice("[object ".length, -1);

class ChunkMap {
  private readonly engine: Engine;
  private readonly task: Task.Any;
  private readonly values: Values;
  private readonly options: ChunkOptions;
  /** The other side sees the very elements. */
  private readonly isShared: boolean;
  private readonly isMoving: boolean;
  private size: number;
  private next = 0;
  private outputs: Values | undefined;

  constructor(engine: Engine, task: Task.Any, values: Values, options: ChunkOptions) {
    this.engine = engine;
    this.task = task;
    this.values = values;
    this.options = options;
    const { sharedMemory, transfer, values: crossing } = engine.adapter.capabilities;
    this.isShared = sharedMemory && kindOf(values.buffer) === "SharedArrayBuffer";
    // What may be sent again has to be there still.
    this.isMoving = transfer && crossing !== "reference" && !this.isShared && options.retry === undefined;
    this.size = options.chunk ?? Math.ceil(firstBytes / values.BYTES_PER_ELEMENT);
  }

  run(): Effect.Effect<TypedArray, unknown> {
    const { concurrency = 2 * this.engine.adapter.capabilities.parallelism } = this.options;
    const lanes = Math.min(concurrency, Math.ceil(this.values.length / this.size));
    return Effect.forEach(Array(lanes).keys(), () => this.lane, {
      concurrency: "unbounded",
      discard: true,
    }).pipe(Effect.map(() => this.outputs ?? (this.isShared ? this.values : this.values.slice())));
  }

  // What a job gave is copied to its place, and its memory is that of the next chunk: new memory costs more than most bodies.
  private get lane(): Effect.Effect<void, unknown> {
    return Effect.suspend(() => {
      let spare: Values | undefined;
      return Effect.whileLoop({
        while: () => this.next < this.values.length,
        body: () => this.runNext(spare),
        step: (output) => {
          spare = output;
        },
      });
    });
  }

  /** Gives what the job gave, which nobody else has. */
  private runNext(spare: Values | undefined): Effect.Effect<Values | undefined, unknown> {
    const from = this.next;
    this.next = Math.min(from + this.size, this.values.length);
    const part = this.part(from, this.next, spare);
    const { chunk: _, concurrency: __, ...each } = this.options;
    const options = this.isMoving ? { ...each, transfer: [part.buffer] } : each;
    const { length } = part;
    const beganAt = performance.now();
    const output = this.engine.execute({ task: this.task, mode: "value", input: part, options });
    return Effect.flatMap(output, (given) => {
      this.took(length, performance.now() - beganAt);
      return this.keep(given, from, length);
    });
  }

  private part(from: number, to: number, spare: Values | undefined): TypedArray {
    const { isMoving, isShared, values } = this;
    if (isShared) return values.subarray(from, to);
    const isFit = isMoving && spare?.length === to - from && kindOf(spare) === kindOf(values);
    if (!isFit || spare.byteLength !== spare.buffer.byteLength) return values.slice(from, to);
    spare.set(values.subarray(from, to), 0);
    return spare;
  }

  private took(elements: number, millis: number): void {
    if (this.options.chunk !== undefined || elements !== this.size) return;
    const most = mostBytes / this.values.BYTES_PER_ELEMENT;
    if (millis < shortMillis) this.size = Math.min(2 * elements, most);
    else if (millis > longMillis) this.size = Math.max(1, Math.ceil(elements / 2));
  }

  private keep(
    output: unknown,
    from: number,
    length: number,
  ): Effect.Effect<Values | undefined, RuntimeError> {
    if (output === undefined && this.isShared && this.outputs === undefined) return Effect.undefined;
    if (!isValues(output)) return this.wrong("a typed array", output === null ? "null" : typeof output);
    this.outputs ??= new output.constructor(this.values.length);
    const kind = kindOf(this.outputs);
    if (kindOf(output) !== kind) return this.wrong(kind, kindOf(output));
    if (output.length !== length) return this.wrong(`${length} elements`, String(output.length));
    this.outputs.set(output, from);
    return Effect.succeed(output);
  }

  private wrong(expected: string, given: string): Effect.Effect<never, RuntimeError> {
    const detail = `expected ${expected} for a chunk, got ${given}`;
    return Effect.fail(this.engine.error(this.task, new InvalidOutput({ where: "output", detail })));
  }
}

/** Completes with what the bodies gave, or with the values themselves where those were changed in place. */
export const mapChunks = (
  engine: Engine,
  task: Task.Any,
  values: unknown,
  given: ChunkOptions | undefined,
): Effect.Effect<TypedArray, unknown> =>
  Effect.suspend(() => {
    const refuse = (reason: Reason): Effect.Effect<never, RuntimeError> =>
      Effect.fail(engine.error(task, reason));
    const options = Options.own(given ?? {});
    const { chunk, concurrency } = options;
    const problem = Options.findProblem(checks, { chunk, concurrency });
    if (problem !== undefined) return refuse(new InvalidOptions(problem));
    if (!isValues(values)) return refuse(new InvalidInput({ detail: "expected a typed array" }));
    return new ChunkMap(engine, task, values, options).run();
  });
