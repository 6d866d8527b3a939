/**
 * What can be said against a call before anything is started.
 */
import * as Schedule from "effect/Schedule";

import type { Capabilities } from "../Capabilities.ts";
import { priorities } from "../DispatchQueue.ts";
import * as Options from "../Options.ts";
import type { RunOptions } from "../Runtime.ts";
import * as RuntimeError from "../RuntimeError.ts";
import * as Task from "../Task.ts";

const describe = (u: unknown): string => (u === null ? "null" : Array.isArray(u) ? "an array" : typeof u);

/** The name to show for what was passed as a task, whatever it is. */
export const nameOf = (task: unknown): string => (Task.isTask(task) ? task.name : describe(task));

const isArray = (u: unknown): u is ReadonlyArray<unknown> => Array.isArray(u);
const isSchedule = (u: unknown): u is RunOptions["retry"] => Schedule.isSchedule(u);

/** Signals of another realm are no `instanceof` of ours. */
export const isSignal = (u: unknown): u is AbortSignal =>
  typeof u === "object" &&
  u !== null &&
  typeof (u as AbortSignal).aborted === "boolean" &&
  typeof (u as AbortSignal).addEventListener === "function";

const checks: Readonly<Record<string, Options.Check>> = {
  timeout: Options.duration,
  queueTimeout: Options.duration,
  priority: Options.wholeNumber(priorities.lowest, priorities.highest),
  transfer: Options.guard(isArray, "an array of objects to move"),
  retry: Options.guard(isSchedule, "a Schedule"),
  detached: Options.boolean,
  signal: Options.guard(isSignal, "an AbortSignal"),
};

const refusalOf = (options: RunOptions, capabilities: Capabilities): RuntimeError.Reason | undefined => {
  if (typeof options !== "object" || options === null) {
    const detail = `expected an object, got ${describe(options)}`;
    return new RuntimeError.InvalidOptions({ option: "options", detail });
  }
  const problem = Options.findProblem(checks, options);
  if (problem !== undefined) return new RuntimeError.InvalidOptions(problem);
  if (options.transfer === undefined || options.transfer.length === 0) return undefined;
  if (!capabilities.transfer) return new RuntimeError.Unsupported({ capability: "transfer" });
  if (options.retry === undefined) return undefined;
  const detail =
    "the first attempt moves what is in `transfer`, so there can be no other; leave one of the two out";
  return new RuntimeError.InvalidOptions({ option: "retry", detail });
};

export const refusal = (
  capabilities: Capabilities,
  task: unknown,
  mode: Task.Mode,
  options: RunOptions | undefined,
): RuntimeError.Reason | undefined => {
  if (!Task.isTask(task)) {
    return new RuntimeError.TaskNotFound({
      module: null,
      detail: `expected a Task, got ${describe(task)}: pass the task itself, not the result of calling something`,
    });
  }
  if (capabilities.isolation !== "none" && task.module === undefined) {
    return new RuntimeError.TaskNotPortable({});
  }
  const refusedOptions = options === undefined ? undefined : refusalOf(options, capabilities);
  if (refusedOptions !== undefined) return refusedOptions;
  if (mode === "stream" && !capabilities.streaming) {
    return new RuntimeError.Unsupported({ capability: "streaming" });
  }
  return undefined;
};
