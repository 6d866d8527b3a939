import { defineConfig } from "vitest/config";

// All packages in one process: for watch mode and for one merged coverage report.
// `pnpm test` runs the same files through turbo, package by package, with caching.
export default defineConfig({
  test: {
    projects: [
      "packages/*",
      "apps/*",
      "tooling",
      "tooling/doc-examples",
      "tooling/bench",
      "tooling/chaos",
      "tooling/create-adapter",
    ],
    coverage: {
      provider: "v8",
      // Counts what runs inside worker threads and child processes as well (NODE_V8_COVERAGE underneath).
      autoAttachSubprocess: true,
      include: ["packages/*/src/**"],
      reporter: ["text", "html", "json-summary"],
      thresholds: { lines: 80, functions: 70, statements: 80 },
    },
  },
});
