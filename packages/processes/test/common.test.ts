import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { assert, describe, it } from "@effect/vitest";

import * as Processes from "../src/Processes.ts";
import * as Tasks from "./fixtures/tasks.ts";

const fixture = (file: string): URL => new URL(`./fixtures/${file}.ts`, import.meta.url);

describe("processes", () => {
  it("offers the same as every pool runtime", () => {
    assert.deepStrictEqual(Object.keys(Processes).toSorted(), ["adapter", "layer", "open"]);
  });

  it("refuses wrong options in promises as well", async () => {
    const error = await Processes.open({ size: 0 }).catch((cause: unknown) => cause);
    assert.strictEqual((error as { readonly code?: string }).code, "HEDDLE_INVALID_OPTIONS");
  });

  it("is not disturbed by messages that a body sends by itself", async () => {
    await using runtime = await Processes.open({ size: 1 });
    for (const n of [1, 2, 3]) assert.strictEqual(await runtime.run(Tasks.junk, n), n);
    assert.strictEqual(runtime.stats().workers.length, 1);
  });

  it("loads no Effect for a plain task", async () => {
    await using runtime = await Processes.open({
      size: 1,
      execArgv: ["--import", fixture("recordModules").href],
    });
    const loaded = (await runtime.run(Tasks.loadedModules, 0)) ?? [];
    assert.isTrue(loaded.includes(Tasks.junk.module!), "the hooks saw nothing");
    assert.deepStrictEqual(
      loaded.filter((url) => /\/node_modules\/effect\//.test(url)),
      [],
    );
  });

  it("lets the program exit by itself while idle", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(fixture("idle"))], {
      timeout: 10_000,
    });
    assert.strictEqual(stdout, "42\n");
  });
});
