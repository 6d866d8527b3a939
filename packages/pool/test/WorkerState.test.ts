import { assert, describe, it } from "@effect/vitest";

import * as WorkerState from "../src/WorkerState.ts";

const events = ["ready", "assign", "next", "settle", "cancel", "close", "die", "kill", "exit"] as const;
const none = undefined;

// A row per state, a column per event in the order above.
const expected = {
  starting: ["idle", none, none, none, none, none, "dying", "killed", "exited"],
  idle: [none, "busy", none, none, none, "closing", "dying", "killed", "exited"],
  busy: [none, none, "busy", "idle", "cancelling", none, "dying", "killed", "exited"],
  cancelling: [none, none, "busy", "idle", none, none, "dying", "killed", "exited"],
  closing: [none, none, none, none, none, none, "dying", "killed", "exited"],
  dying: [none, none, none, none, none, none, none, "killed", "exited"],
  killed: [none, none, none, none, none, none, none, none, "exited"],
  exited: [none, none, none, none, none, none, none, none, none],
} as const;

describe("WorkerState", () => {
  for (const [state, row] of Object.entries(expected)) {
    it(`moves from ${state} as the table says`, () => {
      const actual = events.map((event) => WorkerState.next(state as WorkerState.WorkerState, event));
      assert.deepStrictEqual(actual, [...row]);
    });
  }
});
