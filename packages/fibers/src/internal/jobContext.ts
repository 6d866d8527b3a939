/**
 * What a body sees of this runtime.
 */
import type { TaskCodec } from "@heddle/core/Codec";
import type { Job, JobEvent } from "@heddle/core/Job";
import type { TaskContext, Unit } from "@heddle/core/TaskContext";
import * as Effect from "effect/Effect";

export class JobContext implements TaskContext<unknown> {
  readonly id: string;
  readonly attempt: number;
  readonly unit: Unit;
  private readonly codec: TaskCodec;
  private readonly job: Job;
  private controller: AbortController | undefined;
  private state: "running" | "cancelled" | "ended" = "running";

  constructor(job: Job, unit: Unit, codec: TaskCodec) {
    this.id = job.id;
    this.attempt = job.attempt;
    this.unit = unit;
    this.job = job;
    this.codec = codec;
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.state === "cancelled") this.controller.abort();
    }
    return this.controller.signal;
  }

  // Own properties: bodies may take them out of the context.
  readonly isCancelled = (): boolean => this.state === "cancelled";

  readonly throwIfCancelled = (): void => {
    if (this.state === "cancelled") this.signal.throwIfAborted();
  };

  get deadlineEpochMillis(): number | undefined {
    return this.job.envelope.deadlineEpochMillis;
  }

  readonly transfer = (): void => undefined;

  readonly run = (): Promise<never> => Promise.reject(new Error("not yet"));

  readonly progress = (value: unknown): void => {
    this.emit({ _tag: "Progress", value: this.codec.encodeProgress(value) });
  };

  readonly log = (...message: ReadonlyArray<unknown>): void => {
    this.emit({ _tag: "Log", message });
  };

  cancel(): void {
    if (this.state !== "running") return;
    this.state = "cancelled";
    this.controller?.abort();
  }

  end(): void {
    if (this.state === "running") this.state = "ended";
  }

  private emit(event: JobEvent): void {
    if (this.state !== "ended") Effect.runFork(this.job.emit(event));
  }
}
