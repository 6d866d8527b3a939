/**
 * Immutable snapshots of what a runtime is doing.
 *
 * @since 0.1.0
 */

/**
 * One worker as seen from outside.
 *
 * **Details**
 *
 * `state` is a word for people, such as `idle` or `busy`; which words there are is the runtime's own affair. `pid` and
 * `threadId` are 0 until the worker has reported. `completed` counts the jobs that it brought to their ends.
 *
 * @category models
 * @since 0.1.0
 */
export interface WorkerStats {
  readonly lane: string;
  readonly state: string;
  readonly pid: number;
  readonly threadId: number;
  readonly completed: number;
}

/**
 * A snapshot, true at the instant it was taken.
 *
 * **Details**
 *
 * `queued` counts jobs whose body has not started, `running` those whose body has; `waiting` tells how many of the
 * queued ones wait for room in the queue (`maxQueue`). The other counts are totals since the runtime opened.
 *
 * @category models
 * @since 0.1.0
 */
export interface Stats {
  readonly queued: number;
  readonly waiting: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly interrupted: number;
  readonly workers: ReadonlyArray<WorkerStats>;
}
