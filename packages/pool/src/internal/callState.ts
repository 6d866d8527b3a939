/**
 * The states of one accepted call and the only moves between them.
 *
 * ```text
 * waiting --start--> running --cancel--> cancelling
 * any state but ended --end--> ended
 * ```
 */

export type CallState = "waiting" | "running" | "cancelling" | "ended";

export type CallEvent = "start" | "cancel" | "end";

const table: Record<CallState, Partial<Record<CallEvent, CallState>>> = {
  waiting: { start: "running", end: "ended" },
  running: { cancel: "cancelling", end: "ended" },
  cancelling: { end: "ended" },
  ended: {},
};

/** The state after an event, or `undefined` when that event is not possible there. */
export const next = (state: CallState, event: CallEvent): CallState | undefined => table[state][event];
