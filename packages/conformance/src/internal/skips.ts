/**
 * Skips stay honest: each names a case, says why, and stands only as long as the case fails.
 */
import type { Case } from "../Case.ts";
import type { Skip } from "../Runner.ts";

const problemOf = (
  { case: id, reason, sizes = [] }: Skip,
  known: ReadonlySet<string>,
  all: ReadonlyArray<number>,
): string | undefined => {
  if (!known.has(id)) return `no such case to skip: "${id}"`;
  if (typeof reason !== "string" || reason.trim() === "") return `the skip of "${id}" needs a reason`;
  const size = sizes.find((one) => !all.includes(one));
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
    const problem = checked.has(skip.case)
      ? `"${skip.case}" is skipped twice`
      : problemOf(skip, known, sizes);
    if (problem !== undefined) throw new Error(problem);
    checked.set(skip.case, skip);
  }
  return checked;
};

/** Ids are `group/name` and unique; throws for one that is not. */
export const checkCases = (cases: ReadonlyArray<Case>): void => {
  const seen = new Set<string>();
  for (const { id } of cases) {
    if (!/^[a-z][a-z-]*\/[\w-]+$/.test(id)) throw new Error(`the id of a case is "group/name", not "${id}"`);
    if (seen.has(id)) throw new Error(`there are two cases "${id}"`);
    seen.add(id);
  }
};
