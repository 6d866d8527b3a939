// Prints "N passed, N failed" over the suites of all packages, as their last run (or turbo's cache) left them.
//   node tooling/src/summary.ts           fails when a test failed or a package with tests has no result
//   node tooling/src/summary.ts --clear   removes the results before a run
import { existsSync, globSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
}

interface Result {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: ReadonlyArray<{
    readonly name: string;
    readonly status: string;
    readonly assertionResults: ReadonlyArray<{
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: ReadonlyArray<string>;
    }>;
  }>;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly problems: ReadonlyArray<string>;
}

const RESULT = ".vitest-result.json";

const read = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));

const packagesWithTests = (root: string): ReadonlyArray<string> =>
  globSync(
    ["packages/*/package.json", "apps/*/package.json", "tooling/package.json", "tooling/*/package.json"],
    {
      cwd: root,
    },
  )
    .filter((file) => (read(join(root, file)) as Manifest).scripts?.["test"] !== undefined)
    .map((file) => dirname(file))
    .toSorted();

// Whoever reads the end of a long log needs no more to know where to look.
const reasonOf = (messages: ReadonlyArray<string> = []): string =>
  messages.flatMap((message) => message.split("\n").slice(0, 3)).join("\n    ");

/** A suite that failed without a failed test (it could not be loaded, a hook threw) counts as one failure. */
const count = (root: string, folder: string): Counts => {
  const file = join(root, folder, RESULT);
  if (!existsSync(file)) return { passed: 0, failed: 1, problems: [`${folder}: no test result`] };
  const result = read(file) as Result;
  const broken = result.testResults.filter(
    (suite) => suite.status === "failed" && suite.assertionResults.every(({ status }) => status !== "failed"),
  );
  const failed = result.numFailedTests + broken.length;
  return {
    passed: result.numPassedTests,
    failed,
    problems: [
      ...broken.map(({ name }) => `${folder}: ${name} could not run`),
      ...result.testResults
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status }) => status === "failed")
        .map(({ failureMessages, fullName }) => `${folder}: ${fullName}\n    ${reasonOf(failureMessages)}`),
      ...(failed > 0 ? [`${folder}: ${failed} failed`] : []),
    ],
  };
};

export const summarize = (root: string): Counts => {
  const counts = packagesWithTests(root).map((folder) => count(root, folder));
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    problems: counts.flatMap(({ problems }) => problems),
  };
};

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, "../..");
  if (process.argv.includes("--clear")) {
    for (const folder of packagesWithTests(root)) rmSync(join(root, folder, RESULT), { force: true });
  } else {
    const { passed, failed, problems } = summarize(root);
    for (const problem of problems) console.log(problem);
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed > 0 ? 1 : 0;
  }
}
