/**
 * Skips stay honest: each names a case, says why, and stands only as long as the case fails.
 */
import type { Case } from "../Case.ts";
import type { Skip } from "../Runner.ts";
import { checkKeys } from "./options.ts";

const problemOf = (
  { case: id, reason, sizes }: Skip,
  known: ReadonlySet<string>,
  all: ReadonlyArray<number>,
): string | undefined => {
  if (!known.has(id)) return `no such case to skip: "${id}"`;
  if (typeof reason !== "string" || reason.trim() === "") return `the skip of "${id}" needs a reason`;
  if (sizes?.length === 0) return `the skip of "${id}" names no size: leave "sizes" out for all of them`;
  const size = sizes?.find((one) => !all.includes(one));
  if (size !== undefined) return `the skip of "${id}" names size ${size}, which is not tested`;
  return undefined;
};

/** The skips by case; throws for one that is wrong. */
export const checkedSkips = (
  skips: ReadonlyArray<Skip>,
  cases: ReadonlyArray<Case>,
  sizes: ReadonlyArray<number>,
): ReadonlyMap<string, Skip> => {
  const known = new Set<string>(cases.map(({ id }) => id));
  const checked = new Map<string, Skip>();
  for (const skip of skips) {
    checkKeys("skip", skip, ["case", "reason", "neverRun", "sizes"]);
    const problem = checked.has(skip.case)
      ? `"${skip.case}" is skipped twice`
      : problemOf(skip, known, sizes);
    if (problem !== undefined) throw new Error(problem);
    checked.set(skip.case, skip);
  }
  return checked;
};
