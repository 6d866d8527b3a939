import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, assert, beforeEach, describe, it } from "vitest";

import { summarize } from "../src/summary.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "heddle-summary-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (name: string, scripts: object, result?: object): void => {
  const folder = join(root, "packages", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, scripts }));
  if (result !== undefined) writeFileSync(join(folder, ".vitest-result.json"), JSON.stringify(result));
};

const suite = (status: string, ...tests: ReadonlyArray<string>): object => ({
  name: "a.test.ts",
  status,
  assertionResults: tests.map((test) => ({
    status: test,
    fullName: `a test that ${test}`,
    ...(test === "failed" && { failureMessages: ["Error: expected 1\n  to be 2\n  SEED=3\n    at a.ts"] }),
  })),
});

describe("summarize", () => {
  it("adds up the packages that have tests", () => {
    put(
      "a",
      { test: "vitest" },
      { numPassedTests: 3, numFailedTests: 0, testResults: [suite("passed", "passed")] },
    );
    put(
      "b",
      { test: "vitest" },
      { numPassedTests: 4, numFailedTests: 1, testResults: [suite("failed", "failed")] },
    );
    put("c", {});
    assert.deepInclude(summarize(root), { passed: 7, failed: 1 });
  });

  it("names the tests that failed, and why", () => {
    put(
      "a",
      { test: "vitest" },
      { numPassedTests: 1, numFailedTests: 1, testResults: [suite("failed", "passed", "failed")] },
    );
    assert.deepStrictEqual(summarize(root).problems, [
      "packages/a: a test that failed\n    Error: expected 1\n      to be 2\n      SEED=3",
      "packages/a: 1 failed",
    ]);
  });

  it("counts a suite that could not be loaded", () => {
    put("a", { test: "vitest" }, { numPassedTests: 3, numFailedTests: 0, testResults: [suite("failed")] });
    assert.deepInclude(summarize(root), { passed: 3, failed: 1 });
  });

  it("counts a package without a result", () => {
    put("a", { test: "vitest" });
    assert.deepStrictEqual(summarize(root), {
      passed: 0,
      failed: 1,
      problems: ["packages/a: no test result"],
    });
  });
});
