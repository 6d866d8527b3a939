// pnpm matrix          writes docs/capabilities.md from what the suite reported in the last test run
// pnpm matrix --check  fails when the page says something else
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import * as Conformance from "@heddle/conformance";
import * as Runner from "@heddle/conformance/Runner";

import { matrix, without } from "./matrix.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const page = join(root, "docs/capabilities.md");

// The order of the page: from no isolation to the most.
const adapters = ["inline", "fibers", "threads", "processes", "webworkers (Bun)", "webworkers (Deno)"];

// What not every machine has.
const optional = ["webworkers (Chromium)"];

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
  const rank = [...adapters, ...optional].indexOf(name);
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
const missing = optional.filter((adapter) => !reports.some(({ name }) => name === adapter));
const text = problems.length === 0 ? matrix(reports) : "";
if (problems.length === 0 && check === true) {
  const expected = missing.reduce(without, readFileSync(page, "utf8"));
  for (const name of missing) console.log(`${name} was not tested here: its column is not checked`);
  if (text !== expected) {
    problems.push('docs/capabilities.md is not true any more: run "pnpm matrix" and commit it');
  }
} else if (check !== true && missing.length > 0) {
  problems.push(`there is no report of ${missing.join(", ")}: the page needs all of them`);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else if (check !== true) writeFileSync(page, text);
