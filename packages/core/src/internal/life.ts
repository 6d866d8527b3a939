/**
 * What the outside is told of one accepted call: counts, status and events. Queued, started, ended; each end once.
 */
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

import * as Events from "../Events.ts";
import type { Status } from "../Runtime.ts";
import { RuntimeError } from "../RuntimeError.ts";
import type { Unit } from "../TaskContext.ts";

export interface Counts {
  queued: number;
  running: number;
  succeeded: number;
  failed: number;
  interrupted: number;
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
  private phase: "queued" | "running" = "queued";
  private attempt = 1;
  private unit: Unit | undefined;

  constructor(
    id: string,
    task: string,
    { counts, isNested }: { readonly counts: Counts; readonly isNested: boolean },
    onStatus: OnStatus | undefined,
    context: Context.Context<never>,
  ) {
    this.id = id;
    this.task = task;
    this.counts = counts;
    this.onStatus = onStatus;
    this.context = context;
    // What a body calls is told once, by the runtime that carries it out.
    this.observer = isNested ? undefined : Context.get(context, Events.Observer);
    counts.queued++;
    onStatus?.(id, "queued");
  }

  started(unit: Unit, attempt: number): void {
    this.startedAt ??= performance.now();
    this.unit = unit;
    this.attempt = attempt;
    this.counts.queued--;
    this.counts.running++;
    this.phase = "running";
    this.onStatus?.(this.id, "running");
    this.observe({ _tag: "JobStarted", id: this.id, task: this.task, attempt, unit });
  }

  /** The attempt was lost, and there will be another. */
  lost(): void {
    if (this.phase === "queued") return;
    this.phase = "queued";
    this.counts.running--;
    this.counts.queued++;
    this.onStatus?.(this.id, "queued");
  }

  ended(outcome: string): void {
    this.counts[this.phase]--;
    this.counts[countOf(outcome)]++;
    this.onStatus?.(this.id, "ended");
    if (this.observer === undefined) return;
    const { attempt, id, queuedAt, task, unit } = this;
    const now = performance.now();
    const startedAt = this.startedAt ?? now;
    const times = { queuedMillis: startedAt - queuedAt, runMillis: now - startedAt };
    this.observe({ _tag: "JobEnded", id, task, attempt, unit, outcome, ...times });
  }

  /** The adapter broke its contract in a way that callers are not harmed by. */
  faulted(attempt: number, fault: Events.Fault): void {
    this.observe({ _tag: "AdapterFaulted", id: this.id, task: this.task, attempt, fault });
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
