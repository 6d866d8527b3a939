/**
 * Runs bodies in the program itself: all that an adapter without workers needs besides a decision when to start them.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";

import * as Body from "./Body.ts";
import * as BodyResult from "./BodyResult.ts";
import type { Capabilities } from "./Capabilities.ts";
import { findOffending, findShared } from "./Cloneable.ts";
import * as Codec from "./Codec.ts";
import * as Defect from "./Defect.ts";
import type { Job } from "./Job.ts";
import { JobContext } from "./JobContext.ts";
import * as Nested from "./Nested.ts";
import * as Outcome from "./Outcome.ts";
import * as Runtime from "./Runtime.ts";
import * as RuntimeError from "./RuntimeError.ts";
import type { Unit } from "./TaskContext.ts";
import type { Provide } from "./TaskLayers.ts";

/**
 * Where the bodies run.
 *
 * **Details**
 *
 * `capabilities` decide how values cross: by `reference`, or copied by structured clone as a worker would copy them, and
 * moved where `transfer` says so. JSON is for engines that leave the program. With `provide` of `TaskLayers.make` the
 * layer of a task is built once for all its jobs.
 *
 * @category models
 * @since 0.1.0
 */
export interface Host {
  readonly name: string;
  readonly capabilities: Capabilities & { readonly values: "reference" | "structured-clone" };
  readonly unit: Unit;
  readonly provide?: Provide | undefined;
}

type Where = RuntimeError.NotSerializable["where"];

/** The boundary that the values of one job cross. */
class Boundary {
  private readonly isCopying: boolean;
  private readonly isSharing: boolean;
  private readonly codec: Codec.TaskCodec;
  context: JobContext | undefined;

  constructor(host: Host, job: Job) {
    this.isCopying = host.capabilities.values !== "reference";
    this.isSharing = host.capabilities.sharedMemory;
    this.codec = Codec.forTask(job.task, host.capabilities.values);
  }

  /** The codec of the task, whose encoded values have already crossed. */
  crossing(): Codec.TaskCodec {
    const { codec } = this;
    if (!this.isCopying) return codec;
    return {
      ...codec,
      encodeOutput: (value) => this.moved(codec.encodeOutput(value)),
      encodeProgress: (value) => this.progress(codec.encodeProgress(value)),
    };
  }

  input(job: Job): unknown {
    return this.codec.decodeInput(this.copied(job.input, "input", job.transfer));
  }

  /** What a body ended with, apart from its output: that has crossed already. */
  outcome(outcome: Outcome.Outcome): Outcome.Outcome {
    switch (outcome._tag) {
      case "Success": {
        const missing = this.context?.transfers?.missingIn(undefined);
        return missing === undefined ? outcome : Outcome.defect(Defect.fromUnknown(missing));
      }
      case "Failure":
        return Outcome.failure(this.copied(outcome.error, "error"));
      case "Defect":
        return Outcome.defect(this.defect(outcome.defect));
      case "Interrupted":
        return outcome;
    }
  }

  // What was thrown is told in any case, if need be without what cannot cross.
  private defect(defect: Defect.Defect): Defect.Defect {
    try {
      return this.copied(defect, "error") as Defect.Defect;
    } catch {
      return Defect.withoutFields(defect);
    }
  }

  private moved(value: unknown): unknown {
    const transfers = this.context?.transfers;
    const within = transfers?.within(value) ?? new Set<object>();
    const copy = this.copied(value, "output", [...within]);
    transfers?.taken(within);
    return copy;
  }

  // A body may catch it; one that does not ends with it, as with an output that does not fit.
  private progress(value: unknown): unknown {
    try {
      return this.copied(value, "progress");
    } catch (cause) {
      throw new Body.Misfit({ detail: Defect.messageOf(cause), cause });
    }
  }

  private copied(value: unknown, where: Where, transfer: ReadonlyArray<unknown> = []): unknown {
    if (!this.isCopying) return value;
    const shared = this.isSharing ? undefined : findShared(value, where);
    if (shared !== undefined) throw new RuntimeError.NotSerializable({ where, path: shared });
    try {
      return structuredClone(value, { transfer: transfer as Array<ArrayBuffer> });
    } catch (cause) {
      const path = findOffending(value, where) ?? where;
      throw new RuntimeError.NotSerializable({ where, path, cause });
    }
  }
}

const refusal = (host: Host, job: Job, reason: RuntimeError.Reason): RuntimeError.RuntimeError =>
  new RuntimeError.RuntimeError({ runtime: host.name, task: job.task.name, reason });

const attempt = <A>(
  host: Host,
  job: Job,
  evaluate: () => A,
  otherwise: (cause: unknown) => RuntimeError.Reason,
): Effect.Effect<A, RuntimeError.RuntimeError> =>
  Effect.try({
    try: evaluate,
    catch: (cause) =>
      refusal(host, job, cause instanceof RuntimeError.NotSerializable ? cause : otherwise(cause)),
  });

const invalidInput = (cause: unknown): RuntimeError.Reason =>
  new RuntimeError.InvalidInput({ detail: Defect.messageOf(cause), cause });

const invalidOutput =
  (where: "output" | "error") =>
  (cause: unknown): RuntimeError.Reason =>
    new RuntimeError.InvalidOutput({ where, detail: Defect.messageOf(cause), cause });

const executeHere = (host: Host, job: Job): Effect.Effect<Outcome.Outcome, RuntimeError.RuntimeError> =>
  Effect.withFiber((fiber) => {
    const boundary = new Boundary(host, job);
    const codec = boundary.crossing();
    const context = new JobContext(job, host, codec, fiber.context);
    boundary.context = context;
    const hooks: Body.Hooks = {
      codec,
      emit: (values) => job.emit({ _tag: "Chunk", values }),
      abort: () => context.cancel(),
      provide: host.provide,
      services: () => Context.make(Runtime.Runtime, context.runtime),
    };
    const bodyOf = (input: unknown) => (): unknown => {
      job.started(host.unit);
      return BodyResult.of(job.task, input, context);
    };
    return attempt(host, job, () => boundary.input(job), invalidInput).pipe(
      Effect.flatMap((input) =>
        Effect.mapError(Body.run(job.task, job.mode, bodyOf(input), hooks), ({ cause, detail }) =>
          refusal(
            host,
            job,
            cause instanceof RuntimeError.NotSerializable
              ? cause
              : new RuntimeError.InvalidOutput({ where: "output", detail, cause }),
          ),
        ),
      ),
      Effect.flatMap((outcome) =>
        attempt(host, job, () => boundary.outcome(outcome), invalidOutput("error")),
      ),
      Effect.onExit(() => Effect.sync(() => context.end())),
    );
  });

/**
 * Runs a job's body here and now, whatever it returns, to its outcome.
 *
 * **Cancellation**
 *
 * Interruption aborts the body's signal, interrupts its Effect or Stream or ends its generator, and completes when the
 * body has stopped. A synchronous body runs to its end.
 *
 * **Errors**
 *
 * `NotSerializable` with the path of what cannot cross, `InvalidInput`, and `InvalidOutput`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const execute = (host: Host, job: Job): Effect.Effect<Outcome.Outcome, RuntimeError.RuntimeError> =>
  Nested.unwound(job.depth, Nested.within(job, executeHere(host, job)));
