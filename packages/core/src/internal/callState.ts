/**
 * Where a call is, and the only moves between its states.
 *
 * ```text
 * entering --admit--> queued --start--> running --finish--> finishing
 *     |                 |                  |                    |
 *     |               lose               lose                 lose
 *     |                 v                  v                    v
 *     `----lose----> pausing <-------------+--------------------+
 *                    pausing --again--> entering
 * any state but ended --end--> ended
 * ```
 *
 * `finishing`: its body has ended, and calls that the body made have not. A call that is refused for lack of room, and
 * is to be tried again, goes from `entering` to `pausing`.
 */
export type CallState = "entering" | "queued" | "running" | "finishing" | "pausing" | "ended";

export type CallEvent = "admit" | "start" | "finish" | "lose" | "again" | "end";

const table: Record<CallState, Partial<Record<CallEvent, CallState>>> = {
  entering: { admit: "queued", lose: "pausing", end: "ended" },
  queued: { start: "running", lose: "pausing", end: "ended" },
  running: { finish: "finishing", lose: "pausing", end: "ended" },
  finishing: { lose: "pausing", end: "ended" },
  pausing: { again: "entering", end: "ended" },
  ended: {},
};

/** The state after an event, or `undefined` when that event is not possible there. */
export const next = (state: CallState, event: CallEvent): CallState | undefined => table[state][event];
