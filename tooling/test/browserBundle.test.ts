import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, assert, beforeEach, describe, it } from "vitest";

import { missingInBrowsers } from "../src/browserBundle.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(import.meta.dirname, "../.examples-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const missingIn = (files: Readonly<Record<string, string>>): Promise<ReadonlyArray<string>> => {
  for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), source);
  return missingInBrowsers(folder, ["main.ts"]);
};

describe("what a browser would miss", () => {
  it("is told by name and place, also of what is loaded later", async () => {
    const missing = await missingIn({
      "main.ts": `import { inspect } from "node:util"; export const a = inspect(process.pid); export const b = import("./later.ts");`,
      "later.ts": `export const soon = (f: () => void) => setImmediate(f); export const bytes = Buffer.from("a");`,
    });
    assert.deepStrictEqual(missing, [
      "later.ts uses Buffer",
      "later.ts uses setImmediate",
      "main.ts imports node:util",
      "main.ts uses process",
    ]);
  });

  it("is nothing where the names are the module's own, properties, or types", async () => {
    const missing = await missingIn({
      "main.ts": `
        import type { Readable } from "node:stream";
        const { process } = globalThis as { process?: { pid: number } };
        export const pid = (_: Readable | NodeJS.Timeout) => process?.pid ?? globalThis.setImmediate;
      `,
    });
    assert.deepStrictEqual(missing, []);
  });
});
