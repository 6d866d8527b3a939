/**
 * The edge between the pool's plain engine and Effect: makes an adapter of a transport.
 *
 * @since 0.1.0
 */
import { type Adapter, type Attempt, awaitEnd, type Begun, executing } from "@heddle/core/Adapter";
import type { Capabilities } from "@heddle/core/Capabilities";
import type { Job, JobEvent, Series } from "@heddle/core/Job";
import * as Options from "@heddle/core/Options";
import * as Outcome from "@heddle/core/Outcome";
import type * as Runtime from "@heddle/core/Runtime";
import * as RuntimeError from "@heddle/core/RuntimeError";
import * as RuntimeLayer from "@heddle/core/RuntimeLayer";
import type { Unit } from "@heddle/core/TaskContext";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";

import * as Frame from "./Frame.ts";
import { Emissions, type Fork } from "./internal/emissions.ts";
import { Nesting, type TellNested } from "./internal/nesting.ts";
import { reasonOf } from "./internal/reasons.ts";
import { Units } from "./internal/units.ts";
import { Call, type End, Pool } from "./Pool.ts";
import * as PoolOptions from "./PoolOptions.ts";
import type { Transport } from "./Transport.ts";
import type { CallFrame, Worker } from "./Worker.ts";

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

/** A body that calls itself without end is stopped here, instead of by the memory of all its workers. */
const maxDepth = 32;

type Ended = Exit.Exit<Outcome.Outcome, RuntimeError.RuntimeError>;

const interrupted: Ended = Exit.succeed(Outcome.interrupted);

interface Host {
  readonly pool: Pool;
  readonly fork: Fork;
  readonly memoryLimitMiB: number | undefined;
}

const failed = (runtime: string, job: Job, reason: RuntimeError.Reason): Ended =>
  Exit.fail(new RuntimeError.RuntimeError({ runtime, task: job.task.name, reason }));

/** A job, and who is told its end. */
type AwaitedJob = Job & Pick<Attempt, "ended">;

/** A job under way: its call, its events on their way to the caller, and the calls that its body makes. */
class JobCall extends Call implements Begun {
  declare readonly request: AwaitedJob;
  private readonly host: Host;
  private emissions: Emissions | undefined;
  private nesting: Nesting | undefined;

  constructor(host: Host, job: AwaitedJob) {
    super(job);
    this.host = host;
  }

  cancel(): void {
    this.emissions?.dropChunks();
    this.nesting?.interrupt();
    this.host.pool.cancel(this);
  }

  onStarted(unit: Unit): void {
    this.request.started(unit);
  }

  onFrame(frame: CallFrame): string | undefined {
    switch (frame[0]) {
      case Frame.Kind.chunk:
        return this.emit({ _tag: "Chunk", values: frame[2] });
      case Frame.Kind.progress:
        return this.emit({ _tag: "Progress", value: frame[2] });
      case Frame.Kind.log:
        return this.emit({ _tag: "Log", message: frame[2], level: frame[3], annotations: frame[4] });
      case Frame.Kind.span:
        return this.emit({ _tag: "Span", event: frame[2] });
      case Frame.Kind.outputs:
      case Frame.Kind.alone:
        return undefined;
      default:
        return this.nested().receive(frame);
    }
  }

  private emit(event: JobEvent): string | undefined {
    this.emissions ??= new Emissions(this.request, this.host.fork, {
      onRoom: (items) => this.tell((call) => [Frame.Kind.credit, call, items]),
      onBroken: () => this.cancel(),
    });
    if (this.state === "cancelling") this.emissions.dropChunks();
    return this.emissions.add(event);
  }

  private nested(): Nesting {
    this.nesting ??= new Nesting(this.request, this.host.fork, {
      tell: (answer) => this.tell((call) => frameOf(call, answer)),
      onBlocked: (isBlocked) => this.host.pool.setBlocked(this, isBlocked),
    });
    return this.nesting;
  }

  private tell(frame: (call: number) => Frame.HostFrame): void {
    this.host.pool.tell(this, frame(this.number));
  }

  // The nested calls first, since their logs are events of this job.
  onEnd(end: End, worker: Worker | undefined): void {
    if (this.nesting === undefined) this.drain(end, worker);
    else this.nesting.stop(() => this.drain(end, worker));
  }

  private drain(end: End, worker: Worker | undefined): void {
    if (this.emissions === undefined) this.request.ended(this.exitOf(end, worker));
    else this.emissions.end(() => this.request.ended(this.exitOf(end, worker)));
  }

  protected exitOf(end: End, worker: Worker | undefined): Ended {
    const broken = this.emissions?.broken;
    if (broken !== undefined) return Exit.failCause(broken);
    if (end._tag === "Outcome") return Exit.succeed(end.outcome);
    if (end._tag === "Cancelled") return interrupted;
    const { memoryLimitMiB, pool } = this.host;
    return failed(pool.name, this.request, reasonOf(this.request, end, worker, memoryLimitMiB));
  }
}

