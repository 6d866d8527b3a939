/**
 * The report: what came of the cases, for programs and for people.
 */
import * as assert from "node:assert/strict";

import * as TestRuntime from "@heddle/core/testing/TestRuntime";
import * as Effect from "effect/Effect";
import { describe, it } from "vitest";

import type { Case } from "../src/Case.ts";
import * as Runner from "../src/Runner.ts";
import { breaks, doubles, needsTransfer, sound } from "./subjects.ts";

describe("the report", () => {
  it("tells what came of each case at each size, as JSON", async () => {
    const cases = [doubles, breaks, needsTransfer];
    const skip = [{ case: "made/breaks", reason: "issue 1" }];
    const report = await Runner.run("made", sound, { sizes: [1, 2], cases, skip });
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
    const { cases: told, ...rest } = report;
    assert.deepEqual(rest, {
      version: 1,
      name: "made",
      capabilities: { ...TestRuntime.adapter.capabilities, coordination: "memory" },
      sizes: [1, 2],
      leaks: [],
      unchecked: [],
    });
    assert.ok(told.every(({ millis }) => Number.isInteger(millis) && millis >= 0));
    assert.deepEqual(
      told.map(({ id, reason, size, verdict }) => [size, id, verdict, reason]),
      [
        [1, "made/doubles", "passed", undefined],
        [1, "made/breaks", "skipped", "issue 1"],
        [
          1,
          "made/transfer",
          "not-applicable",
          "it needs a runtime that can move objects, and that runs several bodies at a time",
        ],
        [2, "made/doubles", "passed", undefined],
        [2, "made/breaks", "skipped", "issue 1"],
        [2, "made/transfer", "not-applicable", "it needs a runtime that can move objects"],
      ],
    );
    assert.deepEqual(Runner.failures(report), []);
  });

  it("tells only the last verdict on a case that was run again", async () => {
    let runs = 0;
    const flaky: Case = { ...doubles, run: () => Effect.sync(() => assert.ok(runs++ > 0, "the first time")) };
    const { groups, report } = Runner.plan("made", sound, { sizes: [1], cases: [flaky] });
    assert.equal((await groups[0]?.cases[0]?.run())?._tag, "Failed");
    assert.equal((await groups[0]?.cases[0]?.run())?._tag, "Passed");
    await groups[0]?.close();
    assert.deepEqual(
      report().cases.map(({ verdict }) => verdict),
      ["passed"],
    );
  });

  it("says what the platform does not tell, and is made all the same", async () => {
    const own = Object.getOwnPropertyDescriptor(process, "getActiveResourcesInfo");
    assert.ok(own);
    try {
      for (const missing of [undefined, (): Array<string> => []]) {
        process.getActiveResourcesInfo = missing as never;
        const report = await Runner.run("made", sound, { sizes: [1], cases: [doubles] });
        assert.deepEqual(report.unchecked, ["open handles and timers: this platform does not tell them"]);
        assert.deepEqual(Runner.failures(report), []);
      }
    } finally {
      Object.defineProperty(process, "getActiveResourcesInfo", own);
    }
  });

  it("names each failure in a line for people", async () => {
    const report = await Runner.run("made", sound, { sizes: [1], cases: [breaks] });
    assert.deepEqual(Runner.failures(report), ["made, size 1: made/breaks: on purpose [R1]"]);
    assert.deepEqual(report.cases[0]?.guarantees, ["R1"]);
    const own = await Runner.run("made", sound, { sizes: [1], cases: [{ ...breaks, guarantees: [] }] });
    assert.deepEqual(Runner.failures(own), ["made, size 1: made/breaks: on purpose"]);
  });

  it("shows what fails with something else than an error, and with an error without a message", async () => {
    class Unshowable {
      get [Symbol.toStringTag](): string {
        throw new Error("not for you");
      }
    }
    const thrown = [{ code: 7, why: { of: "wood" } }, [1, [2]], new RangeError(), "text", new Unshowable()];
    const cases = thrown.map((error, i): Case => ({
      ...doubles,
      id: `made/fails-${i}`,
      run: () => Effect.fail(error),
    }));
    const report = await Runner.run("made", sound, { sizes: [1], cases });
    const [object, array, error, text, unshowable] = report.cases.map(({ reason = "" }) => reason);
    assert.deepEqual([object, array, text], ["{ code: 7, why: { of: 'wood' } }", "[ 1, [ 2 ] ]", "text"]);
    assert.match(error ?? "", /^RangeError/);
    assert.notEqual(unshowable, "");
  });
});
