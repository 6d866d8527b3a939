/**
 * What a call asks for besides its task and its input: the options, checked and in plain numbers.
 */
import * as Duration from "effect/Duration";

import type { NestedJob } from "../Job.ts";
import type { RunOptions } from "../Runtime.ts";
import type * as Task from "../Task.ts";

export interface Terms {
  readonly mode: Task.Mode;
  readonly transfer: ReadonlyArray<unknown>;
  readonly priority: number;
  readonly timeoutMillis: number | undefined;
  readonly queueTimeoutMillis: number | undefined;
  readonly retry: RunOptions["retry"];
}

const nothing: ReadonlyArray<unknown> = Object.freeze([]);

const usualOf = (mode: Task.Mode): Terms => ({
  mode,
  transfer: nothing,
  priority: 0,
  timeoutMillis: undefined,
  queueTimeoutMillis: undefined,
  retry: undefined,
});

// Shared by all calls without options, which are most.
const usual: Readonly<Record<Task.Mode, Terms>> = { value: usualOf("value"), stream: usualOf("stream") };

// A limit that never comes is none: it has no timer, no instant, and no error that could name it.
const millisOf = (duration: Duration.Input | undefined): number | undefined => {
  const millis = duration === undefined ? Number.POSITIVE_INFINITY : Duration.toMillis(duration);
  return Number.isFinite(millis) ? millis : undefined;
};

export const fromOptions = (mode: Task.Mode, options: RunOptions | undefined): Terms =>
  options === undefined
    ? usual[mode]
    : {
        mode,
        transfer: options.transfer ?? nothing,
        priority: options.priority ?? 0,
        timeoutMillis: millisOf(options.timeout),
        queueTimeoutMillis: millisOf(options.queueTimeout),
        retry: options.retry,
      };

/** Those of a call that a body makes. */
export const fromNested = ({ mode, priority, timeoutMillis, transfer }: NestedJob): Terms => ({
  mode,
  transfer,
  priority,
  timeoutMillis,
  queueTimeoutMillis: undefined,
  retry: undefined,
});
