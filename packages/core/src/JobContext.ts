/**
 * What a body sees that runs in the program itself: the context for adapters without workers.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";

import type { TaskCodec } from "./Codec.ts";
import * as Envelope from "./Envelope.ts";
import type { Job, JobEvent } from "./Job.ts";
import * as Nested from "./Nested.ts";
import * as Promised from "./Promised.ts";
import type * as Runtime from "./Runtime.ts";
import type { TaskContext, Unit } from "./TaskContext.ts";
import { Transfers } from "./Transfers.ts";

type Place = Parameters<typeof Nested.make>[0] & { readonly unit: Unit };

/**
 * The context of one job.
 *
 * **Cancellation**
 *
 * `cancel` aborts the signal and raises the flag; after `end` nothing that the body reports is heard any more.
 *
 * **Errors**
 *
 * `progress` throws what the codec throws: an adapter decides how a body that does not catch it ends.
 *
 * @category models
 * @since 0.1.0
 */
export class JobContext implements TaskContext<unknown> {
  readonly id: string;
  readonly attempt: number;
  readonly unit: Unit;
  private readonly codec: Pick<TaskCodec, "encodeProgress">;
  private readonly job: Job;
  private readonly host: Place;
  /** Where what the body calls finds its logger, its annotations and its trace. */
  private readonly caller: Context.Context<never>;
  readonly deadlineEpochMillis: number | undefined;
  /** What the body wants moved, on a runtime that can move. */
  transfers: Transfers | undefined;
  private nested: Runtime.Service | undefined;
  private controller: AbortController | undefined;
  private state: "running" | "cancelled" | "ended" = "running";

  constructor(
    job: Job,
    host: Place,
    codec: Pick<TaskCodec, "encodeProgress">,
    caller: Context.Context<never> = Context.empty(),
  ) {
    this.caller = caller;
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

  readonly transfer = (...objects: ReadonlyArray<unknown>): void => {
    if (!this.host.capabilities.transfer) return;
    this.transfers ??= new Transfers();
    this.transfers.add(objects);
  };

  readonly run: TaskContext<unknown>["run"] = (task, ...args) =>
    Promised.fromService(this.runtime, this.caller).run(task, ...args);

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

  /** Tells the body that it is cancelled. */
  cancel(): void {
    if (this.state !== "running") return;
    this.state = "cancelled";
    this.controller?.abort();
  }

  /** To be called when the body has stopped. */
  end(): void {
    if (this.state === "running") this.state = "ended";
  }

  private emit(event: JobEvent): void {
    if (this.state !== "ended") Effect.runFork(this.job.emit(event));
  }
}
