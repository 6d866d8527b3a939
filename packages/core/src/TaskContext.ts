/**
 * What a task body sees of the runtime that runs it.
 *
 * @since 0.1.0
 */
import type { NestedOptions } from "./Runtime.ts";
import type * as Task from "./Task.ts";

/**
 * The place where one attempt of a job runs.
 *
 * **Details**
 *
 * `lane` is stable for the life of the worker and names a place where one job at a time runs, such as
 * `threads/0`. `threadId` is 0 on the main thread of a process, as in Node.
 *
 * @category models
 * @since 0.1.0
 */
export interface Unit {
  readonly runtime: string;
  readonly lane: string;
  readonly pid: number;
  readonly threadId: number;
}

/**
 * The second argument of every task body. It has the same meaning on every runtime.
 *
 * **Cancellation**
 *
 * `signal` aborts when the event loop of the worker turns, so asynchronous bodies should hand it to whatever
 * they wait for. A synchronous loop polls `isCancelled()`: it sees the request at once where memory is shared
 * (threads), and only between turns of the event loop elsewhere.
 *
 * @category models
 * @since 0.1.0
 */
export interface TaskContext<in P = never> {
  /** The id of the job, unique within the runtime that was asked to run it. */
  readonly id: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly unit: Unit;
  /** Aborts when the caller cancels. Made on first use, so that bodies that ignore it pay nothing. */
  readonly signal: AbortSignal;
  readonly isCancelled: () => boolean;
  /** Throws the reason of the cancellation, once there is one. */
  readonly throwIfCancelled: () => void;
  /** Reports progress. Lossy by contract: a slow observer sees the latest values, not all of them. */
  readonly progress: (value: P) => void;
  /** The instant when the body's time is up, in milliseconds since the epoch: its own `timeout` or that of a call above it. */
  readonly deadlineEpochMillis: number | undefined;
  /**
   * Moves objects instead of copying them when they leave with the body's next value, such as the buffer of a typed
   * array that it returns. Where the runtime cannot move (`capabilities.transfer`), they are copied as ever. In a worker
   * it is a mistake, which throws or ends the job as a defect, to name something that cannot be moved or that is in no
   * value which the body gives.
   */
  readonly transfer: (...objects: ReadonlyArray<unknown>) => void;
  /**
   * Runs another task on the same runtime and waits for it. It has its own place there, ends with this body at the
   * latest, and inherits its deadline. Await it: as anywhere in JavaScript, a rejection that nobody handles ends the
   * worker. Bodies that return an Effect use `Runtime.run` instead.
   */
  readonly run: <In, A, E, Q>(
    task: Task.Task<string, In, A, E, "value", Q>,
    ...args: [In] extends [void]
      ? [input?: In, options?: NestedOptions | undefined]
      : [input: In, options?: NestedOptions | undefined]
  ) => Promise<A>;
  /** Writes to the caller's logger, with the caller's annotations. Values must be able to cross the boundary. */
  readonly log: (...message: ReadonlyArray<unknown>) => void;
}
