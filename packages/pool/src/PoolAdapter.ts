/**
 * The edge between the pool's plain engine and Effect: makes an adapter of a transport.
 *
 * @since 0.1.0
 */
import type { Adapter } from "@heddle/core/Adapter";
import type { Capabilities } from "@heddle/core/Capabilities";
import type { Job, JobEvent } from "@heddle/core/Job";
import type { Outcome } from "@heddle/core/Outcome";
import * as RuntimeError from "@heddle/core/RuntimeError";
import * as Effect from "effect/Effect";
import type * as Fiber from "effect/Fiber";
import type * as Scope from "effect/Scope";

import * as Frame from "./Frame.ts";
import { type Call, type End, Pool } from "./Pool.ts";
import * as PoolOptions from "./PoolOptions.ts";
import type { Transport } from "./Transport.ts";
import type { Worker } from "./Worker.ts";

/**
 * What makes one pool runtime differ from another.
 *
 * @category models
 * @since 0.1.0
 */
export interface Kind {
  readonly name: string;
  readonly capabilities: (options: PoolOptions.Resolved) => Capabilities;
  readonly transport: (options: PoolOptions.Resolved) => Transport;
}

type Settled = Effect.Effect<Outcome, RuntimeError.RuntimeError>;

const reasonOfRefusal = (job: Job, { _tag, detail, where }: Frame.Refusal): RuntimeError.Reason => {
  const module = job.task.module ?? "";
  switch (_tag) {
    case "TaskNotFound":
      return new RuntimeError.TaskNotFound({ module, detail });
    case "ModuleFailed":
      return new RuntimeError.ModuleFailed({ module, detail });
    case "InvalidInput":
      return new RuntimeError.InvalidInput({ detail });
    case "InvalidOutput":
      return new RuntimeError.InvalidOutput({ where, detail });
    case "NotSerializable":
      return new RuntimeError.NotSerializable({ where, path: detail });
  }
};

const reasonOf = (
  job: Job,
  end: Exclude<End, { _tag: "Outcome" }>,
  worker: Worker | undefined,
): RuntimeError.Reason => {
  const lane = worker?.lane ?? "";
  switch (end._tag) {
    case "Refused":
      return reasonOfRefusal(job, end.refusal);
    case "Lost": {
      if (end.violation !== undefined)
        return new RuntimeError.ProtocolViolation({ lane, detail: end.violation });
      const { cause, exitCode, signal } = end.exit;
      return new RuntimeError.WorkerLost({ lane, exitCode, signal, attempt: job.attempt, cause });
    }
    case "NotSerializable":
      return new RuntimeError.NotSerializable({ where: "input", path: end.path, cause: end.cause });
    case "Unavailable":
      return new RuntimeError.EngineUnavailable({ detail: end.detail, cause: end.cause });
    case "NeverStarted":
    case "Closed":
      return new RuntimeError.ShuttingDown({});
  }
};

const settled = (runtime: string, job: Job, end: End, worker: Worker | undefined): Settled => {
  if (end._tag === "Outcome") return Effect.succeed(end.outcome);
  const reason = reasonOf(job, end, worker);
  return Effect.fail(new RuntimeError.RuntimeError({ runtime, task: job.task.name, reason }));
};

const eventOf = (frame: Parameters<Call["request"]["onEvent"]>[0]): JobEvent => {
  switch (frame[0]) {
    case Frame.Kind.chunk:
      return { _tag: "Chunk", values: frame[2] };
    case Frame.Kind.progress:
      return { _tag: "Progress", value: frame[2] };
    case Frame.Kind.log:
      return { _tag: "Log", message: frame[2], level: frame[3], annotations: frame[4] };
  }
};

/**
 * Hands events to the caller one after the other, and the end after them. A chunk that was taken gives credit for
 * another one. A caller that breaks on an event ends its own call with that defect.
 */
class Emissions {
  private readonly job: Job;
  private readonly fork: (effect: Effect.Effect<void>) => Fiber.Fiber<void>;
  private readonly waiting: Array<JobEvent> = [];
  private busy = false;
  private pumping = false;
  private settle: (() => void) | undefined;
  readonly onTaken: (event: JobEvent) => void;
  readonly onBroken: (cause: Settled) => void;

  constructor(
    job: Job,
    fork: (effect: Effect.Effect<void>) => Fiber.Fiber<void>,
    onTaken: (event: JobEvent) => void,
    onBroken: (cause: Settled) => void,
  ) {
    this.job = job;
    this.fork = fork;
    this.onTaken = onTaken;
    this.onBroken = onBroken;
  }

  add(event: JobEvent): void {
    this.waiting.push(event);
    this.pump();
  }

  end(settle: () => void): void {
    this.settle = settle;
    this.pump();
  }

  // A loop, since an event that is taken at once comes back here before `emit` returns.
  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    while (!this.busy) {
      const event = this.waiting.shift();
      if (event === undefined) {
        this.pumping = false;
        return this.settle?.();
      }
      this.emit(event);
    }
    this.pumping = false;
  }

  private emit(event: JobEvent): void {
    this.busy = true;
    this.fork(this.job.emit(event)).addObserver((exit) => {
      if (exit._tag === "Failure") return this.onBroken(Effect.failCause(exit.cause));
      this.busy = false;
      this.onTaken(event);
      this.pump();
    });
  }
}

const execute = (pool: Pool, fork: (effect: Effect.Effect<void>) => Fiber.Fiber<void>, job: Job): Settled =>
  Effect.callback<Outcome, RuntimeError.RuntimeError>((resume) => {
    const emissions = new Emissions(
      job,
      fork,
      (event) => event._tag === "Chunk" && pool.credit(call, 1),
      (cause) => pool.cancel(call, () => resume(cause)),
    );
    const call: Call = pool.submit({
      jobId: job.id,
      module: job.task.module ?? "",
      task: job.task.name,
      mode: job.mode,
      input: job.input,
      transfer: job.transfer,
      attempt: job.attempt,
      envelope: job.envelope,
      onStarted: job.started,
      onEvent: (frame) => emissions.add(eventOf(frame)),
      onEnd: (end, worker) => emissions.end(() => resume(settled(pool.name, job, end, worker))),
    });
    return Effect.callback<void>((stopped) => pool.cancel(call, () => stopped(Effect.void)));
  });

/**
 * Makes an adapter whose workers live as long as the scope.
 *
 * **Errors**
 *
 * `InvalidOptions` when an option is wrong.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  kind: Kind,
  options: PoolOptions.PoolOptions | undefined,
): Effect.fn.Return<Adapter, RuntimeError.RuntimeError, Scope.Scope> {
  const resolved = yield* PoolOptions.resolve(kind.name, options ?? {});
  const fork = Effect.runForkWith(yield* Effect.context());
  const pool = yield* Effect.acquireRelease(
    Effect.sync(() => new Pool(kind.name, kind.transport(resolved), resolved)),
    (opened) => Effect.promise(() => opened.close()),
  );
  if (resolved.prewarm) yield* Effect.promise(() => pool.prewarm());
  return {
    name: kind.name,
    capabilities: kind.capabilities(resolved),
    execute: (job) => execute(pool, fork, job),
    workers: () => pool.stats(),
  };
});
