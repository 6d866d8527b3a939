/** The final word of a command: one table of its runs, and what to make of it. */
import { availableParallelism, loadavg } from "node:os";

import type { RunEnd } from "../protocol.ts";
import { descriptionOf } from "../runtimes.ts";
import { symbolsFor } from "./symbols.ts";
import type { Terminal } from "./terminal.ts";
import { median, paint, seconds, table } from "./text.ts";

// A spinner that misses more than this many milliseconds is seen to freeze.
const visibleFreezeMillis = 250;

const isSmooth = ({ spinner: { expected, frames: drawn, longestFreezeMs } }: RunEnd): boolean =>
  longestFreezeMs < visibleFreezeMillis && drawn >= 0.85 * expected - 0.5;

const frames = ({ spinner: { expected, frames: drawn } }: RunEnd): string => `${drawn} of ${expected}`;

const speedUp = (run: RunEnd, serial: RunEnd | undefined, times: string): string =>
  serial === undefined ? "" : `${(serial.wallMs / run.wallMs).toFixed(2)}${times}`;

// Where there is no room the counts stay and the rest goes.
const narrow = 60;
const wideOnly = new Set([1, 5, 6]);

/** The table of all runs of a command. */
export const comparison = (runs: ReadonlyArray<RunEnd>, terminal: Terminal): ReadonlyArray<string> => {
  const { bad, good, times } = symbolsFor(terminal.unicode);
  const serial = (workload: string): RunEnd | undefined =>
    runs.find((run) => run.runtime === "serial" && run.workload === workload);
  const header = ["runtime", "workers", "ok/failed", "wall", "speed-up", "frames", "freeze", ""];
  const rows = runs.map((run) => [
    run.runtime,
    String(run.workers),
    `${run.ok}/${run.failed}`,
    seconds(run.wallMs, 2),
    run.workload === "primes" || run.workload === "sleep-vs-crunch"
      ? speedUp(run, serial(run.workload), times)
      : "",
    frames(run),
    seconds(run.spinner.longestFreezeMs),
    isSmooth(run) ? good : bad,
  ]);
  const fits = (row: ReadonlyArray<string>): ReadonlyArray<string> =>
    terminal.columns() < narrow ? row.filter((_, column) => !wideOnly.has(column)) : row;
  return table([header, ...rows].map(fits)).map((line, index) => {
    const run = runs[index - 1];
    if (run === undefined) return `  ${paint(terminal.colour, "bold", line)}`;
    return `  ${paint(terminal.colour, isSmooth(run) ? "green" : "yellow", line)}`;
  });
};

/** The spinner's own report: what was drawn, and what stood still. */
export const spinnerSentence = (run: RunEnd): string => {
  const { longestFreezeMs } = run.spinner;
  const blocked = isSmooth(run) ? "" : `; the loop was blocked ${seconds(longestFreezeMs)}`;
  return `${run.runtime}: spinner drew ${frames(run)} frames${blocked}`;
};

/** Why the figures are what they are, one line per runtime. */
export const reasons = (runs: ReadonlyArray<RunEnd>): ReadonlyArray<string> =>
  [...new Set(runs.map((run) => run.runtime))].flatMap((name) => {
    const description = descriptionOf(name);
    return description === undefined ? [] : [`  ${name.padEnd(12)}  ${description}`];
  });

/** A word of caution when other programs took a good part of the machine. */
export const caution = (): ReadonlyArray<string> => {
  const load = loadavg()[0] ?? 0;
  const cores = availableParallelism();
  // The demo itself loads every core.
  if (load < cores + 1) return [];
  return [
    `  Mind: the machine was busy (load ${load.toFixed(1)} on ${cores} cores), so speed-ups are too low.`,
  ];
};

/** What all runs of the primes agree on. */
export const agreement = (runs: ReadonlyArray<RunEnd>): string => {
  const wrong = runs.reduce((sum, run) => sum + run.failed, 0);
  const checks = runs.reduce((sum, run) => sum + run.ok, 0);
  return wrong === 0
    ? `  All ${checks} answers are right (${runs.length} runs).`
    : `  ${wrong} checks failed.`;
};

/** The chart of a sweep: the median wall time for each number of workers. */
export const sweepChart = (runs: ReadonlyArray<RunEnd>, terminal: Terminal): ReadonlyArray<string> => {
  const groups = Map.groupBy(
    runs.filter((run) => run.runtime !== "serial"),
    (run) => `${run.runtime} ${symbolsFor(terminal.unicode).times} ${run.workers}`,
  );
  const medians = [...groups].map(([name, group]) => ({
    name,
    runs: group.length,
    wall: median(group.map((r) => r.wallMs)),
  }));
  const longest = Math.max(...medians.map(({ wall }) => wall));
  const names = Math.max(...medians.map(({ name }) => name.length));
  const room = Math.max(10, Math.min(50, terminal.columns() - names - 20));
  const { bar } = symbolsFor(terminal.unicode);
  return medians.map(({ name, runs: count, wall }) => {
    const drawn = bar.repeat(Math.max(1, Math.round((wall / longest) * room)));
    return `  ${name.padEnd(names)}  ${seconds(wall, 2).padStart(8)}  ${drawn}${count > 1 ? `  (median of ${count})` : ""}`;
  });
};
