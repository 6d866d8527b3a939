import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { assert, describe, it } from "@effect/vitest";

const program = `
import * as Processes from ${JSON.stringify(new URL("../src/Processes.ts", import.meta.url).href)};
import { echoes } from ${JSON.stringify(new URL("./fixtures/tasks.ts", import.meta.url).href)};
const runtime = await Processes.open({ size: 1 });
console.log(await runtime.run(echoes, "answered"));
await runtime.close();
`;
const preload = `data:text/javascript,${encodeURIComponent('console.log("preloaded")')}`;

const run = promisify(execFile);
const timeout = 30_000;

describe("a program whose code came as text", { timeout }, () => {
  it("as an argument starts workers, with its other flags", async () => {
    const flags = ["--import", preload, "--max-old-space-size=300", "--input-type=module", "-e", program];
    const { stdout } = await run(process.execPath, flags, { timeout });
    assert.deepStrictEqual(stdout.trim().split("\n"), ["preloaded", "preloaded", "answered"]);
  });

  it("through stdin starts workers", async () => {
    const running = run(process.execPath, ["--input-type", "module"], { timeout });
    running.child.stdin?.end(program);
    assert.strictEqual((await running).stdout, "answered\n");
  });
});

describe("a program that Node's test runner runs in its own process", { timeout }, () => {
  it("starts workers that are no test runners", async () => {
    const folder = await mkdtemp(join(tmpdir(), "heddle-flags-"));
    try {
      const file = join(folder, "pool.test.mjs");
      await writeFile(file, program);
      const flags = ["--test", "--test-isolation=none", file];
      const { stdout } = await run(process.execPath, flags, { timeout });
      assert.include(stdout, "answered");
      assert.lengthOf(stdout.match(/tests \d/g) ?? [], 1, "only the program reports on tests");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
