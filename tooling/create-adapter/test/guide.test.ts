import { readFileSync } from "node:fs";

import * as Conformance from "@heddle/conformance";
import { assert, describe, it } from "vitest";

const guide = readFileSync(new URL("../../../docs/writing-an-adapter.md", import.meta.url), "utf8");
const ids = new Set<string>(Conformance.cases.map(({ id }) => id));
const groups = new Set<string>(Object.keys(Conformance.groups));

/** What looks like a case of one of the groups: `group/name`, or `group/*` for all of it. */
const named = [...guide.matchAll(/(?<=[`"[])([a-z-]+)\/([\w-]+|\*)(?=[`"\]])/g)].filter(([, group = ""]) =>
  groups.has(group),
);

describe("the guide", () => {
  it("names cases that there are", () => {
    assert.isAbove(named.length, 60);
    const unknown = named.map(([id]) => id).filter((id) => !id.endsWith("/*") && !ids.has(id));
    assert.deepStrictEqual(unknown, []);
  });
});
