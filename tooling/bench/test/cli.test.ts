import { assert, describe, it } from "vitest";

import { settingsOf } from "../src/cli.ts";
import { contenders } from "../src/contenders/index.ts";
import { groupsOf } from "../src/run.ts";
import { workloads } from "../src/workloads/index.ts";

const ids = (...args: ReadonlyArray<string>) => settingsOf(args).workloads.map(({ id }) => id);

describe("the command line", () => {
  it("means everything where it names nothing", () => {
    const settings = settingsOf([]);
    assert.lengthOf(settings.workloads, workloads.length);
    assert.isUndefined(settings.only);
    assert.deepInclude(settings, { output: "table", action: "run", builds: true, isSmoke: false });
  });

  it("takes the beginning of names, but an exact name alone", () => {
    assert.deepStrictEqual(ids("noop"), ["noop-64", "noop-1000", "noop-200k"]);
    assert.deepStrictEqual(ids("noop-64"), ["noop-64"]);
    assert.deepStrictEqual([...(settingsOf(["--only", "piscina"]).only ?? [])], ["piscina"]);
    assert.include([...(settingsOf(["--only", "raw,heddle"]).only ?? [])], "heddle-threads");
  });

  it("suggests what may have been meant", () => {
    assert.throws(() => settingsOf(["nop-64"]), /no workload "nop-64"\. Did you mean noop-64/);
    assert.throws(() => settingsOf(["--only", "piscine"]), /no contender "piscine"\. Did you mean piscina/);
    assert.throws(() => settingsOf(["qqqqqqqqqqqqqqqqqqqqqqqqqq"]), /no workload "q+"\. See --list/);
    assert.throws(() => settingsOf(["--rouds", "3"]), /--rouds/);
  });

  it("refuses senseless rounds, and to write a part of the document", () => {
    for (const rounds of ["0", "1.5", "many"])
      assert.throws(() => settingsOf(["--rounds", rounds]), /whole number of at least 1/);
    assert.throws(() => settingsOf(["--write", "noop-64"]), /needs a full run/);
    assert.throws(() => settingsOf(["--write", "--only", "piscina"]), /needs a full run/);
    assert.throws(() => settingsOf(["--write", "--smoke"]), /needs a full run/);
    assert.isTrue(settingsOf(["--write", "--rounds", "2"]).writes);
  });
});

describe("workloads", () => {
  const known = new Set(contenders.map(({ id }) => id));

  it("and contenders have names of their own", () => {
    assert.lengthOf(contenders, known.size);
    assert.lengthOf(workloads, new Set(workloads.map(({ id }) => id)).size);
  });

  it("name contenders that exist, and goals about those that take part", () => {
    for (const { contenders: named, goals, id, smoke } of workloads) {
      const missing = named.filter((name) => !known.has(name));
      const others = goals.flatMap(({ against, subject }) => [
        subject,
        ...(typeof against === "string" ? [] : against),
      ]);
      const strangers = [...smoke, ...others].filter((name) => !named.includes(name));
      assert.deepStrictEqual({ id, missing, strangers }, { id, missing: [], strangers: [] });
    }
  });

  it("have a raw, an own and another contender in the smoke run", () => {
    const roleOf = new Map(contenders.map(({ id, role }) => [id, role]));
    for (const { id, smoke } of workloads) {
      const roles = new Set(smoke.map((name) => roleOf.get(name)));
      assert.isTrue(roles.has("heddle") && roles.size > 1, id);
    }
  });

  it("that differ in the figure only are measured once", () => {
    const together = groupsOf(workloads)
      .filter((group) => group.length > 1)
      .map((group) => group.map(({ id }) => id).join(" "));
    assert.deepStrictEqual(together, [
      "latency-idle-p50 latency-idle-p99",
      "queued-heap queued-enqueue",
      "parked-100k-bytes parked-100k-time parked-100k-end",
      "parked-1m-bytes parked-1m-time parked-1m-end",
    ]);
  });
});
