/**
 * What a plan has in it, and in which order it is run.
 */
import * as assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import { describe, it } from "vitest";

import type { Case } from "../src/Case.ts";
import * as Conformance from "../src/Conformance.ts";
import * as Runner from "../src/Runner.ts";
import { breaks, doubles, sound } from "./subjects.ts";

describe("a plan", () => {
  it("runs one case at a time, though it is asked for all at once", async () => {
    let running = 0;
    const alone = (id: Case["id"]): Case => ({
      ...doubles,
      id,
      run: Effect.fnUntraced(function* (env) {
        assert.equal(running++, 0);
        yield* doubles.run(env);
        running--;
      }),
    });
    const { groups } = Runner.plan("made", sound, { cases: [alone("made/a"), alone("other/b")] });
    const all = groups.flatMap(({ cases, close }) => [...cases.map((planned) => planned.run()), close()]);
    for (const verdict of await Promise.all(all))
      assert.deepEqual(verdict ?? { _tag: "Passed" }, { _tag: "Passed" });
  });

  it("keeps groups together, at each size, in order", () => {
    const other: Case = { ...doubles, id: "other/doubles" };
    const { groups } = Runner.plan("made", sound, { sizes: [4, 1], cases: [doubles, other, breaks] });
    assert.deepEqual(
      groups.map(({ cases, name, size }) => [size, name, cases.map((planned) => planned.case.id)]),
      [
        [4, "made", ["made/doubles", "made/breaks"]],
        [4, "other", ["other/doubles"]],
        [1, "made", ["made/doubles", "made/breaks"]],
        [1, "other", ["other/doubles"]],
      ],
    );
  });

  it("is all cases at sizes 1 and 4 by default, and opens nothing by itself", () => {
    const opens: Runner.LayerOf = () => assert.fail("it was opened");
    const planned = Runner.plan("made", opens).groups.flatMap(({ cases }) => cases);
    assert.equal(planned.length, 2 * Conformance.cases.length);
    assert.deepEqual([...new Set(planned.map(({ size }) => size))], [1, 4]);
  });

  it("refuses sizes and cases that mean nothing", () => {
    for (const sizes of [[], [0], [1.5], [-1], [Number.NaN], [2, 2]]) {
      assert.throws(() => Runner.plan("made", sound, { sizes }), /sizes are different whole numbers/);
    }
    const twice = { cases: [doubles, doubles] };
    assert.throws(() => Runner.plan("made", sound, twice), /two cases "made\/doubles"/);
    const nameless = { cases: [{ ...doubles, id: "made/" as const }] };
    assert.throws(() => Runner.plan("made", sound, nameless), /"group\/name", not "made\/"/);
  });
});
