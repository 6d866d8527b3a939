/**
 * The states of one worker and the only moves between them.
 *
 * ```text
 * starting --ready--> idle --assign--> busy --settle--> idle
 *                      |                |
 *                      |              cancel
 *                      |                v
 *                      |           cancelling --settle--> idle
 *                      |
 *                      +--close--> closing
 * busy or cancelling --next--> busy
 * any state but dying, killed and exited --die--> dying
 * any state but killed and exited --kill--> killed
 * any state but exited --exit--> exited
 * ```
 *
 * `next`: its call has ended, and another that it holds already takes its place. Only an idle worker is assigned a call,
 * and only a busy one is given others ahead. A worker that retires or is recycled is `closing`, so it can never be given
 * one again.
 *
 * @since 0.1.0
 */

/**
 * Where a worker is in its life.
 *
 * @category models
 * @since 0.1.0
 */
export type WorkerState =
  | "starting"
  | "idle"
  | "busy"
  | "cancelling"
  | "closing"
  | "dying"
  | "killed"
  | "exited";

/**
 * What moves a worker.
 *
 * @category models
 * @since 0.1.0
 */
export type WorkerEvent =
  | "ready"
  | "assign"
  | "next"
  | "settle"
  | "cancel"
  | "close"
  | "die"
  | "kill"
  | "exit";

const table: Record<WorkerState, Partial<Record<WorkerEvent, WorkerState>>> = {
  starting: { ready: "idle", die: "dying", kill: "killed", exit: "exited" },
  idle: { assign: "busy", close: "closing", die: "dying", kill: "killed", exit: "exited" },
  busy: { next: "busy", settle: "idle", cancel: "cancelling", die: "dying", kill: "killed", exit: "exited" },
  cancelling: { next: "busy", settle: "idle", die: "dying", kill: "killed", exit: "exited" },
  closing: { die: "dying", kill: "killed", exit: "exited" },
  dying: { kill: "killed", exit: "exited" },
  killed: { exit: "exited" },
  exited: {},
};

/**
 * The state after an event, or `undefined` when that event is not possible there.
 *
 * @category transitions
 * @since 0.1.0
 */
export const next = (state: WorkerState, event: WorkerEvent): WorkerState | undefined => table[state][event];
