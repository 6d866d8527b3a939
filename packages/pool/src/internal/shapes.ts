/**
 * The shapes of what frames of a worker carry. Nothing that comes from a worker is used before it passed here.
 */
import { priorities } from "@heddle/core/DispatchQueue";
import type { LogLevel, SpanEvent } from "@heddle/core/Job";
import type { Outcome } from "@heddle/core/Outcome";
import type * as Task from "@heddle/core/Task";

import type { Refusal } from "../Frame.ts";
import { mostItems } from "./window.ts";

/** No body's log line has more parts: a worker leaves out what is beyond. */
export const maxLogParts = 1000;

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === "object" && u !== null;

type Check = (u: unknown) => boolean;

// An honest worker tells far less; a forged one must not hold the host for long, nor overflow its stack.
const maxDefects = 1_000_000;
const maxDefectDepth = 16;

// A record, so that the compiler misses none: a word that is added to the type has to be added here.
const words = <Word extends string>(all: Readonly<Record<Word, true>>): ReadonlySet<unknown> =>
  new Set(Object.keys(all));

const outcomeTags = words<Outcome["_tag"]>({ Success: true, Failure: true, Defect: true, Interrupted: true });
const refusalTags = words<Refusal["_tag"]>({
  TaskNotFound: true,
  ModuleFailed: true,
  InvalidInput: true,
  InvalidOutput: true,
  NotSerializable: true,
});
const places = words<Refusal["where"]>({ input: true, output: true, error: true, progress: true });
const logLevels = words<LogLevel>({
  Fatal: true,
  Error: true,
  Warn: true,
  Info: true,
  Debug: true,
  Trace: true,
});
const modes = words<Task.Mode>({ value: true, stream: true });
const spanKinds = words<Extract<SpanEvent, { _tag: "Started" }>["kind"]>({
  internal: true,
  server: true,
  client: true,
  producer: true,
  consumer: true,
});

const isString: Check = (u) => typeof u === "string";
export const isOptional = (u: unknown, check: Check): boolean => u === undefined || check(u);
// No array, and nothing else with more entries than it takes bytes to send, such as a view of shared memory.
const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  Object.prototype.toString.call(u) === "[object Object]";
const isInstant: Check = (u) => Number.isFinite(u);
const isSpanId: Check = (u) => typeof u === "string" && /^[0-9a-f]{16}$/.test(u);

/** A number that names something: calls and nested calls count from 1. */
export const isNumber = (u: unknown): boolean => Number.isSafeInteger(u) && (u as number) > 0;

/** A quantity: bytes, milliseconds. */
export const isAmount = (u: unknown): boolean => Number.isFinite(u) && (u as number) >= 0;

// An array of any length costs its sender nothing if it is empty inside, but whoever walks through it.
const isDense = (u: unknown, most: number): u is ReadonlyArray<unknown> => {
  if (!Array.isArray(u) || u.length > most) return false;
  for (let index = 0; index < u.length; index++) {
    if (u[index] === undefined && !Object.hasOwn(u, index)) return false;
  }
  return true;
};

const isDefectWithin = (u: unknown, depth: number, budget: { left: number }): boolean => {
  if (!isObject(u) || depth > maxDefectDepth || --budget.left < 0) return false;
  if (u["_tag"] === "Value") return true;
  return (
    u["_tag"] === "Error" &&
    isString(u["name"]) &&
    isString(u["message"]) &&
    isOptional(u["stack"], isString) &&
    isRecord(u["fields"]) &&
    isOptional(u["cause"], (cause) => isDefectWithin(cause, depth + 1, budget)) &&
    isOptional(
      u["errors"],
      (errors) =>
        isDense(errors, budget.left) && errors.every((error) => isDefectWithin(error, depth + 1, budget)),
    )
  );
};

export const isDefect = (u: unknown): boolean => isDefectWithin(u, 0, { left: maxDefects });

export const isOutcome = (u: unknown): boolean =>
  isObject(u) && outcomeTags.has(u["_tag"]) && (u["_tag"] !== "Defect" || isDefect(u["defect"]));

export const isRefusal = (u: unknown): boolean =>
  isObject(u) && refusalTags.has(u["_tag"]) && places.has(u["where"]) && isString(u["detail"]);

export const isChunk = (u: unknown): boolean => isDense(u, mostItems) && u.length > 0;

export const isLog = (message: unknown, level: unknown, annotations: unknown): boolean =>
  isDense(message, maxLogParts) && logLevels.has(level) && isOptional(annotations, isRecord);

/** More than any series has jobs. */
const mostItemsOfSeries = 2 ** 20;

// The numbers in memory of another kind could change, or become fewer, after they were counted.
const isNumbers = (u: unknown): boolean =>
  u instanceof Float64Array &&
  u.buffer instanceof ArrayBuffer &&
  !u.buffer.resizable &&
  u.length <= mostItemsOfSeries;

export const isItems = (u: unknown): boolean => isNumbers(u) || isDense(u, mostItemsOfSeries);

const isTrace: Check = (u) =>
  Array.isArray(u) && u.length === 3 && isString(u[0]) && isString(u[1]) && typeof u[2] === "boolean";

const isEnvelope: Check = (u) =>
  isRecord(u) &&
  isOptional(u["trace"], isTrace) &&
  isOptional(u["annotations"], isRecord) &&
  isOptional(u["deadlineEpochMillis"], isInstant);

const isPriority: Check = (u) =>
  Number.isInteger(u) && (u as number) >= priorities.lowest && (u as number) <= priorities.highest;

export const isNestRequest = (u: unknown): boolean =>
  isObject(u) &&
  isString(u["module"]) &&
  isString(u["task"]) &&
  modes.has(u["mode"]) &&
  isPriority(u["priority"]) &&
  isOptional(u["timeoutMillis"], isAmount) &&
  isEnvelope(u["envelope"]);

/** A parent's id may be of the caller's own tracer, whatever form that gives its ids; the others are a worker's. */
export const isSpanEvent = (u: unknown): boolean => {
  if (!isObject(u) || !isSpanId(u["spanId"])) return false;
  switch (u["_tag"]) {
    case "Started":
      return (
        isString(u["parentSpanId"]) &&
        isString(u["name"]) &&
        spanKinds.has(u["kind"]) &&
        typeof u["startEpochNanos"] === "bigint"
      );
    case "Noted":
      return isString(u["name"]) && typeof u["epochNanos"] === "bigint" && isRecord(u["attributes"]);
    case "Ended":
      return (
        typeof u["endEpochNanos"] === "bigint" &&
        isRecord(u["attributes"]) &&
        isOptional(u["failure"], isString)
      );
    default:
      return false;
  }
};
