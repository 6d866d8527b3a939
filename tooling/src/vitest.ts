import { defineConfig, type ViteUserConfig } from "vitest/config";

/** The test set-up that every package shares. */
export const packageTests = (): ViteUserConfig =>
  defineConfig({
    test: {
      include: ["test/**/*.test.ts"],
      // Real processes: worker_threads, child_process and process.exit behave as they do for users.
      pool: "forks",
      testTimeout: 20_000,
      sequence: { concurrent: false },
      // The counts that tooling/src/summary.ts adds up.
      reporters: ["default", "json"],
      outputFile: { json: ".vitest-result.json" },
    },
  });
