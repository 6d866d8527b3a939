import { join } from "node:path";

import { defineConfig, type ViteUserConfig } from "vitest/config";

// Threads and processes load the sources as they are: without a cache, each of them strips their types again, which is most of the
// time of a suite. It is set before Vitest starts the processes that inherit it.
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "../../node_modules/.cache/compiled");

/** The test set-up that every package shares. */
export const packageTests = (): ViteUserConfig =>
  defineConfig({
    test: {
      include: ["test/**/*.test.ts"],
      // Real processes: worker_threads, child_process and process.exit behave as they do for users.
      pool: "forks",
      // Node strips the types of what workers load with a Wasm module, and V8 13.6 (Node 24) may abort when a thread ends while another
      // one compiles wrappers for it ("Check failed: jit_page.has_value()"): a budget that is never used up leaves nothing to compile.
      execArgv: ["--wasm-wrapper-tiering-budget=1000000000"],
      testTimeout: 20_000,
      sequence: { concurrent: false },
      // The counts that tooling/src/summary.ts adds up.
      reporters: ["default", "json"],
      outputFile: { json: ".vitest-result.json" },
    },
  });
