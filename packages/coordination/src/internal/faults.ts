/**
 * The sentences of the errors that more than one place tells.
 */
import { CoordinationError } from "../CoordinationError.ts";

export const freed = (kind: string): CoordinationError =>
  new CoordinationError(
    kind,
    "Freed",
    "it was freed, or its runtime has closed. Make it on a runtime that lives as long as its users.",
  );

export const notOwner = (kind: string): CoordinationError =>
  new CoordinationError(
    kind,
    "NotOwner",
    "whoever releases does not hold it. Release once, where it was acquired, what `acquire` gave.",
  );

export const timedOut = (kind: string, millis: number): CoordinationError =>
  new CoordinationError(
    kind,
    "TimedOut",
    `not within ${millis} ms; nothing was taken. Give it more time, or do without it.`,
  );

export const ended = (kind: string): CoordinationError =>
  new CoordinationError(
    kind,
    "Ended",
    "it has ended: nothing is offered any more, and what was offered is taken.",
  );

export const broken = (kind: string): CoordinationError =>
  new CoordinationError(
    kind,
    "Broken",
    "one of its parties gave up, ended, or reset it, so that not all can meet. Call `reset` to begin anew.",
  );

export const badInput = (kind: string, detail: string): CoordinationError =>
  new CoordinationError(kind, "BadInput", detail);

export const exhausted = (kind: string, what: string): CoordinationError =>
  new CoordinationError(kind, "Exhausted", `${what}. Make it with room for more.`);

export const unreachable = (kind: string, detail: string): CoordinationError =>
  new CoordinationError(kind, "Unreachable", detail);

export const unsupported = (kind: string, detail: string): CoordinationError =>
  new CoordinationError(kind, "Unsupported", detail);

/** What was freed meanwhile needs no release. */
export const ignoreFreed = (thrown: unknown): void => {
  if (!(thrown instanceof CoordinationError) || thrown.reason !== "Freed") throw thrown;
};

/** Gives something else where a wait was not granted in time. */
export const orTimedOut = <A>(thrown: unknown, otherwise: A): A => {
  if (thrown instanceof CoordinationError && thrown.reason === "TimedOut") return otherwise;
  throw thrown;
};

/** Whether a queue has ended and is empty. */
export const isEnd = (thrown: unknown): boolean =>
  thrown instanceof CoordinationError && thrown.reason === "Ended";
