import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterEach, assert, beforeEach, describe, it } from "vitest";

const fixture = join(import.meta.dirname, "fixtures/bundle");
const command = join(import.meta.dirname, "../src/bundleWorker.ts");
const run = (): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, [command], { cwd: folder });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(import.meta.dirname, "../.examples-"));
  cpSync(fixture, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const dist = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(folder, "dist/worker"))
      .toSorted()
      .map((file) => [file, readFileSync(join(folder, "dist/worker", file), "utf8")]),
  );

describe("heddle-bundle-worker", () => {
  it("makes one file of the entry and one of each dynamic import, the same every time", async () => {
    await run();
    const first = dist();
    assert.deepStrictEqual(Object.keys(first), ["entry.js", "entry.js.map", "lazy.js", "lazy.js.map"]);
    assert.include(first["entry.js"], 'import("./lazy.js")');
    assert.include(first["entry.js"], "import(href)");
    assert.notMatch(first["entry.js"] ?? "", /from "(?!node:)/);
    assert.include(first["lazy.js"], '"effect/Effect"');
    writeFileSync(join(folder, "dist/worker/gone.js"), "");
    await run();
    assert.deepStrictEqual(dist(), first);
  });

  it("refuses an entry that loads effect by itself", async () => {
    const entry = join(folder, "src/worker/entry.ts");
    writeFileSync(
      entry,
      `import { succeed } from "effect/Effect";\nsucceed(1);\n${readFileSync(entry, "utf8")}`,
    );
    const failure = await run().then(
      () => "",
      (error: unknown) => String(error),
    );
    assert.include(failure, "must not load effect/Effect before a task needs it");
  });
});
