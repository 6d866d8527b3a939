import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, assert, beforeEach, describe, it } from "vitest";

import { checkExports, entryPoints, readManifest, updateExports } from "../src/exports.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "heddle-exports-"));
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "src/A.ts"), "export {};\n");
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      name: "a",
      exports: { "./package.json": "./package.json", ".": "./src/A.ts" },
      publishConfig: { exports: {}, access: "public" },
      license: "MIT",
    }),
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("exports", () => {
  it("are mirrored by an update that leaves the rest alone", () => {
    assert.strictEqual(checkExports(folder, readManifest(folder)).length, 1);
    updateExports(folder);
    assert.deepStrictEqual(checkExports(folder, readManifest(folder)), []);
    assert.deepStrictEqual(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")), {
      name: "a",
      exports: { "./package.json": "./package.json", ".": "./src/A.ts" },
      publishConfig: {
        exports: {
          "./package.json": "./package.json",
          ".": { types: "./dist/A.d.ts", default: "./dist/A.js" },
        },
        access: "public",
      },
      license: "MIT",
    });
  });

  it("may be patterns, which are no entry points of their own", () => {
    const manifest = { ...readManifest(folder), exports: { "./all/*": "./src/*.ts" } };
    const mirrored = { types: "./dist/*.d.ts", default: "./dist/*.js" };
    const published = { ...manifest, publishConfig: { exports: { "./all/*": mirrored } } };
    assert.deepStrictEqual(checkExports(folder, published), []);
    assert.deepStrictEqual(entryPoints(published), []);
    rmSync(join(folder, "src/A.ts"));
    assert.match(checkExports(folder, published).join(), /\.\/src\/\*\.ts, which does not exist/);
  });

  it("must have sources", () => {
    rmSync(join(folder, "src/A.ts"));
    updateExports(folder);
    assert.match(checkExports(folder, readManifest(folder)).join(), /\.\/src\/A\.ts, which does not exist/);
  });
});
