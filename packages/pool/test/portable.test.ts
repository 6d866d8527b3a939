import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { assert, describe, it } from "@effect/vitest";
import { missingInBrowsers } from "@heddle/tooling/browserBundle";

import manifest from "../package.json" with { type: "json" };
import type { Report } from "./fixtures/bareMain.ts";

const folder = join(import.meta.dirname, "..");
const range = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

describe("a browser", () => {
  it("misses nothing in any module, on either side", async () => {
    const modules = Object.values(manifest.exports).filter((path) => path.endsWith(".ts"));
    assert.includeMembers(modules, ["./src/PoolAdapter.ts", "./src/worker/loop.ts"]);
    assert.deepStrictEqual(await missingInBrowsers(folder, modules), []);
  });
});

describe("a program without anything that only Node has", () => {
  it("runs tasks of every kind", async () => {
    const host = join(import.meta.dirname, "fixtures/bareHost.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [host], { timeout: 60_000 });
    const report = JSON.parse(stdout) as Report;
    const { logs, wrongOption, ...others } = report;
    assert.deepStrictEqual(others, {
      values: [2, 3, 4, 5, 2, 41],
      elements: [range(1, 40), range(0, 39), [2, 3, 4]],
      cancelled: "AbortError",
      progress: [40],
      movedBytes: 64,
      size: 1,
    });
    assert.include(JSON.stringify(logs), "[Function: (anonymous)]");
    assert.include(wrongOption, "got { cores: [ Map {} ] }");
  }, 60_000);
});
