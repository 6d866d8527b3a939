/**
 * What a plan has in it, and in which order it is run.
 */
import * as assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { describe, it } from "vitest";

import type { Case } from "../src/Case.ts";
import * as Conformance from "../src/Conformance.ts";
import * as Runner from "../src/Runner.ts";
import { breaks, doubles, leavingThreads, sound, withThread } from "./subjects.ts";

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

describe("a plan is refused at once", () => {
  const planning = (options: object) => (): Runner.Plan => Runner.plan("made", sound, options);

  it("when its limit is none, or longer than a timer", () => {
    for (const limitMillis of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "500", null]) {
      assert.throws(planning({ limitMillis }), /limitMillis is a number above 0 and up to 2147483647, not /);
    }
    Runner.plan("made", sound, { limitMillis: 2 ** 31 - 1 });
  });

  it("when there is no such option, be it one of another function", () => {
    const fault = /there is no "size" in the options of a plan: they are sizes, skip, cases, limitMillis/;
    assert.throws(planning({ size: [1] }), fault);
    assert.throws(planning({ report: "conformance.json" }), /there is no "report"/);
  });

  it("when it has no case, or something else for one", () => {
    assert.throws(planning({ cases: [] }), /there is no case to run: leave `cases` out/);
    assert.throws(
      planning({ cases: [undefined] }),
      /cases\[0\] is undefined: a case is \{ id, title, guarantees, run \}/,
    );
    assert.throws(planning({ cases: [doubles, { ...doubles, id: 1 }] }), /cases\[1\] is \{/);
    assert.throws(planning({ cases: [{ ...doubles, run: undefined }] }), /cases\[0\] is \{/);
  });

  it("when a case needs what is no need", () => {
    assert.throws(
      planning({ cases: [{ ...doubles, needs: ["transfers"] }] }),
      /the case "made\/doubles" needs "transfers", which is none of isolation, .*transfer,/,
    );
    assert.throws(planning({ cases: [{ ...doubles, needs: ["toString"] }] }), /needs "toString"/);
  });
});

describe("two plans in one process", () => {
  it("run one case at a time", async () => {
    let running = 0;
    const turn = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)));
    const alone: Case = {
      ...doubles,
      run: Effect.fnUntraced(function* () {
        assert.equal(running++, 0);
        for (let turns = 0; turns < 200; turns++) yield* turn;
        running--;
      }),
    };
    const options = { sizes: [1], cases: [alone] };
    const both = [Runner.run("first", sound, options), Runner.run("second", sound, options)];
    assert.deepEqual((await Promise.all(both)).flatMap(Runner.failures), []);
  });

  it("do not blame each other for what their runtimes have open", async () => {
    const cases = ["a", "b", "c", "d"].map((name, i): Case => ({
      ...doubles,
      id: `made/${name}`,
      shares: i > 1,
    }));
    const options = { sizes: [1], cases };
    const reports = await Promise.all([
      Runner.run("first", withThread, options),
      Runner.run("second", withThread, options),
    ]);
    assert.deepEqual(reports.flatMap(Runner.failures), []);
  });

  it("close the runtime that cases share before the other one has its turn", async () => {
    const running = new Set<string>();
    const layerOf =
      (name: string): Runner.LayerOf =>
      (options) => {
        const noted = Effect.acquireRelease(
          Effect.sync(() => running.add(name)),
          () => Effect.sync(() => running.delete(name)),
        );
        return Layer.merge(sound(options), Layer.effectDiscard(noted));
      };
    const alone = (name: string): Case => ({
      ...doubles,
      run: () => Effect.sync(() => assert.deepEqual([...running], [name])),
    });
    const planned = ["first", "second"].map((name) => {
      const { groups } = Runner.plan(name, layerOf(name), { sizes: [1], cases: [alone(name)] });
      return groups[0] ?? assert.fail("no group");
    });
    for (const { cases } of [...planned, ...planned])
      assert.deepEqual(await cases[0]?.run(), { _tag: "Passed" });
    await Promise.all(planned.map(({ close }) => close()));
    assert.deepEqual([...running], []);
  });

  it("tell what a runtime left behind, though it was closed for the turn of the other", async () => {
    const { layerOf, stop } = leavingThreads();
    const leaky = Runner.plan("leaky", layerOf, { sizes: [1], cases: [doubles] });
    const other = Runner.plan("other", sound, { sizes: [1], cases: [{ ...doubles, shares: false }] });
    assert.deepEqual(await leaky.groups[0]?.cases[0]?.run(), { _tag: "Passed" });
    assert.deepEqual(await other.groups[0]?.cases[0]?.run(), { _tag: "Passed" });
    await assert.rejects(async () => leaky.groups[0]?.close(), /thread \d+/);
    await stop();
    assert.deepEqual([leaky.report().leaks.length, other.report().leaks.length], [1, 0]);
    await leaky.groups[0]?.close();
  });
});
