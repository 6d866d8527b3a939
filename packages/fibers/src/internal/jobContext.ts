/**
 * What a body sees of this runtime.
 */
import type { TaskCodec } from "@heddle/core/Codec";
import * as Envelope from "@heddle/core/Envelope";
import type { Job, JobEvent } from "@heddle/core/Job";
import * as Nested from "@heddle/core/Nested";
import * as Promised from "@heddle/core/Promised";
import type * as Runtime from "@heddle/core/Runtime";
import type { TaskContext, Unit } from "@heddle/core/TaskContext";
import * as Effect from "effect/Effect";

type Place = Parameters<typeof Nested.make>[0] & { readonly unit: Unit };

export class JobContext implements TaskContext<unknown> {
  readonly id: string;
  readonly attempt: number;
  readonly unit: Unit;
  private readonly codec: TaskCodec;
  private readonly job: Job;
  private readonly host: Place;
  readonly deadlineEpochMillis: number | undefined;
  private nested: Runtime.Service | undefined;
  private controller: AbortController | undefined;
  private state: "running" | "cancelled" | "ended" = "running";

  constructor(job: Job, host: Place, codec: TaskCodec) {
    this.id = job.id;
    this.attempt = job.attempt;
    this.unit = host.unit;
    this.host = host;
    this.deadlineEpochMillis = Envelope.deadline(job, Date.now());
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

  // Values are handed over by reference, which moves nothing and copies nothing.
  readonly transfer = (): void => undefined;

  readonly run: TaskContext<unknown>["run"] = (task, ...args) =>
    Promised.fromService(this.runtime).run(task, ...args);

  /** The runtime that the body calls; made when it does. */
  get runtime(): Runtime.Service {
    return (this.nested ??= Nested.make(this.host, this.job));
  }

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
