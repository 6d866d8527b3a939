/** docs/benchmarks.md, from a report. */
import { actual, figure, optional, ratio } from "./format.ts";
import type { Entry, Report, WorkloadReport } from "./report.ts";

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`;

const bold = (entry: Entry, text: string): string => (entry.role === "heddle" ? `**${text}**` : text);

const entryRow = (entry: Entry): string =>
  entry.status === "failed"
    ? row([bold(entry, entry.title), `failed: ${entry.reason?.replaceAll("|", "\\|") ?? ""}`, "", "", "", ""])
    : row([
        bold(entry, entry.title) + (entry.warning === undefined ? "" : ` (ended badly: ${entry.warning})`),
        bold(entry, optional(entry.median)),
        `${optional(entry.min)} – ${optional(entry.max)}`,
        optional(entry.cpuMicrosPerTask),
        ratio(entry.ratioToBestPeer),
        ratio(entry.ratioToRaw),
      ]);

const section = (workload: WorkloadReport): string => {
  const direction = workload.better === "higher" ? "higher is better" : "lower is better";
  return [
    `### ${workload.title}`,
    "",
    `\`${workload.id}\`, in ${workload.unit}: ${direction}. Rounds: ${workload.rounds}.${workload.note === undefined ? "" : ` ${workload.note}`}`,
    "",
    row(["Contender", "Median", "Min – max", "CPU µs per task", "To best peer", "To raw limit"]),
    row(["---", "--:", "--:", "--:", "--:", "--:"]),
    ...workload.contenders.map(entryRow),
    "",
    ...workload.goals.map(
      ({ actual: value, compare, text, verdict }) => `- ${text}: ${actual(compare, value)}, **${verdict}**`,
    ),
    ...workload.calibration.disturbances.map((what) => `- Disturbed: ${what}.`),
    "",
  ].join("\n");
};

const summary = ({ workloads }: Report): ReadonlyArray<string> => {
  const goals = workloads.flatMap(({ calibration, goals: own, title }) =>
    own.map((goal) => ({ ...goal, title, mark: calibration.disturbances.length > 0 ? " (disturbed)" : "" })),
  );
  const count = (verdict: string): number => goals.filter((goal) => goal.verdict === verdict).length;
  return [
    `${count("met")} goals are met, ${count("missed")} are missed, ${count("not measured")} could not be measured.`,
    "",
    row(["Workload", "Goal", "Now", ""]),
    row(["---", "---", "--:", "---"]),
    ...goals.map(({ actual: value, compare, mark, text, title, verdict }) =>
      row([title, text, actual(compare, value), `${verdict}${mark}`]),
    ),
    "",
    "Where it says disturbed, others worked on the machine meanwhile, and the verdict may be wrong.",
  ];
};

const environment = ({
  disturbances,
  machine,
  startedAt,
  versions,
  workloads,
}: Report): ReadonlyArray<string> => {
  const disturbed = workloads.filter(({ calibration }) => calibration.disturbances.length > 0).length;
  return [
    `- Machine: ${machine.processor}, ${machine.cores} cores, ${figure(machine.memoryGiB)} GiB, ${machine.platform} ${machine.architecture}`,
    `- Measured on ${startedAt.slice(0, 10)}`,
    `- Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}`,
    `- Disturbances: ${[...disturbances, `${disturbed} of ${workloads.length} workloads ran while something else did`].join("; ")}`,
  ];
};

export const documentOf = (report: Report): string =>
  [
    "# Benchmarks",
    "",
    "<!-- Written by `pnpm bench --write`; do not edit. -->",
    "",
    "Heddle beside other worker pools, in one run. How it is measured is told in the",
    "[benchmark's README](../tooling/bench/README.md). Read the ratios: figures of different runs or machines do not compare.",
    "",
    ...environment(report),
    "",
    "To repeat it, on a machine with nothing else to do:",
    "",
    "```sh",
    "npx --yes pnpm@12.21.0 bench --write          # all of it",
    "npx --yes pnpm@12.21.0 bench noop-64          # one workload",
    "npx --yes pnpm@12.21.0 bench --list           # what there is",
    "```",
    "",
    '"Best peer" and "raw limit" are the best pool library and the best pool without a library in the same table, so a ratio is',
    "Heddle's figure divided by theirs: above 1 is good where higher is better, below 1 where lower is better.",
    "",
    "## Goals",
    "",
    ...summary(report),
    "",
    "## Workloads",
    "",
    ...report.workloads.map(section),
  ].join("\n");
