// pnpm matrix          writes docs/capabilities.md from what the suite reported in the last test run
// pnpm matrix --check  fails when the page says something else
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import * as Conformance from "@heddle/conformance";
import * as Runner from "@heddle/conformance/Runner";

import { matrix } from "./matrix.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const page = join(root, "docs/capabilities.md");

// The order of the page: from no isolation to the most.
const adapters = ["inline", "fibers", "threads", "processes", "webworkers (Bun)", "webworkers (Deno)"];

const read = (file: string): Runner.Report =>
  JSON.parse(readFileSync(join(root, file), "utf8")) as Runner.Report;

/** What is wrong with a report: tests that were not run, or failed, make no page. */
const problemsOf = (report: Runner.Report): ReadonlyArray<string> => {
  const run = new Set(report.cases.map(({ id, size }) => `${id} ${size}`));
  const missing = Conformance.cases.length * report.sizes.length - run.size;
  return [
    ...(missing === 0 ? [] : [`${report.name}: ${missing} cases were not run: run "pnpm test" first`]),
    ...Runner.failures(report),
  ];
};

const rankOf = ({ name }: Runner.Report): number => {
  const rank = adapters.indexOf(name);
  return rank === -1 ? adapters.length : rank;
};

const { check } = parseArgs({ options: { check: { type: "boolean" } } }).values;
const reports = globSync("packages/*/.conformance/*.json", { cwd: root })
  .map(read)
  .toSorted((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name));
const problems = [
  ...adapters
    .filter((adapter) => !reports.some(({ name }) => name === adapter))
    .map((adapter) => `there is no report of ${adapter}: run "pnpm test" first`),
  ...reports.flatMap(problemsOf),
];
const text = problems.length === 0 ? matrix(reports) : "";
if (problems.length === 0 && check === true && text !== readFileSync(page, "utf8")) {
  problems.push('docs/capabilities.md is not true any more: run "pnpm matrix" and commit it');
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else if (check !== true) writeFileSync(page, text);
