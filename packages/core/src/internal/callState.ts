/**
 * Where a call is, and the only moves between its states.
 *
 * ```text
 * entering --admit--> queued --start--> running --lose--> pausing --again--> queued
 *     |                 |  `--lose--> pausing               |
 *     `--lose--> pausing (refused for lack of room, and to be tried again)
 * any state but ended --end--> ended
 * ```
 */
export type CallState = "entering" | "queued" | "running" | "pausing" | "ended";

export type CallEvent = "admit" | "start" | "lose" | "again" | "end";

const table: Record<CallState, Partial<Record<CallEvent, CallState>>> = {
  entering: { admit: "queued", lose: "pausing", end: "ended" },
  queued: { start: "running", lose: "pausing", end: "ended" },
  running: { lose: "pausing", end: "ended" },
  pausing: { again: "entering", end: "ended" },
  ended: {},
};

/** The state after an event, or `undefined` when that event is not possible there. */
export const next = (state: CallState, event: CallEvent): CallState | undefined => table[state][event];
