/**
 * What the outside is told of accepted calls: counts, and events for those who observe. Queued, started, ended; each
 * end once.
 */
import * as Cause from "effect/Cause";
import type * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

import type * as Events from "../Events.ts";
import type { Status } from "../Runtime.ts";
import { RuntimeError } from "../RuntimeError.ts";
import type { Stats } from "../Stats.ts";
import type { Unit } from "../TaskContext.ts";
import type { Caller } from "./caller.ts";

/** How many calls of a runtime are queued and running, and how the others ended. */
export class Counts {
  queued = 0;
  running = 0;
  succeeded = 0;
  failed = 0;
  interrupted = 0;

  snapshot(): Pick<Stats, "queued" | "running" | "succeeded" | "failed" | "interrupted"> {
    const { failed, interrupted, queued, running, succeeded } = this;
    return { queued, running, succeeded, failed, interrupted };
  }

  started(): void {
    this.queued--;
    this.running++;
  }

  /** The attempt was lost, and there will be another. */
  lost(): void {
    this.running--;
    this.queued++;
  }

  ended(from: "queued" | "running", outcome: string): void {
    this[from]--;
    if (outcome === "Success") this.succeeded++;
    else if (outcome === "Interrupted") this.interrupted++;
    else this.failed++;
  }
}

export type OnStatus = (id: string, status: Status) => void;

/** What an exit is called in events: the outcome's tag, or that of the runtime error's reason. */
export const outcomeName = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "Success";
  if (Cause.hasInterruptsOnly(exit.cause)) return "Interrupted";
  const error = Cause.findErrorOption(exit.cause);
  if (error._tag === "None") return "Defect";
  return error.value instanceof RuntimeError ? error.value.reason._tag : "Failure";
};

// The outcome of a job never depends on who watches it.
const observe = (
  observer: (event: Events.Event) => void,
  context: Context.Context<never>,
  event: Events.Event,
): void => {
  try {
    observer(event);
  } catch (thrown) {
    Effect.runForkWith(context)(Effect.logError("An observer of job events threw", thrown));
  }
};

/** Tells an observer, if there is one. */
export const tell = ({ context, observer }: Caller, event: Events.Event): void => {
  if (observer !== undefined) observe(observer, context, event);
};

/** One call as its observer hears of it. */
export class Story {
  private readonly caller: Caller;
  private readonly id: string;
  private readonly task: string;
  private readonly queuedAt = performance.now();
  private startedAt: number | undefined;
  private attempt = 1;
  private unit: Unit | undefined;

  constructor(caller: Caller, id: string, task: string) {
    this.caller = caller;
    this.id = id;
    this.task = task;
  }

  started(unit: Unit, attempt: number): void {
    this.startedAt ??= performance.now();
    this.unit = unit;
    this.attempt = attempt;
    tell(this.caller, { _tag: "JobStarted", id: this.id, task: this.task, attempt, unit });
  }

  ended(outcome: string): void {
    const { attempt, id, queuedAt, task, unit } = this;
    const now = performance.now();
    const startedAt = this.startedAt ?? now;
    const times = { queuedMillis: startedAt - queuedAt, runMillis: now - startedAt };
    tell(this.caller, { _tag: "JobEnded", id, task, attempt, unit, outcome, ...times });
  }
}
