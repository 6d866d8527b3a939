/**
 * `pnpm bench`: see `cli.ts` for the options and README.md for what is measured and how.
 *
 * Exit code 1 when a contender failed in a smoke run, or Heddle in any; 2 when the command line is wrong.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { loadDisturbance, stepsPerMicro } from "./calibration.ts";
import { type Settings, settingsOf, usage } from "./cli.ts";
import { contenders } from "./contenders/index.ts";
import { documentOf } from "./document.ts";
import { machine, versions } from "./environment.ts";
import { type Report, schemaVersion, type WorkloadReport } from "./report.ts";
import { run } from "./run.ts";
import { killAll } from "./runChild.ts";
import { build, stage } from "./stage.ts";
import { smokeLine, tableOf } from "./table.ts";
import { workloads } from "./workloads/index.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

const padded = (items: ReadonlyArray<{ readonly id: string; readonly title: string }>): string =>
  items.map(({ id, title }) => `  ${id.padEnd(24)}${title}`).join("\n");

const listText = (): string => `workloads\n${padded(workloads)}\n\ncontenders\n${padded(contenders)}`;

/** Where a person is looking, and only there: overwritten by the next line. */
const progress = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
};

/** Python takes part where it is installed. */
const without = (found: Readonly<Record<string, string>>): ReadonlySet<string> =>
  new Set("python" in found ? [] : contenders.filter(({ kind }) => kind === "python").map(({ id }) => id));

const measure = async ({ isSmoke, only, output, rounds, workloads: asked }: Settings): Promise<Report> => {
  const startedAt = new Date();
  const folder = stage();
  const found = versions(folder);
  const absent = without(found);
  const started = machine();
  const disturbances = isSmoke ? [] : loadDisturbance(started.loadAverage, started.cores);
  for (const what of disturbances) process.stderr.write(`DISTURBED: ${what}\n`);
  const reports: Array<WorkloadReport> = [];
  const say = (report: WorkloadReport): void => {
    reports.push(report);
    progress("");
    const text = isSmoke ? smokeLine(report) : tableOf(report);
    (output === "json" ? process.stderr : process.stdout).write(`${text}\n`);
  };
  await run({
    workloads: asked,
    isChosen: (id) => !absent.has(id) && (only === undefined || only.has(id)),
    rounds,
    isSmoke,
    stage: folder,
    stepsPerMicro: stepsPerMicro(),
    onProgress: progress,
    onWorkload: say,
  });
  return {
    schema: "heddle-bench",
    version: schemaVersion,
    mode: isSmoke ? "smoke" : "full",
    startedAt: startedAt.toISOString(),
    seconds: Math.round((Date.now() - startedAt.getTime()) / 100) / 10,
    machine: started,
    versions: found,
    disturbances,
    workloads: reports,
  };
};

const hasFailed = ({ mode, workloads: reports }: Report): boolean =>
  reports
    .flatMap((report) => report.contenders)
    .some(({ role, status }) => status === "failed" && (mode === "smoke" || role === "heddle"));

const write = (report: Report): void => {
  const file = "docs/benchmarks.md";
  writeFileSync(`${root}${file}`, documentOf(report));
  execFileSync("node_modules/.bin/oxfmt", [file], { cwd: root, stdio: "inherit" });
  process.stderr.write(`${file} is written\n`);
};

const main = async (settings: Settings): Promise<number> => {
  if (settings.action !== "run") {
    process.stdout.write(`${settings.action === "help" ? usage : listText()}\n`);
    return 0;
  }
  if (settings.builds) build();
  const report = await measure(settings);
  if (report.workloads.length === 0)
    process.stderr.write("bench: none of these contenders takes part in these workloads\n");
  if (settings.output === "json") process.stdout.write(`${JSON.stringify(report)}\n`);
  if (settings.writes) write(report);
  return report.workloads.length === 0 || hasFailed(report) ? 1 : 0;
};

const settings = ((): Settings | undefined => {
  try {
    return settingsOf(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n\n${usage}\n`);
    return undefined;
  }
})();

// The children have a process group of their own, so a Ctrl-C reaches this process alone.
process.on("exit", killAll);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

try {
  process.exitCode = settings === undefined ? 2 : await main(settings);
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).stack}\n`);
  process.exitCode = 1;
}
