/**
 * The wire protocol between a pool and its workers: one tagged union of small tuples, carried in batches.
 *
 * Calls are named by a number that the pool draws at random when they start: a late frame of an old call is never taken
 * for one of another call, and what a body leaves behind cannot speak for the next one.
 *
 * @since 0.1.0
 */
import type { Defect } from "@heddle/core/Defect";
import type { Envelope } from "@heddle/core/Envelope";
import type { Items } from "@heddle/core/Items";
import type { LogLevel, SpanEvent } from "@heddle/core/Job";
import type { Outcome } from "@heddle/core/Outcome";
import type * as Task from "@heddle/core/Task";
import type { Unit } from "@heddle/core/TaskContext";

import * as Shapes from "./internal/shapes.ts";
import { firstItems } from "./internal/window.ts";

/**
 * Both sides say which version they speak; a worker of another version is refused.
 *
 * @category constants
 * @since 0.1.0
 */
export const version = 2;

/**
 * The first element of every frame.
 *
 * @category constants
 * @since 0.1.0
 */
export const Kind = {
  run: 1,
  cancel: 2,
  credit: 3,
  close: 4,
  nestAnswer: 5,
  nestEvent: 6,
  measure: 7,
  runAhead: 8,
  unit: 9,
  told: 10,
  runSeries: 24,
  ready: 11,
  outcome: 12,
  refused: 13,
  chunk: 14,
  progress: 15,
  log: 16,
  nest: 17,
  nestCancel: 18,
  nestCredit: 19,
  span: 20,
  dying: 21,
  heap: 22,
  ask: 23,
  outputs: 25,
  alone: 26,
} as const;

/**
 * From the pool to a worker.
 *
 * **Back-pressure**
 *
 * `credit` lets a stream send that many more items; it starts with {@link initialCredit}.
 *
 * **Ordering**
 *
 * A worker runs the calls of its `run` and `runAhead` frames one after the other, in their order, and sends the end of each
 * before it begins with the next. One with a `ticket` other than 0 it has to claim first, in memory that it shares with the
 * pool: otherwise that call was taken back, and the worker leaves it out. `runAhead` is for values of one task. `unit` is the
 * first frame, where there is coordination: it says which unit the worker is.
 *
 * The jobs of a `runSeries` it runs in the order of their inputs, until one of them does not end at once with a plain value, or
 * the series has taken {@link seriesMicros}. It stops between two of them by an `outputs` frame that says so; the job that did
 * not end at once ends by an `outcome` or a `refused` as the call itself, and those after it are not begun. `alone` says that such a
 * job goes on, so that those may begin elsewhere before it ends.
 *
 * @category models
 * @since 0.1.0
 */
export type HostFrame =
  | readonly [
      kind: typeof Kind.run,
      call: number,
      jobId: string,
      module: string,
      task: string,
      mode: Task.Mode,
      input: unknown,
      attempt: number,
      envelope: Envelope | undefined,
      ticket: number,
    ]
  | readonly [
      kind: typeof Kind.runAhead,
      module: string,
      task: string,
      envelope: Envelope | undefined,
      /** Of each call its number, job id, input, attempt and ticket, one after the other: flat costs half. */
      calls: ReadonlyArray<unknown>,
    ]
  /** Like `run`, with an input for each of the jobs, whose ids are that of the first and the next whole numbers. */
  | readonly [
      kind: typeof Kind.runSeries,
      call: number,
      firstJobId: string,
      module: string,
      task: string,
      mode: Task.Mode,
      inputs: Items,
      attempt: number,
      envelope: Envelope | undefined,
      ticket: number,
    ]
  | readonly [kind: typeof Kind.cancel, call: number]
  | readonly [kind: typeof Kind.credit, call: number, items: number]
  | readonly [kind: typeof Kind.close]
  | readonly [kind: typeof Kind.nestAnswer, call: number, nested: number, answer: NestAnswer]
  | readonly [kind: typeof Kind.nestEvent, call: number, nested: number, event: NestEvent]
  | readonly [kind: typeof Kind.measure]
  | readonly [kind: typeof Kind.unit, runtime: string, number: number]
  | readonly [kind: typeof Kind.told, told: ReadonlyArray<unknown>];

/**
 * A call that a body makes, as its worker sends it. Ids are the worker's own, unique within the call above.
 *
 * @category models
 * @since 0.1.0
 */
export interface NestRequest {
  readonly module: string;
  readonly task: string;
  readonly mode: Task.Mode;
  readonly input: unknown;
  readonly priority: number;
  readonly timeoutMillis: number | undefined;
  readonly envelope: Envelope;
}

/**
 * The end of a call that a body made: its outcome, or the encoded `RuntimeError`.
 *
 * @category models
 * @since 0.1.0
 */
export type NestAnswer =
  | { readonly _tag: "Outcome"; readonly outcome: Outcome }
  | { readonly _tag: "Error"; readonly error: unknown };

/**
 * What happens to a call that a body made before it ends.
 *
 * @category models
 * @since 0.1.0
 */
export type NestEvent =
  | { readonly _tag: "Started"; readonly unit: Unit }
  | { readonly _tag: "Chunk"; readonly values: ReadonlyArray<unknown> }
  | { readonly _tag: "Progress"; readonly value: unknown };

/**
 * Why a worker could not run a call to an outcome of its own, as data.
 *
 * @category models
 * @since 0.1.0
 */
export interface Refusal {
  readonly _tag: "TaskNotFound" | "ModuleFailed" | "InvalidInput" | "InvalidOutput" | "NotSerializable";
  readonly where: "input" | "output" | "error" | "progress";
  /** What is wrong; for `NotSerializable` the path of the offending value. */
  readonly detail: string;
}

