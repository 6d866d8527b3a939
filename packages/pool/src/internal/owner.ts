/**
 * What a worker tells its pool, and is told of how it is to live.
 */
import type { WorkerExit } from "../Transport.ts";
import type { Worker } from "../Worker.ts";
import type * as WorkerState from "../WorkerState.ts";
import type { Result } from "./assignment.ts";
import type { Call } from "./call.ts";
import type { Units } from "./units.ts";
import type { Limits } from "./wear.ts";

/**
 * What a worker tells its pool.
 *
 * @category models
 * @since 0.1.0
 */
export interface Owner {
  readonly onMoved: (worker: Worker, from: WorkerState.WorkerState, to: WorkerState.WorkerState) => void;
  /** Calls come back that it was given ahead and has not begun with, the last one first. */
  readonly onTakenBack: (calls: ReadonlyArray<Call>) => void;
  /** Whether it may go on with the next call that it was given ahead. */
  readonly mayGoOn: (worker: Worker) => boolean;
  /** A call that it was given ahead is the one that it runs now, after the end of the one before was told. */
  readonly onPromoted: (call: Call, worker: Worker) => void;
  /** It has no call, before the end of the last one is told: whoever hears of that end may use this worker again. */
  readonly onIdle: (worker: Worker) => void;
  /** It has been idle for `idleMillis`, or has worn out. */
  readonly onRetirable: (worker: Worker) => void;
  /** It is gone, before the end of its last call is told. */
  readonly onExit: (worker: Worker, exit: WorkerExit) => void;
  /** How the call ended that it was given; exactly once, and last. */
  readonly onResult: (call: Call, result: Result, worker: Worker, micros?: number) => void;
  /** Where workers are units of coordination. */
  readonly units?: Units | undefined;
  /** Everybody has been told: what waits may be dispatched. */
  readonly onChanged: () => void;
}

/**
 * The timings of a worker's life, in milliseconds, and whether it may keep the program alive.
 *
 * @category models
 * @since 0.1.0
 */
export interface Terms extends Limits {
  readonly startMillis: number;
  readonly graceMillis: number;
  readonly idleMillis: number;
  readonly daemon: boolean;
}

/**
 * Why the host ended a worker.
 *
 * **Details**
 *
 * `cancelled` and `closed` are the host's own wish, so nobody is to blame. `violation`: it broke the protocol.
 * `overdue`: it said that it dies, and did not.
 *
 * @category models
 * @since 0.1.0
 */
export type KillReason = "cancelled" | "closed" | "violation" | "overdue";

/**
 * A call that could not be sent, and why.
 *
 * @category models
 * @since 0.1.0
 */
export interface Unsent {
  readonly call: Call;
  readonly cause: unknown;
}
