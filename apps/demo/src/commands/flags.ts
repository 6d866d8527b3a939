/** The flags that commands share. All are checked while the command line is read, before anything starts. */
import * as Flag from "effect/cli/Flag";

import type { RuntimeName } from "../protocol.ts";

const maxWorkers = 256;
const maxSeconds = 3600;

/** `--json`, on every command. */
export const json = Flag.Boolean("json").pipe(
  Flag.withDescription("Print one JSON object per line on stdout and nothing else"),
  Flag.withDefault(false),
);

/** `-r`, one of `names` or `all`. */
export const runtime = <const Name extends RuntimeName>(
  names: ReadonlyArray<Name>,
  otherwise: Name | "all" = "all",
) =>
  Flag.Literals("runtime", [...names, "all"] as const).pipe(
    Flag.withAlias("r"),
    Flag.withDescription(`Where to run it (default: ${otherwise})`),
    Flag.withDefault(otherwise),
    Flag.map((name): ReadonlyArray<Name> => (name === "all" ? names : [name])),
  );

const countOfWorkers = (text: string): number => {
  const n = /^\d+$/.test(text) ? Number(text) : 0;
  if (n < 1 || n > maxWorkers) throw new Error(`Expected a whole number of workers from 1 to ${maxWorkers}`);
  return n;
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `-w`, how many workers. */
export const workers = Flag.String("workers").pipe(
  Flag.withAlias("w"),
  Flag.withMetavar("n"),
  Flag.withDescription("How many threads or processes (default: one per core)"),
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
