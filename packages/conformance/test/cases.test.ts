/**
 * The cases as data: well-formed, complete, and in step with the sentences that they prove.
 */
import * as assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";

import { describe, it } from "vitest";

import * as Conformance from "../src/Conformance.ts";
import * as Need from "../src/Need.ts";

const document = readFileSync(new URL("../../../docs/semantics.md", import.meta.url), "utf8");
const numbers = [...document.matchAll(/^- \*\*([A-Z]\d+)\*\* /gm)].map(([, number]) => String(number));
const { cases, groups } = Conformance;

const duplicates = (items: ReadonlyArray<string>): ReadonlyArray<string> =>
  items.filter((item, i) => items.indexOf(item) !== i);

describe("the cases", () => {
  it("have ids that are unique and begin with the name of their group", () => {
    assert.deepEqual(duplicates(cases.map(({ id }) => id)), []);
    for (const [group, members] of Object.entries(groups)) {
      for (const { id } of members) assert.match(id, new RegExp(`^${group}/[\\w-]+$`));
    }
  });

  it("are at least 150, and each is in a group and has a title of its own in it", () => {
    assert.ok(cases.length >= 150, `there are ${cases.length}`);
    assert.deepEqual(Object.values(groups).flat(), cases);
    for (const [group, members] of Object.entries(groups)) {
      assert.deepEqual(duplicates(members.map(({ title }) => title)), [], group);
    }
  });

  it("need only what is defined, and none needs a thing and its opposite", () => {
    const used = new Set(cases.flatMap(({ needs = [] }) => needs));
    for (const need of used) assert.ok(need in Need.definitions, need);
    for (const { id, needs = [] } of cases) {
      assert.deepEqual(duplicates(needs), [], id);
      for (const need of needs) {
        const opposite = `no${need[0]?.toUpperCase()}${need.slice(1)}`;
        assert.ok(!(needs as ReadonlyArray<string>).includes(opposite), id);
      }
    }
  });

  it("have a base level that applies to every runtime and says something in most groups", () => {
    assert.ok(Conformance.base.length >= 70, `the base level has ${Conformance.base.length} cases`);
    const told = new Set(Conformance.base.map(Conformance.groupOf));
    for (const group of [
      "results",
      "errors",
      "cancellation",
      "deadline",
      "nesting",
      "lifecycle",
      "shutdown",
    ]) {
      assert.ok(told.has(group), group);
    }
  });

  it("that ask for options which only some runtimes know need the capability of those", () => {
    const everyone = new Set(["maxQueue", "whenFull", "aging", "closeTimeout"]);
    for (const { id, needs = [], options = {}, shares } of cases) {
      for (const option of Object.keys(options)) {
        if (everyone.has(option)) continue;
        const capability = option === "grace" ? "forceKill" : "elastic";
        assert.ok(needs.includes(capability), `${id} asks for ${option} and does not need ${capability}`);
      }
      if (Object.keys(options).length > 0) assert.notEqual(shares, true, `${id} has options and shares`);
    }
  });
});

describe("the sources of the cases", () => {
  it("compare strictly on every platform: on Deno only the default import of node:assert/strict does", () => {
    const folder = new URL("../src/", import.meta.url);
    const files = globSync("**/*.ts", { cwd: folder });
    assert.ok(files.length > 40, "the sources were not found");
    const textOf = (file: string): string => readFileSync(new URL(file, folder), "utf8");
    assert.deepEqual(
      files.filter((file) => textOf(file).includes("import * as assert from")),
      [],
    );
  });
});

describe("the sentences of docs/semantics.md", () => {
  it("have unique numbers, without a gap", () => {
    assert.ok(numbers.length > 50, "the document was not understood");
    assert.deepEqual(duplicates(numbers), []);
    for (const number of numbers) {
      const place = Number(number.slice(1));
      if (place > 1) assert.ok(numbers.includes(`${number[0]}${place - 1}`), number);
    }
  });

  it("are all proven by a case", () => {
    const cited = new Set(cases.flatMap(({ guarantees }) => guarantees));
    assert.deepEqual(
      numbers.filter((number) => !cited.has(number)),
      [],
    );
  });

  it("are what the cases cite, each at least one and none twice", () => {
    const known = new Set(numbers);
    for (const { guarantees, id } of cases) {
      assert.ok(guarantees.length > 0, `${id} proves nothing`);
      assert.deepEqual(duplicates(guarantees), [], id);
      for (const number of guarantees) assert.ok(known.has(number), `${id} cites ${number}`);
    }
  });
});
