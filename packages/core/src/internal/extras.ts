/**
 * What only some calls have: limits of time, a verdict, another attempt, nested calls, events, an observer.
 *
 * Made when a call needs the first of them, since most calls need none and a million may wait.
 */
import type * as RuntimeError from "../RuntimeError.ts";
import type { Children } from "./children.ts";
import type { Emissions } from "./emit.ts";
import type { Story } from "./life.ts";
import type { Retry } from "./retry.ts";

/** How a call will end, once that was decided before its body stopped. */
export type Verdict = "cancelled" | RuntimeError.Reason;

export class Extras {
  verdict: Verdict | undefined;
  attempt = 1;
  /** It was refused for lack of room, so the entrance does not count it. */
  isOutside = false;
  retry: Retry | undefined;
  startedAtMillis: number | undefined;
  deadlineEpochMillis: number | undefined;
  children: Children | undefined;
  emissions: Emissions | undefined;
  story: Story | undefined;
  stopPause: (() => void) | undefined;
  stopQueueTimer: (() => void) | undefined;
  stopWorkTimer: (() => void) | undefined;
  stopDeadlineTimer: (() => void) | undefined;

  /** The call is over: nothing of it is to fire any more. */
  stopTimers(): void {
    this.stopQueueTimer?.();
    this.stopWorkTimer?.();
    this.stopDeadlineTimer?.();
  }
}
