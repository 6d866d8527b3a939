/** What all run commands do: carry out a plan before somebody's eyes, then say the final word. */
import * as Effect from "effect/Effect";

import { RunFailed } from "../failure.ts";
import { carryOut } from "../hostThread.ts";
import type { HostEvent, Plan, RunEnd } from "../protocol.ts";
import * as Screen from "../render/screen.ts";

/** The last lines of a command. */
export type FinalWord = (runs: ReadonlyArray<RunEnd>, screen: Screen.Screen) => ReadonlyArray<string>;

/** Carries out `plan`, shows it, and fails if anything in it failed. */
export const execute = (plan: Plan, asJson: boolean, finalWord: FinalWord): Effect.Effect<void, RunFailed> =>
  Effect.acquireUseRelease(
    Effect.sync(() => Screen.open(asJson)),
    Effect.fnUntraced(function* (screen) {
      const runs: Array<RunEnd> = [];
      let problems = 0;
      const onEvent = (event: HostEvent): void => {
        if (event.type === "run.end") runs.push(event);
        if (event.type === "problem") problems++;
        screen.event(event);
      };
      yield* carryOut(plan, onEvent);
      for (const line of finalWord(runs, screen)) screen.print(line);
      if (problems > 0 || runs.some((run) => run.failed > 0)) return yield* new RunFailed({ message: "" });
    }),
    (screen) => Effect.sync(() => screen.close()),
  );

/** For programs whose own output says it all. */
export const nothingMore: FinalWord = () => [];
