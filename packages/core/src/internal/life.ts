/**
 * The life of one accepted call, for counts and observers: queued, started, ended; each at most once, in that order.
 */
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

import * as Events from "../Events.ts";
import { RuntimeError } from "../RuntimeError.ts";
import type { Unit } from "../TaskContext.ts";

export interface Counts {
  queued: number;
  running: number;
  succeeded: number;
  failed: number;
  interrupted: number;
}

export type OnStatus = (id: string, status: "queued" | "running" | "ended") => void;

const outcomeName = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "Success";
  if (Cause.hasInterruptsOnly(exit.cause)) return "Interrupted";
  const error = Cause.findErrorOption(exit.cause);
  if (error._tag === "None") return "Defect";
  return error.value instanceof RuntimeError ? error.value.reason._tag : "Failure";
};

const countOf = (outcome: string): "succeeded" | "interrupted" | "failed" =>
  outcome === "Success" ? "succeeded" : outcome === "Interrupted" ? "interrupted" : "failed";

export class Life {
  readonly id: string;
  private readonly task: string;
  private readonly counts: Counts;
  private readonly onStatus: OnStatus | undefined;
  private readonly context: Context.Context<never>;
  private readonly observer: ((event: Events.Event) => void) | undefined;
  private readonly queuedAt = performance.now();
  private startedAt: number | undefined;
  private unit: Unit | undefined;

  constructor(
    id: string,
    task: string,
    counts: Counts,
    onStatus: OnStatus | undefined,
    context: Context.Context<never>,
  ) {
    this.id = id;
    this.task = task;
    this.counts = counts;
    this.onStatus = onStatus;
    this.context = context;
    this.observer = Context.get(context, Events.Observer);
    counts.queued++;
    onStatus?.(id, "queued");
  }

  started(unit: Unit): void {
    if (this.startedAt !== undefined) return;
    this.startedAt = performance.now();
    this.unit = unit;
    this.counts.queued--;
    this.counts.running++;
    this.onStatus?.(this.id, "running");
    this.observe({ _tag: "JobStarted", id: this.id, task: this.task, attempt: 1, unit });
  }

  ended(exit: Exit.Exit<unknown, unknown>): void {
    if (this.startedAt === undefined) this.counts.queued--;
    else this.counts.running--;
    const outcome = outcomeName(exit);
    this.counts[countOf(outcome)]++;
    this.onStatus?.(this.id, "ended");
    const { id, queuedAt, task, unit } = this;
    const now = performance.now();
    const startedAt = this.startedAt ?? now;
    const times = { queuedMillis: startedAt - queuedAt, runMillis: now - startedAt };
    this.observe({ _tag: "JobEnded", id, task, attempt: 1, unit, outcome, ...times });
  }

  // The outcome of a job never depends on who watches it.
  private observe(event: Events.Event): void {
    try {
      this.observer?.(event);
    } catch (thrown) {
      Effect.runForkWith(this.context)(Effect.logError("An observer of job events threw", thrown));
    }
  }
}
