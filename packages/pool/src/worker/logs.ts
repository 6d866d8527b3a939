/**
 * The log lines of an Effect or Stream body, sent to its caller.
 *
 * Lines of all levels are sent, because only the caller's side knows its own `MinimumLogLevel`; a body that writes too
 * much sets one of its own.
 */
import type { LogLevel } from "@heddle/core/Job";
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import type * as Fiber from "effect/Fiber";
import type * as Logger from "effect/Logger";
import * as References from "effect/References";

import type { WorkerCall } from "./call.ts";
import * as Shown from "./shown.ts";

type Annotations = Readonly<Record<string, unknown>>;
type Line = Logger.Options<unknown>;

const messageOf = ({ cause, message }: Line): ReadonlyArray<unknown> => {
  const values = Shown.parts(Array.isArray(message) ? message : [message]);
  return cause.reasons.length === 0 ? values : [...values, Cause.pretty(cause)];
};

// The caller's own annotations are added where the line is written.
const added = (
  fiber: Fiber.Fiber<unknown, unknown>,
  given: Annotations,
  now: number,
): Annotations | undefined => {
  const entries = Object.entries(fiber.getRef(References.CurrentLogAnnotations)).filter(
    ([key, value]) => !Object.hasOwn(given, key) || !Object.is(given[key], value),
  );
  for (const [label, startedAt] of fiber.getRef(References.CurrentLogSpans)) {
    entries.push([label, `${now - startedAt}ms`]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
};

const send = (line: Line, call: WorkerCall): void => {
  const message = messageOf(line);
  const annotations = added(line.fiber, call.envelope?.annotations ?? {}, line.date.getTime());
  const level = line.logLevel as LogLevel;
  Shown.send((show) => call.log(message.map(show), level, annotations && Shown.record(annotations, show)));
};

/** The call whose body a fiber runs. */
export const CurrentCall = Context.Service<WorkerCall>("@heddle/pool/worker/CurrentCall");

const [model] = References.CurrentLoggers.defaultValue();

const logger = Object.create(model ?? null, {
  log: {
    value: (line: Line): void => {
      const call = Context.getOrUndefined(line.fiber.context, CurrentCall);
      if (call !== undefined) send(line, call);
    },
  },
}) as Logger.Logger<unknown, unknown>;

/** The loggers of all bodies: one, made after the default one, since `effect/Logger` would load a file system too. */
export const loggers: ReadonlySet<Logger.Logger<unknown, unknown>> = new Set([logger]);
