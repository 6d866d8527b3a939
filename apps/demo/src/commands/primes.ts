/** `demo primes`. */
import * as CliError from "effect/cli/CliError";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";

import type { NumbersName, Plan, PrimesSpec, RunEnd, RuntimeName, Stopping } from "../protocol.ts";
import * as Results from "../render/results.ts";
import type { Screen } from "../render/screen.ts";
import { isOneThread, namesFor, reasonAgainst } from "../runtimes.ts";
import { execute } from "./execute.ts";
import { procs, repeat, runtime, sweep, workers } from "./flags.ts";
import { root } from "./root.ts";

const flags = {
  runtimes: runtime("primes"),
  workers,
  numbers: Flag.Literals("numbers", ["book", "small"]).pipe(
    Flag.withDescription("The book's numbers, or small ones for a quick look (default: book)"),
    Flag.withDefault("book"),
  ),
  sweep,
  repeat,
  procs,
};

interface Wanted {
  readonly runtimes: ReadonlyArray<RuntimeName>;
  readonly workers: number | undefined;
  readonly numbers: NumbersName;
  readonly sweep: ReadonlyArray<number> | undefined;
  readonly repeat: number;
  readonly procs: Stopping | undefined;
}

const planOf = ({
  numbers,
  procs: stopping,
  repeat: times,
  runtimes,
  sweep: counts,
  workers: size,
}: Wanted): Plan => {
  const run = (name: RuntimeName, count: number | undefined, repeats: number): PrimesSpec => ({
    workload: "primes",
    runtime: name,
    workers: count,
    numbers,
    repeat: repeats,
    procs: stopping,
  });
  if (counts === undefined) return ["serial" as const, ...runtimes].map((name) => run(name, size, times));
  const swept = runtimes.filter((name) => !isOneThread(name));
  const runs = swept.flatMap((name) =>
    counts.flatMap((k) => Array.from({ length: times }, () => run(name, k, 1))),
  );
  return [run("serial", undefined, 1), ...runs];
};

const finalWord = (runs: ReadonlyArray<RunEnd>, { terminal }: Screen): ReadonlyArray<string> => [
  "",
  ...Results.comparison(runs, terminal),
  Results.agreement(runs),
  ...Results.caution(),
  ...Results.reasons(runs),
];

const sweepWord = (runs: ReadonlyArray<RunEnd>, { terminal }: Screen): ReadonlyArray<string> => [
  "",
  ...Results.sweepChart(runs, terminal),
  Results.agreement(runs),
];

const parallel = namesFor("primes").filter((name) => !isOneThread(name));

const cannotSweep = (runtimes: ReadonlyArray<RuntimeName>): CliError.InvalidValue =>
  new CliError.InvalidValue({
    option: "sweep",
    value: `with -r ${runtimes.join(", ")}`,
    expected: `-r ${parallel.join(", ")} or all: elsewhere there is one thread, so there is nothing to sweep`,
    kind: "flag",
  });

/** What is wrong with the flags together, though each of them is right. */
const mistakeIn = ({
  procs: stopping,
  runtimes,
  sweep: counts,
}: Wanted): CliError.InvalidValue | undefined => {
  if (counts !== undefined && runtimes.every(isOneThread)) return cannotSweep(runtimes);
  const [name] = runtimes;
  const reason = runtimes.length === 1 && name !== undefined ? reasonAgainst(name, "procs") : undefined;
  return stopping === undefined || reason === undefined
    ? undefined
    : new CliError.InvalidValue({
        option: "procs",
        value: stopping,
        expected: `another runtime than ${name}: ${reason}`,
        kind: "flag",
      });
};

export const primes = Command.make(
  "primes",
  flags,
  Effect.fnUntraced(function* (wanted) {
    const { json } = yield* root;
    const mistake = mistakeIn(wanted);
    if (mistake !== undefined)
      return yield* new CliError.ShowHelp({ commandPath: ["demo", "primes"], errors: [mistake] });
    yield* execute(planOf(wanted), json, wanted.sweep === undefined ? finalWord : sweepWord);
  }),
).pipe(
  Command.withDescription(
    "The book's 20 numbers: which are prime? Checked one per job or through queues, beside the serial program",
  ),
);