// Its inputs are copied, not moved: those that the worker does not come to are needed again.
const ofSeries = {
  input: undefined,
  transfer: [],
  mode: "value",
  attempt: 1,
  timeoutMillis: undefined,
} as const;

/** A series under way: the end of its call is that of the job that did not end at once with a plain value, if there is one. */
class SeriesCall extends JobCall {
  private readonly series: Series;
  private finishedCount = 0;
  private end: "open" | "alone" | "between" = "open";

  constructor(host: Host, series: Series, ended: AwaitedJob["ended"]) {
    super(host, { ...series, ...ofSeries, ended });
    this.series = series;
  }

  override onFrame(frame: CallFrame): string | undefined {
    if (frame[0] === Frame.Kind.alone) return this.goesAlone();
    if (frame[0] !== Frame.Kind.outputs) return super.onFrame(frame);
    if (this.end === "alone") return "outputs behind a job that goes on alone";
    const [, , outputs, micros, isLast] = frame;
    this.finishedCount += outputs.length;
    if (this.finishedCount > this.series.inputs.length) return "more outputs than there were inputs";
    if (isLast) this.end = "between";
    if (outputs.length > 0) this.series.finished(outputs, micros);
    return undefined;
  }

  private goesAlone(): string | undefined {
    if (this.end === "alone" || this.finishedCount === this.series.inputs.length)
      return "a series that goes on alone without a job to do so";
    this.end = "alone";
    this.series.alone();
    return undefined;
  }

  protected override exitOf(end: End, worker: Worker | undefined): Ended {
    const exit = super.exitOf(end, worker);
    if (Exit.isFailure(exit) || exit.value._tag !== "Success" || this.end === "between") return exit;
    if (this.finishedCount < this.series.inputs.length) this.series.finished([exit.value.value], 0);
    return exit;
  }
}

const frameOf = (call: number, tell: TellNested): Frame.HostFrame =>
  "answer" in tell
    ? [Frame.Kind.nestAnswer, call, tell.nested, tell.answer]
    : [Frame.Kind.nestEvent, call, tell.nested, tell.event];

const over: Begun = { cancel: () => undefined };

const begin = (host: Host, job: AwaitedJob): Begun => {
  if (job.depth > maxDepth) {
    const reason = new RuntimeError.Unsupported({ capability: `nesting deeper than ${maxDepth}` });
    job.ended(failed(host.pool.name, job, reason));
    return over;
  }
  const call = new JobCall(host, job);
  host.pool.submit(call);
  return call;
};

const executeMany = (
  host: Host,
  series: Series,
): Effect.Effect<Outcome.Outcome | undefined, RuntimeError.RuntimeError> => {
  const outcome = awaitEnd<Outcome.Outcome, RuntimeError.RuntimeError>((ended) => {
    const call = new SeriesCall(host, series, ended);
    host.pool.submit(call);
    return call;
  });
  // What succeeded was told before.
  return Effect.map(outcome, (end) => (end._tag === "Success" ? undefined : end));
};

/**
 * Makes an adapter whose workers live as long as the scope. With `prewarm` it completes when all have reported or
 * failed to.
 *
 * **Errors**
 *
 * `InvalidOptions` when an option is wrong; `resize` throws it.
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
  let capabilities = kind.capabilities(resolved);
  const units = capabilities.coordination === "none" ? undefined : new Units();
  const pool = yield* Effect.acquireRelease(
    Effect.sync(() => new Pool(kind.name, kind.transport(resolved), resolved, units)),
    (opened) => Effect.promise(() => opened.close()),
  );
  if (resolved.prewarm) yield* Effect.promise(() => pool.prewarm());
  const host: Host = { pool, fork, memoryLimitMiB: resolved.memoryLimitMiB };
  const beginJob = (attempt: Attempt): Begun => begin(host, attempt);
  return {
    name: kind.name,
    get capabilities() {
      return capabilities;
    },
    execute: executing(beginJob),
    begin: beginJob,
    // A worker that ends after so many jobs is given them one by one.
    executeMany:
      resolved.recycleJobs === Number.POSITIVE_INFINITY ? (series) => executeMany(host, series) : undefined,
    workers: () => pool.stats(),
    coordination: units,
    elastic: {
      resize: (size) => {
        PoolOptions.checkSize(kind.name, size);
        pool.resize(size);
        capabilities = kind.capabilities({ ...resolved, size });
      },
      recycle: Effect.promise(() => pool.recycle()),
    },
  };
});

/**
 * Makes the layer of a pool runtime: its adapter, with the options that concern how calls are taken. Closes in order,
 * as every layer of `Runtime.layer` does.
 *
 * **Errors**
 *
 * Those of the adapter: `InvalidOptions` when an option is wrong.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  adapter: Effect.Effect<Adapter, RuntimeError.RuntimeError, Scope.Scope>,
  options: PoolOptions.PoolOptions | undefined,
): Layer.Layer<Runtime.Runtime, RuntimeError.RuntimeError> => {
  const { closeTimeout, maxQueue, whenFull } = Options.own(options) ?? {};
  return RuntimeLayer.layer(adapter, { closeTimeout, maxQueue, whenFull });
};