/**
 * From a worker to the pool. `outcome`, `refused` or an `outputs` that is the last comes exactly once per call, and last.
 *
 * **Details**
 *
 * The `micros` of an outcome tell how long the body took; without them its task is held to take long. `dying` tells, where the platform does not, what nobody caught and the worker now dies of. `heap` answers `measure`. `ask` is what the worker as a unit of coordination wants
 * of the program, whose answers come as `told`; both are checked by those who understand them.
 *
 * @category models
 * @since 0.1.0
 */
export type WorkerFrame =
  | readonly [kind: typeof Kind.ready, version: number, pid: number, threadId: number]
  | readonly [kind: typeof Kind.outcome, call: number, outcome: Outcome, micros?: number | undefined]
  | readonly [kind: typeof Kind.refused, call: number, refusal: Refusal]
  | readonly [kind: typeof Kind.chunk, call: number, values: ReadonlyArray<unknown>]
  | readonly [kind: typeof Kind.progress, call: number, value: unknown]
  | readonly [
      kind: typeof Kind.log,
      call: number,
      message: ReadonlyArray<unknown>,
      level: LogLevel,
      annotations: Readonly<Record<string, unknown>> | undefined,
    ]
  | readonly [kind: typeof Kind.nest, call: number, nested: number, request: NestRequest]
  | readonly [kind: typeof Kind.nestCancel, call: number, nested: number]
  | readonly [kind: typeof Kind.nestCredit, call: number, nested: number, items: number]
  | readonly [kind: typeof Kind.span, call: number, event: SpanEvent]
  | readonly [kind: typeof Kind.dying, cause: Defect]
  | readonly [kind: typeof Kind.heap, usedBytes: number]
  | readonly [kind: typeof Kind.ask, asked: ReadonlyArray<unknown>]
  /** Of the jobs of a series that succeeded, in order, and how long they took. */
  | readonly [kind: typeof Kind.outputs, call: number, outputs: Items, micros: number, isLast: boolean]
  /** The job of a series behind those whose outputs were sent goes on alone, as the call itself. */
  | readonly [kind: typeof Kind.alone, call: number];

/**
 * The frames of some kinds from the pool, by their names in {@link Kind}.
 *
 * @category models
 * @since 0.1.0
 */
export type HostFrameOf<Name extends keyof typeof Kind> = Extract<
  HostFrame,
  readonly [(typeof Kind)[Name], ...ReadonlyArray<unknown>]
>;

/**
 * The frames of some kinds from a worker, by their names in {@link Kind}.
 *
 * @category models
 * @since 0.1.0
 */
export type WorkerFrameOf<Name extends keyof typeof Kind> = Extract<
  WorkerFrame,
  readonly [(typeof Kind)[Name], ...ReadonlyArray<unknown>]
>;

/**
 * How many items a stream may be ahead of its consumer at first.
 *
 * **Back-pressure**
 *
 * While items are made, carried and taken so fast that a stream waits for nothing but credit, a pool gives more of it,
 * up to 512 items. It falls back to this when they take longer.
 *
 * @category constants
 * @since 0.1.0
 */
export const initialCredit = firstItems;

/** More than an honest worker asks in one turn. */
const mostAsked = 1_000_000;

/**
 * How long a series may go on before the worker stops it between two jobs: calls that wait come first then.
 *
 * @category constants
 * @since 0.1.0
 */
export const seriesMicros = 2500;

/**
 * How long a worker may hold outputs of a series, when it comes to the next job.
 *
 * @category constants
 * @since 0.1.0
 */
export const heldMicros = 1250;

/**
 * Checks a frame from a worker, which is never trusted: every field of it, so that none can harm the host later.
 *
 * @category guards
 * @since 0.1.0
 */
export const isWorkerFrame = (u: unknown): u is WorkerFrame => {
  if (!Array.isArray(u)) return false;
  switch (u[0]) {
    case Kind.ready:
      return u.length === 4 && u.slice(1).every((part) => Number.isSafeInteger(part) && part >= 0);
    case Kind.dying:
      return u.length === 2 && Shapes.isDefect(u[1]);
    case Kind.heap:
      return u.length === 2 && Shapes.isAmount(u[1]);
    case Kind.ask:
      return u.length === 2 && Array.isArray(u[1]) && u[1].length <= mostAsked;
    default:
      return Shapes.isNumber(u[1]) && isCallFrame(u);
  }
};

const isCallFrame = (u: ReadonlyArray<unknown>): boolean => {
  switch (u[0]) {
    case Kind.outcome:
      return (
        (u.length === 3 || (u.length === 4 && Shapes.isOptional(u[3], Shapes.isAmount))) &&
        Shapes.isOutcome(u[2])
      );
    case Kind.refused:
      return u.length === 3 && Shapes.isRefusal(u[2]);
    case Kind.chunk:
      return u.length === 3 && Shapes.isChunk(u[2]);
    case Kind.progress:
      return u.length === 3;
    case Kind.log:
      return u.length === 5 && Shapes.isLog(u[2], u[3], u[4]);
    case Kind.nest:
      return u.length === 4 && Shapes.isNumber(u[2]) && Shapes.isNestRequest(u[3]);
    case Kind.outputs:
      return u.length === 5 && Shapes.isItems(u[2]) && Shapes.isAmount(u[3]) && typeof u[4] === "boolean";
    case Kind.alone:
      return u.length === 2;
    case Kind.nestCancel:
      return u.length === 3 && Shapes.isNumber(u[2]);
    case Kind.nestCredit:
      return u.length === 4 && Shapes.isNumber(u[2]) && Shapes.isNumber(u[3]);
    case Kind.span:
      return u.length === 3 && Shapes.isSpanEvent(u[2]);
    default:
      return false;
  }
};
