/** `demo spinner`. */
import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";

import * as Results from "../render/results.ts";
import { execute } from "./execute.ts";
import { runtime, seconds } from "./flags.ts";
import { root } from "./root.ts";

const flags = {
  runtimes: runtime("spinner", { one: true }),
  seconds: seconds(3, "How long the answer takes"),
};

export const spinner = Command.make(
  "spinner",
  flags,
  Effect.fnUntraced(function* ({ runtimes, seconds: length }) {
    const { json } = yield* root;
    const plan = runtimes.map(
      (name) => ({ workload: "spinner", runtime: name, workers: undefined, seconds: length }) as const,
    );
    yield* execute(plan, json, (runs) => runs.map(Results.spinnerSentence));
  }),
).pipe(
  Command.withDescription("The book's spinner: one unit draws 10 frames a second while another one works"),
);
