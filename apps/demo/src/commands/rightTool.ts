/** `demo right-tool`. */
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";

import { toLine } from "../render/json.ts";
import { decide, rule } from "../workloads/rightTool.ts";
import { root } from "./root.ts";

const flags = {
  work: Flag.Literals("work", ["io", "cpu"]).pipe(
    Flag.withDescription("Does a job wait (io) or compute (cpu)? (default: cpu)"),
    Flag.withDefault("cpu"),
  ),
  isolation: Flag.Literals("isolation", ["none", "memory", "crash"]).pipe(
    Flag.withDescription(
      "What a bad job must not reach: nothing special, memory, or the program's life (default: none)",
    ),
    Flag.withDefault("none"),
  ),
  lasting: Flag.Boolean("lasting").pipe(
    Flag.withDescription("The work must survive a restart, or outgrows one machine"),
    Flag.withDefault(false),
  ),
  millis: Flag.Finite("millis").pipe(
    Flag.withDescription("How long one job takes, in milliseconds (default: 100)"),
    Flag.filter(
      (n) => n >= 0,
      (n) => `Expected milliseconds from 0 on, got ${n}`,
    ),
    Flag.withDefault(100),
  ),
};

export const rightTool = Command.make(
  "right-tool",
  flags,
  Effect.fnUntraced(function* (work) {
    const { json } = yield* root;
    const decision = decide(work);
    if (json) return yield* Console.log(toLine({ type: "decision", ...work, ...decision }).trimEnd());
    yield* Console.log(`Use ${decision.runtime}: ${decision.reason}.`);
    yield* Console.log(`Watch out: ${decision.watchOut}.`);
    yield* Console.log(rule);
  }),
).pipe(Command.withDescription("Which runtime for which work, and why"));
