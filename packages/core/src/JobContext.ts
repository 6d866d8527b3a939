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
  readonly deadlineEpochMillis: number | undefined;
  /** What the body wants moved, on a runtime that can move. */
  transfers: Transfers | undefined;
  private readonly job: Job;
  private readonly place: Place;
  private readonly codec: Pick<TaskCodec, "encodeProgress">;
  /** Where what the body calls finds its logger, its annotations and its trace. */
  private readonly caller: Context.Context<never>;
  private nested: Runtime.Service | undefined;
  private controller: AbortController | undefined;
  private state: "running" | "cancelled" | "ended" = "running";

  constructor(
    job: Job,
    place: Place,
    codec: Pick<TaskCodec, "encodeProgress">,
    caller: Context.Context<never> = Context.empty(),
  ) {
    this.job = job;
    this.place = place;
    this.codec = codec;
    this.caller = caller;
    this.deadlineEpochMillis =
      job.timeoutMillis === undefined ? job.envelope.deadlineEpochMillis : Envelope.deadline(job, Date.now());
  }

  get id(): string {
    return this.job.id;
  }
  get attempt(): number {
    return this.job.attempt;
  }
  get unit(): Unit {
    return this.place.unit;
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.isStopping) this.controller.abort();
    }
    return this.controller.signal;
  }

  // Bodies may take the functions out of the context. Made when they do, since most use none and a million may wait.

  get isCancelled(): () => boolean {
    return () => this.isStopping;
  }

  get throwIfCancelled(): () => void {
    return () => {
      if (this.isStopping) this.signal.throwIfAborted();
    };
  }

  get transfer(): (...objects: ReadonlyArray<unknown>) => void {
    return (...objects) => {
      if (!this.place.capabilities.transfer) return;
      this.transfers ??= new Transfers();
      this.transfers.add(objects);
    };
  }

  get run(): TaskContext<unknown>["run"] {
    return (task, ...args) => Promised.fromService(this.runtime, this.caller).run(task, ...args);
  }

  get progress(): (value: unknown) => void {
    return (value) => this.emit({ _tag: "Progress", value: this.codec.encodeProgress(value) });
  }

  get log(): (...message: ReadonlyArray<unknown>) => void {
    return (...message) => this.emit({ _tag: "Log", message });
  }

  /** The runtime that the body calls; made when it does. */
  get runtime(): Runtime.Service {
    return (this.nested ??= Nested.make(this.place, this.job));
  }

  /** The body was told that it is cancelled. */
  get isStopping(): boolean {
    return this.state === "cancelled";
  }

  /** The body has stopped of its own accord. */
  get hasEnded(): boolean {
    return this.state === "ended";
  }

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
    if (!this.hasEnded) Effect.runFork(this.job.emit(event));
  }
}
