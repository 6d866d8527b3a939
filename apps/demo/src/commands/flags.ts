/** The flags that commands share. All are checked while the command line is read, before anything starts. */
import * as Flag from "effect/cli/Flag";

import { type RuntimeName, usual } from "../adapters.ts";
import type { Stopping, WorkloadName } from "../protocol.ts";
import { namesFor, reasonAgainst } from "../runtimes.ts";

const maxWorkers = 256;
const maxSeconds = 3600;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `--json`, on every command. */
export const json = Flag.Boolean("json").pipe(
  Flag.withDescription("Print one JSON object per line on stdout and nothing else"),
  Flag.withDefault(false),
);

interface Choice {
  /** Whether the serial program is one of the choices; elsewhere it runs beside the others, or not at all. */
  readonly serial?: boolean;
  /** What to run on when nothing is said: the usual runtime or, without this, all. */
  readonly one?: boolean;
}

/** `-r`: one of the runtimes of a workload, or all of them. One that cannot run here is refused by name, left out of all. */
export const runtime = (workload: WorkloadName, { one = false, serial = false }: Choice = {}) => {
  const names: ReadonlyArray<RuntimeName> = [...(serial ? ["serial" as const] : []), ...namesFor(workload)];
  const otherwise = one ? usual : "all";
  const available = (name: RuntimeName | "all"): ReadonlyArray<RuntimeName> => {
    if (name === "all") return names;
    const reason = reasonAgainst(name, workload);
    if (reason !== undefined) throw new Error(`${name} cannot run this here: ${reason}`);
    return [name];
  };
  return Flag.Literals("runtime", [...names, "all"]).pipe(
    Flag.withAlias("r"),
    Flag.withDescription(`Where to run it (default: ${otherwise}); 'demo runtimes' tells about each`),
    Flag.withDefault(otherwise),
    Flag.mapTryCatch(available, messageOf),
  );
};

const countOfWorkers = (text: string): number => {
  const n = /^\d+$/.test(text) ? Number(text) : 0;
  if (n < 1 || n > maxWorkers) throw new Error(`Expected a whole number of workers from 1 to ${maxWorkers}`);
  return n;
};

/** `-w`, how many workers. */
export const workers = Flag.String("workers").pipe(
  Flag.withAlias("w"),
  Flag.withMetavar("n"),
  Flag.withDescription("How many workers, where there are any (default: one per core)"),
  Flag.mapTryCatch(countOfWorkers, messageOf),
  Flag.map((n): number | undefined => n),
  Flag.withDefault(undefined),
);

/** `--seconds`. */
export const seconds = (otherwise: number, description: string) =>
  Flag.Finite("seconds").pipe(
    Flag.withDescription(`${description} (default: ${otherwise})`),
    Flag.filter(
      (n) => n > 0 && n <= maxSeconds,
      (n) => `Expected seconds above 0 and up to ${maxSeconds}, got ${n}`,
    ),
    Flag.withDefault(otherwise),
  );

/** `--repeat`. */
export const repeat = Flag.Int("repeat").pipe(
  Flag.withDescription(
    "Check the numbers this many times in one run; with --sweep, make this many runs (default: 1)",
  ),
  Flag.filter(
    (n) => n >= 1 && n <= 1000,
    (n) => `Expected a count from 1 to 1000, got ${n}`,
  ),
  Flag.withDefault(1),
);

/** `--procs`. */
export const procs = Flag.Literals("procs", ["pills", "end"]).pipe(
  Flag.withDescription(
    "As the book's procs.py, with a queue of numbers and one of answers that all workers share: these stop when they take a poison pill, or (better) when the queue ends",
  ),
  Flag.map((stopping): Stopping | undefined => stopping),
  Flag.withDefault(undefined),
);

const range = (text: string): ReadonlyArray<number> => {
  const match = /^(\d+)\.\.(\d+)$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2]);
  if (match === null || from < 1 || to < from || to > maxWorkers) {
    throw new Error(`Expected a range of workers such as 1..8 (up to ${maxWorkers}), got "${text}"`);
  }
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
};

/** `--sweep 1..K`. */
export const sweep = Flag.String("sweep").pipe(
  Flag.withDescription("Run once for each number of workers, such as 1..8, and chart the wall times"),
  Flag.mapTryCatch(range, messageOf),
  Flag.map((counts): ReadonlyArray<number> | undefined => counts),
  Flag.withDefault(undefined),
);
