/** `demo` alone: the spinner, then the primes, on every runtime, then one table and one sentence. */
import * as Command from "effect/cli/Command";

import { adapters } from "../adapters.ts";
import type { Plan, RunEnd } from "../protocol.ts";
import * as Results from "../render/results.ts";
import type { Screen } from "../render/screen.ts";
import { namesFor } from "../runtimes.ts";
import { execute } from "./execute.ts";
import { json } from "./flags.ts";

const spinnerSeconds = 1;

const plan: Plan = [
  ...namesFor("spinner").map(
    (runtime) => ({ workload: "spinner", runtime, workers: undefined, seconds: spinnerSeconds }) as const,
  ),
  ...(["serial", ...namesFor("primes")] as const).map(
    (runtime) =>
      ({
        workload: "primes",
        runtime,
        workers: undefined,
        numbers: "book",
        repeat: 1,
        procs: undefined,
      }) as const,
  ),
];

const advice = "Advice: wait on fibers, compute on threads, use processes where a crash must stay small.";

const finalWord = (runs: ReadonlyArray<RunEnd>, { terminal }: Screen): ReadonlyArray<string> => {
  const spinners = runs.filter((run) => run.workload === "spinner");
  const primes = runs.filter((run) => run.workload === "primes");
  return [
    "",
    "The spinner, while another unit works:",
    ...spinners.map((run) => `  ${Results.spinnerSentence(run)}`),
    "",
    "The same 20 checks on every runtime:",
    ...Results.comparison(primes, terminal),
    Results.agreement(primes),
    ...Results.caution(),
    "",
    advice,
  ];
};

/** The root command; its `--json` is shared by all others. */
export const root = Command.make("demo").pipe(
  Command.withSharedFlags({ json }),
  Command.withHandler(({ json: asJson }) => execute(plan, asJson, finalWord)),
  Command.withDescription(
    `One task on ${adapters.map(({ name }) => name).join(", ")}. Alone: a spinner and primes on each of them.`,
  ),
);
