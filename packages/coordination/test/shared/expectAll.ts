/** How tests follow all schedules of a scenario. */
import { expect } from "vitest";

import { type End, explore, type Explored, type Scenario } from "./checker.ts";
import * as Program from "./programs.ts";
import type { Actor } from "./unit.ts";

export const seconds = 1000;

/** All that can be followed in minutes, not in seconds. */
export const isThorough = process.env["HEDDLE_SCHEDULES"] === "all";

/** So many changes of units that could have gone on, unless it is to be thorough. */
export const boundOf = (preemptions: number): { readonly mostPreemptions?: number } =>
  isThorough ? {} : { mostPreemptions: preemptions };

/** All schedules; a bound on preemptions is part of the scenario, one on states fails. */
export const expectAll = (name: string, scenario: Scenario): Explored => {
  const explored = explore({ mostStates: isThorough ? 12_000_000 : 600_000, ...scenario });
  const { deaths, states, transitions } = explored;
  if (isThorough) console.log(`${name}: ${states} states, ${transitions} steps, ${deaths} deaths`);
  expect(explored.isComplete).toBe(true);
  return explored;
};

export const units = (...scripts: ReadonlyArray<Actor["script"]>): ReadonlyArray<Actor> =>
  scripts.map((script, index) => ({ name: index + 1, script }));

export const cancellable = (actor: Actor): Actor => ({ ...actor, isCancellable: true });

export const nothingLeaks = (end: End): void => {
  const { free, all: cells } = Program.cellsOf(end);
  expect(free).toBe(cells);
};
