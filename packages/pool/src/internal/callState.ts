/**
 * The states of one accepted call and the only moves between them.
 *
 * ```text
 * waiting --start--> running --cancel--> cancelling
 * waiting --give--> given --start--> running
 *                   given --restore--> waiting
 *                   given --cancel--> doomed --start--> running
 * any state but ended --end--> ended
 * ```
 *
 * A call that is given waits in a worker behind the one that runs there. It can be taken back until the worker has begun
 * with it; one that was cancelled too late for that is doomed, until it is known to run.
 */

export type CallState = "waiting" | "given" | "doomed" | "running" | "cancelling" | "ended";

export type CallEvent = "give" | "restore" | "start" | "cancel" | "end";

const table: Record<CallState, Partial<Record<CallEvent, CallState>>> = {
  waiting: { give: "given", start: "running", end: "ended" },
  given: { restore: "waiting", cancel: "doomed", start: "running", end: "ended" },
  doomed: { start: "running", end: "ended" },
  running: { cancel: "cancelling", end: "ended" },
  cancelling: { end: "ended" },
  ended: {},
};

/** The state after an event, or `undefined` when that event is not possible there. */
export const next = (state: CallState, event: CallEvent): CallState | undefined => table[state][event];
