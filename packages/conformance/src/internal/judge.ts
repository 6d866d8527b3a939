/**
 * Decides what a case that was run, or was not, says about a runtime.
 */
import type { Capabilities } from "@heddle/core/Capabilities";

import type { Case } from "../Case.ts";
import { type Need, unmet } from "../Need.ts";
import type { Skip, Verdict } from "../Runner.ts";
import { Course } from "./course.ts";
import { type End, within } from "./limit.ts";
import { type LayerOf, type Shared, declared, runAlone } from "./stage.ts";
import { wordsFor } from "./words.ts";

const passed: Verdict = { _tag: "Passed" };
const failed = (error: unknown): Verdict => ({ _tag: "Failed", error });

const remarks = {
  case: ", and does not end; its runtime was left behind",
  runtime: "; besides, its runtime does not close",
} as const;

const asError = ({ error, left }: End & { readonly _tag: "Broken" }): unknown =>
  left === "nothing" ? error : new Error(`${wordsFor(error)}${remarks[left]}`, { cause: error });

export class Judge {
  private readonly layerOf: LayerOf;
  private readonly sizes: ReadonlyArray<number>;
  private readonly skips: ReadonlyMap<string, Skip>;
  private readonly limitMillis: number;
  private readonly declaredAt = new Map<number, Promise<Capabilities>>();
  /** What the runtime declared at the first size, once it was opened. */
  capabilities: Capabilities | null = null;

  constructor(
    layerOf: LayerOf,
    sizes: ReadonlyArray<number>,
    skips: ReadonlyMap<string, Skip>,
    limitMillis: number,
  ) {
    this.layerOf = layerOf;
    this.sizes = sizes;
    this.skips = skips;
    this.limitMillis = limitMillis;
  }

  async verdictOf(testCase: Case, shared: Shared, signal: AbortSignal | undefined): Promise<Verdict> {
    try {
      const needs = await this.unmetAt(testCase, shared.size);
      const skip = this.skipAt(testCase, shared.size);
      if (needs.length > 0) {
        if (skip !== undefined && !(await this.appliesAtAll(testCase, skip))) {
          return failed(new Error(`stale skip: the case does not apply to this runtime (${skip.reason})`));
        }
        return { _tag: "NotApplicable", needs };
      }
      if (skip?.neverRun === true) return { _tag: "Skipped", reason: skip.reason };
      if (skip === undefined) return await this.run(testCase, shared, signal);
      // On a runtime of its own: it should fail, and what it breaks must not spoil the checks of the others.
      const verdict = await this.run({ ...testCase, shares: false }, shared, signal);
      return verdict._tag === "Failed"
        ? { _tag: "Skipped", reason: skip.reason }
        : failed(new Error(`stale skip: it passes (${skip.reason})`));
    } catch (thrown) {
      return failed(thrown);
    }
  }

  private skipAt({ id }: Case, size: number): Skip | undefined {
    const skip = this.skips.get(id);
    return skip?.sizes?.includes(size) === false ? undefined : skip;
  }

  private async unmetAt({ needs = [] }: Case, size: number): Promise<ReadonlyArray<Need>> {
    return unmet(needs, await this.declared(size), size);
  }

  private async appliesAtAll(testCase: Case, { sizes = this.sizes }: Skip): Promise<boolean> {
    for (const size of sizes) if ((await this.unmetAt(testCase, size)).length === 0) return true;
    return false;
  }

  private declared(size: number): Promise<Capabilities> {
    let capabilities = this.declaredAt.get(size);
    if (capabilities === undefined) {
      capabilities = this.look(size);
      this.declaredAt.set(size, capabilities);
    }
    return capabilities;
  }

  private async look(size: number): Promise<Capabilities> {
    let found: Capabilities | undefined;
    const course = new Course();
    const look = declared(this.layerOf, size, (capabilities) => (found = capabilities), course);
    const end = await within(this.limitMillis, look, course);
    // That it does not close as it should is for the cases to find out.
    if (found === undefined) throw end._tag === "Broken" ? asError(end) : new Error("it was never opened");
    if (size === this.sizes[0]) this.capabilities = found;
    return found;
  }

  private async run(testCase: Case, shared: Shared, signal: AbortSignal | undefined): Promise<Verdict> {
    const course = new Course();
    const run =
      testCase.shares === true
        ? shared.run(testCase, course)
        : runAlone(this.layerOf, shared.size, testCase, course);
    const end = await within(this.limitMillis, run, course, signal);
    if (end._tag === "Done") return passed;
    if (end.left !== "nothing") shared.drop();
    return failed(asError(end));
  }
}
