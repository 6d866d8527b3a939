/**
 * Options that mean nothing are refused when a plan is made: a suite that runs nothing, or forever, looks green.
 */
import * as Platform from "@heddle/core/Platform";

import type { Case } from "../Case.ts";
import * as Need from "../Need.ts";

// Timers of every platform end at once when they are to take longer.
const longestTimerMillis = 2 ** 31 - 1;

/** Throws for a key that nobody knows: it may be one that was spelled wrong. */
export const checkKeys = (what: string, options: object, known: ReadonlyArray<string>): void => {
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new Error(`there is no "${unknown}" in the options of a ${what}: they are ${known.join(", ")}`);
  }
};

/** Throws for what is no number of sizes. */
export const checkSizes = (sizes: ReadonlyArray<number>): void => {
  const isWrong = (size: number): boolean => !Number.isInteger(size) || size < 1;
  if (sizes.length === 0 || sizes.some(isWrong) || new Set(sizes).size < sizes.length) {
    throw new Error(`sizes are different whole numbers of at least 1, not [${sizes.join(", ")}]`);
  }
};

/** Throws for a limit that no timer knows. */
export const checkLimit = (limitMillis: number): void => {
  if (typeof limitMillis === "number" && limitMillis > 0 && limitMillis <= longestTimerMillis) return;
  const text = Platform.inspect(limitMillis, 0);
  throw new Error(`limitMillis is a number above 0 and up to ${longestTimerMillis}, not ${text}`);
};

const isCase = (u: unknown): u is Case => {
  if (typeof u !== "object" || u === null) return false;
  const { guarantees, id, run } = u as Partial<Case>;
  return typeof id === "string" && typeof run === "function" && Array.isArray(guarantees);
};

const problemOf = ({ id, needs = [] }: Case): string | undefined => {
  if (!/^[a-z][a-z-]*\/[\w-]+$/.test(id)) return `the id of a case is "group/name", not "${id}"`;
  const unknown = needs.find((need) => !Object.hasOwn(Need.definitions, need));
  if (unknown === undefined) return undefined;
  return `the case "${id}" needs "${unknown}", which is none of ${Object.keys(Need.definitions).join(", ")}`;
};

/** Throws for no case at all, for what is no case, and for ids that are not `group/name` and unique. */
export const checkCases = (cases: ReadonlyArray<Case>): void => {
  if (cases.length === 0) throw new Error("there is no case to run: leave `cases` out for all of them");
  const seen = new Set<string>();
  for (const [i, entry] of cases.entries()) {
    if (!isCase(entry)) {
      const text = Platform.inspect(entry, 0);
      throw new Error(`cases[${i}] is ${text}: a case is { id, title, guarantees, run }`);
    }
    const problem = seen.has(entry.id) ? `there are two cases "${entry.id}"` : problemOf(entry);
    if (problem !== undefined) throw new Error(problem);
    seen.add(entry.id);
  }
};
