import * as assert from "node:assert/strict";

import type { Report } from "@heddle/conformance/Runner";
import * as TestRuntime from "@heddle/core/testing/TestRuntime";
import { describe, it } from "vitest";

import { matrix, without } from "../src/matrix.ts";

const report = (name: string, verdict: Report["cases"][number]["verdict"]): Report => ({
  version: 1,
  name,
  capabilities: { ...TestRuntime.adapter.capabilities, coordination: "none" },
  sizes: [1, 4],
  cases: [
    { id: "results/value", size: 1, guarantees: [], verdict: "passed", millis: 1 },
    { id: "results/value", size: 4, guarantees: [], verdict, reason: "so be it", millis: 1 },
    { id: "streaming/order", size: 1, guarantees: [], verdict: "not-applicable", millis: 1 },
  ],
  leaks: [],
  unchecked: [],
});

describe("the page of capabilities", () => {
  const one = report("one", "passed");
  const two = report("two", "skipped");

  it("counts a case once, as passed if it passed wherever it applies", () => {
    const page = matrix([one, two]);
    assert.match(page, /^\| results +\| 1 of 1 +\| 0 of 1 \(1 skipped\) +\|$/m);
    assert.match(page, /^\| streaming +\| – +\| – +\|$/m);
    assert.match(page, /^- \*\*two\*\*, size 4, `results\/value`: so be it$/m);
  });

  it("without an adapter is the page of the others, wherever its column is", () => {
    assert.equal(without(matrix([one, two]), "two"), matrix([one]));
    assert.equal(without(matrix([two, one]), "two"), matrix([one]));
    assert.equal(without(matrix([one, two]), "one"), matrix([two]));
    assert.equal(without(matrix([one]), "two"), matrix([one]));
  });
});
