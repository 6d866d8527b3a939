/**
 * Notes what came of each case.
 */
import type { Case } from "../Case.ts";
import * as Need from "../Need.ts";
import type { Report, Verdict } from "../Runner.ts";
import { wordsFor } from "./words.ts";

type Told = Report["cases"][number];

const words = {
  Passed: "passed",
  Failed: "failed",
  NotApplicable: "not-applicable",
  Skipped: "skipped",
} as const satisfies { readonly [Tag in Verdict["_tag"]]: Told["verdict"] };

/** Why a case did not pass. */
export const reasonOf = (verdict: Exclude<Verdict, { readonly _tag: "Passed" }>): string => {
  switch (verdict._tag) {
    case "Failed":
      return wordsFor(verdict.error);
    case "NotApplicable":
      return `it needs a runtime ${verdict.needs.map((need) => Need.definitions[need].title).join(", and ")}`;
    case "Skipped":
      return verdict.reason;
  }
};

/** What came of the cases so far. */
export class Tally {
  // By case and size: a runner may repeat a case that failed, and the last verdict counts.
  private readonly told = new Map<string, Told>();
  readonly leaks: Array<Report["leaks"][number]> = [];

  get cases(): ReadonlyArray<Told> {
    return [...this.told.values()];
  }

  async timed({ guarantees, id }: Case, size: number, judged: () => Promise<Verdict>): Promise<Verdict> {
    const start = performance.now();
    const verdict = await judged();
    const millis = Math.round(performance.now() - start);
    const reason = verdict._tag === "Passed" ? {} : { reason: reasonOf(verdict) };
    this.told.set(`${size} ${id}`, { id, size, guarantees, verdict: words[verdict._tag], ...reason, millis });
    return verdict;
  }

  leaked(group: string, size: number, error: unknown): void {
    this.leaks.push({ group, size, reason: wordsFor(error) });
  }
}
