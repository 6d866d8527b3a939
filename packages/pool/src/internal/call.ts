/**
 * A call: what a pool is asked to run, and one object for all that it knows of it, since a million may wait.
 */
import type { Links, List, Rank } from "@heddle/core/DispatchQueue";
import type { Job, Series } from "@heddle/core/Job";
import type { Unit } from "@heddle/core/TaskContext";

import type { Worker } from "../Worker.ts";
import type { CallFrame, Result } from "./assignment.ts";
import * as CallState from "./callState.ts";
import type { Refused } from "./quarantine.ts";

/**
 * How a call ended for the pool.
 *
 * **Details**
 *
 * Besides a worker's result: its input could not be cloned, it was cancelled (before it started, or its worker ended
 * while it was stopping), its task is in quarantine, the pool closed, or no worker could be started.
 *
 * @category models
 * @since 0.1.0
 */
export type End =
  | Result
  | { readonly _tag: "NotSerializable"; readonly path: string; readonly cause: unknown }
  | { readonly _tag: "Cancelled" }
  | ({ readonly _tag: "Quarantined" } & Refused)
  | { readonly _tag: "Closed" }
  | { readonly _tag: "Unavailable"; readonly detail: string; readonly cause: unknown };

/**
 * What a pool has to know of a job to run it.
 *
 * @category models
 * @since 0.1.0
 */
export type Request = Pick<
  Job,
  | "id"
  | "task"
  | "mode"
  | "input"
  | "transfer"
  | "attempt"
  | "envelope"
  | "timeoutMillis"
  | "priority"
  | "depth"
> & {
  /** With an input for each of several jobs, that run one after the other: `input` is none then, and `id` that of the first. */
  readonly inputs?: Series["inputs"] | undefined;
};

/**
 * A call of a pool, which is submitted once. Whoever submits it extends it with what is to happen.
 *
 * **Ordering**
 *
 * `onStarted` comes at most once, then frames, and `onEnd` exactly once and last; it may be before `submit` returns.
 *
 * @category models
 * @since 0.1.0
 */
export abstract class Call implements Links<Call>, Rank {
  readonly request: Request;
  state: CallState.CallState = "waiting";
  worker: Worker | undefined;
  previous: Call | undefined;
  next: Call | undefined;
  list: List<Call> | undefined;
  addedAtMillis = 0;
  order = 0;
  // Not 0 at first: a field that holds large numbers from the beginning has a number of its own in each call.
  private drawn: number | undefined;

  constructor(request: Request) {
    this.request = request;
  }

  /** What its frames are known by; 0 until it starts. */
  get number(): number {
    return this.drawn ?? 0;
  }

  set number(drawn: number) {
    this.drawn = drawn;
  }

  get priority(): number {
    return this.request.priority;
  }

  get depth(): number {
    return this.request.depth;
  }

  /** Goes to the state after an event. Throws when that is not possible, which would be an error of the pool. */
  move(event: CallState.CallEvent): void {
    const state = CallState.next(this.state, event);
    if (state === undefined)
      throw new Error(`call of job ${this.request.id}: "${event}" is impossible while ${this.state}`);
    this.state = state;
  }

  /** It runs in a worker now. */
  abstract onStarted(unit: Unit): void;
  /** Takes a frame; gives back what is wrong with it, if it breaks the protocol. */
  abstract onFrame(frame: CallFrame): string | undefined;
  abstract onEnd(end: End, worker: Worker | undefined): void;
}

/** Which task it is of, for what is remembered of tasks. */
export const keyOf = ({ request: { task } }: Call): string => `${task.module ?? ""}#${task.name}`;
