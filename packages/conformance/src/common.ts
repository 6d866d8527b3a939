/**
 * What the packages of all pool runtimes offer alike, besides the cases: their exports, and how they treat the program.
 *
 * @since 0.1.0
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import type { Adapter } from "@heddle/core/Adapter";
import type { PromisedRuntime } from "@heddle/core/Promised";
import type * as Runtime from "@heddle/core/Runtime";
import type { RuntimeError } from "@heddle/core/RuntimeError";
import type * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { describe, it } from "vitest";

import * as Common from "./fixtures/tasks/common.ts";

interface CommonOptions {
  readonly size?: number;
  readonly execArgv?: ReadonlyArray<string>;
}

/**
 * The exports of a pool runtime's package: the import chooses the runtime, and nothing else changes.
 *
 * @category models
 * @since 0.1.0
 */
export interface PoolModule {
  readonly adapter: (options?: CommonOptions) => Effect.Effect<Adapter, RuntimeError, Scope.Scope>;
  readonly layer: (options?: CommonOptions) => Layer.Layer<Runtime.Runtime, RuntimeError>;
  readonly open: (options?: CommonOptions) => Promise<PromisedRuntime>;
}

const fixture = (file: string): URL => {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`./fixtures/${file}.${extension}`, import.meta.url);
};

/**
 * Registers the tests that all pool packages have in common.
 *
 * **Details**
 *
 * The compiler checks that the module has the exports; the tests, that it has no others. `url` is the module's own, for
 * programs that import it.
 *
 * @category tests
 * @since 0.1.0
 */
export const common = (name: string, pool: PoolModule, url: string): void => {
  describe(`${name}, as every pool`, () => {
    it("offers the same as every pool runtime, and nothing else", () => {
      assert.deepEqual(Object.keys(pool).toSorted(), ["adapter", "layer", "open"]);
    });

    it("refuses wrong options in promises as well", async () => {
      await assert.rejects(pool.open({ size: 0 }), { code: "HEDDLE_INVALID_OPTIONS" });
    });

    it("is not disturbed by messages that a body sends by itself", async () => {
      await using runtime = await pool.open({ size: 1 });
      for (const n of [1, 2, 3]) assert.equal(await runtime.run(Common.junk, n), n);
      assert.equal(runtime.stats().workers.length, 1);
    });

    it("loads no Effect for a plain task", async () => {
      const execArgv = ["--import", fixture("recordModules").href];
      await using runtime = await pool.open({ size: 1, execArgv });
      const loaded = (await runtime.run(Common.loadedModules, 0)) ?? [];
      assert.ok(loaded.includes(Common.junk.module!), "the hooks saw nothing");
      assert.deepEqual(
        loaded.filter((loadedUrl) => /\/node_modules\/effect\//.test(loadedUrl)),
        [],
      );
    });

    it("lets the program exit by itself while idle", async () => {
      const program = [fileURLToPath(fixture("idle")), url];
      const { stdout } = await promisify(execFile)(process.execPath, program, { timeout: 10_000 });
      assert.equal(stdout, "42\n");
    });
  });
};
