/** The two kinds of work: one waits, the other one computes. Both say who did it. */
import * as Task from "@heddle/core/Task";

import { waitFor } from "./clock.ts";
import { identity } from "./identity.ts";

export const onlySleep = Task.make({
  name: "sleepVsCrunch/onlySleep",
  module: import.meta.url,
  body: async (seconds: number, { signal, unit }) => {
    await waitFor(signal, seconds * 1000);
    return identity(unit);
  },
});

/** Counts; the result is used, or the optimiser would delete the loop. */
export const crunch = (steps: number): number => {
  let x = 0;
  while (x < steps) x += 1;
  return x;
};

export const crunchNumbers = Task.make({
  name: "sleepVsCrunch/crunchNumbers",
  module: import.meta.url,
  body: (steps: number, { unit }) => (crunch(steps) === steps ? identity(unit) : "cannot count"),
});
