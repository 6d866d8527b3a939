/** The seeds' other programs: `print-numbers`, `workers`, `sleep-vs-crunch`, `nap` and `counter`. */
import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";

import type { RunEnd } from "../protocol.ts";
import * as Results from "../render/results.ts";
import type { Screen } from "../render/screen.ts";
import { execute, nothingMore } from "./execute.ts";
import { runtime, seconds, workers } from "./flags.ts";
import { root } from "./root.ts";

const anywhere = { one: true, serial: true };

export const printNumbers = Command.make(
  "print-numbers",
  { runtimes: runtime("print-numbers", anywhere), seconds: seconds(1, "The pause before each number") },
  Effect.fnUntraced(function* ({ runtimes, seconds: pause }) {
    const { json } = yield* root;
    const plan = runtimes.map(
      (name) => ({ workload: "print-numbers", runtime: name, workers: undefined, seconds: pause }) as const,
    );
    yield* execute(plan, json, nothingMore);
  }),
).pipe(Command.withDescription("A unit prints 0 to 4; the main program's last line comes last"));

export const workersCommand = Command.make(
  "workers",
  { runtimes: runtime("workers", anywhere), workers, seconds: seconds(2, "How long each worker sleeps") },
  Effect.fnUntraced(function* ({ runtimes, seconds: nap, workers: size }) {
    const { json } = yield* root;
    const plan = runtimes.map(
      (name) => ({ workload: "workers", runtime: name, workers: size, seconds: nap }) as const,
    );
    yield* execute(plan, json, nothingMore);
  }),
).pipe(Command.withDescription("Five workers sleep at the same time and say who they are"));

const comparison = (runs: ReadonlyArray<RunEnd>, { terminal }: Screen): ReadonlyArray<string> => [
  "",
  ...Results.comparison(runs, terminal),
];

export const sleepVsCrunch = Command.make(
  "sleep-vs-crunch",
  {
    runtimes: runtime("sleep-vs-crunch"),
    workers,
    seconds: seconds(1, "How long each of the four sleeps"),
  },
  Effect.fnUntraced(function* ({ runtimes, seconds: nap, workers: size }) {
    const { json } = yield* root;
    const plan = (["serial", ...runtimes] as const).map(
      (name) => ({ workload: "sleep-vs-crunch", runtime: name, workers: size, seconds: nap }) as const,
    );
    yield* execute(plan, json, comparison);
  }),
).pipe(Command.withDescription("Four naps and four computations: what each runtime makes of them"));

export const nap = Command.make(
  "nap",
  { runtimes: runtime("nap") },
  Effect.fnUntraced(function* ({ runtimes }) {
    const { json } = yield* root;
    const plan = runtimes.map((name) => ({ workload: "nap", runtime: name, workers: undefined }) as const);
    yield* execute(plan, json, (runs) => runs.map(Results.spinnerSentence));
  }),
).pipe(
  Command.withDescription(
    "A prime and a spinner: on one thread the spinner lives only if the computation naps",
  ),
);

export const counter = Command.make(
  "counter",
  { runtimes: runtime("counter", anywhere) },
  Effect.fnUntraced(function* ({ runtimes }) {
    const { json } = yield* root;
    const plan = runtimes.map(
      (name) => ({ workload: "counter", runtime: name, workers: undefined }) as const,
    );
    yield* execute(plan, json, nothingMore);
  }),
).pipe(
  Command.withDescription(
    "Two units count up one number: updates are lost in raw shared memory, none with a lock or a counter",
  ),
);
