/** One workload as text for a terminal. */
import { actual, optional, ratio } from "./format.ts";
import type { Entry, GoalResult, WorkloadReport } from "./report.ts";

const columns = ["median", "min", "max", "CPU µs", "to best peer", "to raw"];

const cellsOf = (entry: Entry): ReadonlyArray<string> => [
  optional(entry.median),
  optional(entry.min),
  optional(entry.max),
  optional(entry.cpuMicrosPerTask),
  ratio(entry.ratioToBestPeer),
  ratio(entry.ratioToRaw),
];

const marks: Readonly<Record<GoalResult["verdict"], string>> = { met: "✓", missed: "✗", "not measured": "?" };

const goalLine = ({ actual: value, compare, text, verdict }: GoalResult): string =>
  `  ${marks[verdict]} ${text}: ${actual(compare, value)} (${verdict})`;

export const tableOf = (report: WorkloadReport): string => {
  const measured = report.contenders.filter(({ status }) => status === "measured");
  const rows = [columns, ...measured.map(cellsOf)];
  const names = ["", ...measured.map(({ title }) => title)];
  const nameWidth = Math.max(...names.map(({ length }) => length));
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row, r) =>
    [`  ${(names[r] ?? "").padEnd(nameWidth)}`, ...row.map((cell, i) => cell.padStart(widths[i] ?? 0))].join(
      "  ",
    ),
  );
  const failures = report.contenders
    .filter(({ status }) => status === "failed")
    .map(({ reason, title }) => `  ! ${title}: ${reason ?? "it was not measured"}`);
  const warnings = measured.flatMap(({ title, warning }) =>
    warning === undefined ? [] : [`  ! ${title} ended badly: ${warning}`],
  );
  const direction = report.better === "higher" ? "higher is better" : "lower is better";
  return [
    `${report.id}: ${report.title} (${report.unit}, ${direction})`,
    ...lines,
    ...failures,
    ...warnings,
    ...report.goals.map(goalLine),
    ...report.calibration.disturbances.map((what) => `  DISTURBED: ${what}`),
    "",
  ].join("\n");
};

/** A smoke run tells only what works. */
export const smokeLine = ({ contenders, id }: WorkloadReport): string => {
  const failed = contenders.filter(({ status }) => status === "failed");
  const names = contenders.map((entry) => entry.id).join(", ");
  return failed.length === 0
    ? `ok    ${id}: ${names}`
    : failed.map((entry) => `FAIL  ${id}: ${entry.id}: ${entry.reason ?? "not measured"}`).join("\n");
};
