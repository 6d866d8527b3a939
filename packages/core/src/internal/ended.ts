/**
 * What an adapter tells of the end of an attempt, and whether it is one.
 */
import * as Exit from "effect/Exit";

import type { Outcome } from "../Outcome.ts";
import * as Platform from "../Platform.ts";
import type { RuntimeError } from "../RuntimeError.ts";

export type Ended = Exit.Exit<Outcome, RuntimeError>;

const tags: ReadonlySet<unknown> = new Set<Outcome["_tag"]>(["Success", "Failure", "Defect", "Interrupted"]);
const successes: unknown = Object.getPrototypeOf(Exit.void);

// Adapters of others are not trusted to keep to their types.
export const isEnd = (told: Ended): boolean => {
  // The usual one: a look at its prototype is cheaper than what `isExit` does.
  const isSuccess = typeof told === "object" && told !== null && Object.getPrototypeOf(told) === successes;
  if (!isSuccess && !Exit.isExit(told)) return false;
  return Exit.isFailure(told) || tags.has((told.value as Outcome | null | undefined)?._tag);
};

export const noOutcome = (told: unknown): TypeError =>
  new TypeError(`the adapter ended the job with what is no outcome: ${Platform.inspect(told)}`);
