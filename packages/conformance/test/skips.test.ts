/**
 * Skips: only of what exists, only with a reason, and only as long as they are needed.
 */
import * as assert from "node:assert/strict";

import { messageOf } from "@heddle/core/Defect";
import * as Effect from "effect/Effect";
import { describe, it } from "vitest";

import type { Case } from "../src/Case.ts";
import * as Runner from "../src/Runner.ts";
import { breaks, doubles, never, sound } from "./subjects.ts";

const judged = async (
  testCase: Case,
  skip: Omit<Runner.Skip, "case">,
  sizes: ReadonlyArray<number> = [1],
): Promise<ReadonlyArray<string>> => {
  const told: Array<string> = [];
  await Runner.run("made", sound, {
    sizes,
    limitMillis: 300,
    cases: [testCase],
    skip: [{ case: testCase.id, ...skip }],
    onVerdict: (_, verdict) => {
      told.push(verdict._tag === "Failed" ? `Failed: ${messageOf(verdict.error)}` : verdict._tag);
    },
  });
  return told;
};

const refused = (skip: ReadonlyArray<Runner.Skip>): (() => unknown) => {
  const options = { cases: [doubles, breaks], sizes: [1], skip };
  return () => Runner.plan("made", sound, options);
};

describe("a skip is refused at once", () => {
  it("when there is no such case", () => {
    assert.throws(refused([{ case: "made/lost", reason: "x" }]), /no such case to skip: "made\/lost"/);
  });

  it("when it has no reason", () => {
    for (const reason of ["", "  ", undefined as never]) {
      assert.throws(refused([{ case: "made/breaks", reason }]), /the skip of "made\/breaks" needs a reason/);
    }
  });

  it("when the case is skipped twice, or at a size that is not tested", () => {
    const skip = { case: "made/breaks", reason: "issue 1" };
    assert.throws(refused([skip, skip]), /skipped twice/);
    assert.throws(refused([{ ...skip, sizes: [1, 7] }]), /names size 7/);
    assert.throws(refused([{ ...skip, sizes: [] }]), /"made\/breaks" names no size: leave "sizes" out/);
  });

  it("when it has an option that does not exist", () => {
    const skip = { case: "made/breaks", reason: "issue 1", neverrun: true };
    assert.throws(refused([skip]), /there is no "neverrun" in the options of a skip: .*neverRun/);
  });
});

describe("a case that is skipped", () => {
  const reason = "issue 1";

  it("is run and has to fail", async () => {
    assert.deepEqual(await judged(breaks, { reason }), ["Skipped"]);
    assert.deepEqual(await judged(doubles, { reason }), ["Failed: stale skip: it passes (issue 1)"]);
  });

  it("may fail by its limit", async () => {
    assert.deepEqual(await judged(never, { reason }), ["Skipped"]);
  });

  it("is not run when it is said to be harmful", async () => {
    let wasRun = false;
    const harmful: Case = {
      ...breaks,
      run: (env) => {
        wasRun = true;
        return breaks.run(env);
      },
    };
    assert.deepEqual(await judged(harmful, { reason, neverRun: true }), ["Skipped"]);
    assert.equal(wasRun, false);
  });

  it("has to apply at one of the sizes", async () => {
    const lost: Case = { ...breaks, needs: ["transfer"] };
    const stale = "Failed: stale skip: the case does not apply to this runtime (issue 1)";
    assert.deepEqual(await judged(lost, { reason }, [1, 2]), [stale, stale]);
    assert.deepEqual(await judged(lost, { reason, neverRun: true }), [stale]);
    const several: Case = { ...breaks, needs: ["severalPlaces"] };
    assert.deepEqual(await judged(several, { reason }, [1, 2]), ["NotApplicable", "Skipped"]);
  });

  it("may be skipped at some sizes only", async () => {
    const atTwo: Case = {
      ...doubles,
      run: ({ size }) => Effect.sync(() => assert.notEqual(size, 2)),
    };
    assert.deepEqual(await judged(atTwo, { reason, sizes: [2] }, [1, 2]), ["Passed", "Skipped"]);
    assert.deepEqual(await judged(atTwo, { reason }, [1, 2]), [
      "Failed: stale skip: it passes (issue 1)",
      "Skipped",
    ]);
  });
});
