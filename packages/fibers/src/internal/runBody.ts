/**
 * The life of one job: its body runs on a fiber of its own, with a scheduler that knows the job.
 */
import * as Body from "@heddle/core/Body";
import * as BodyResult from "@heddle/core/BodyResult";
import type { Capabilities } from "@heddle/core/Capabilities";
import * as Codec from "@heddle/core/Codec";
import type { Job } from "@heddle/core/Job";
import { JobContext } from "@heddle/core/JobContext";
import * as Outcome from "@heddle/core/Outcome";
import * as Runtime from "@heddle/core/Runtime";
import * as RuntimeError from "@heddle/core/RuntimeError";
import type { Unit } from "@heddle/core/TaskContext";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Scheduler from "effect/Scheduler";

import type { BlockDetector, Suspect } from "./blockDetector.ts";
import { JobScheduler } from "./jobScheduler.ts";
import type { Turns } from "./turns.ts";

export interface Host {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly unit: Unit;
  readonly turns: Turns;
  readonly detector: BlockDetector;
  readonly provide: NonNullable<Body.Hooks["provide"]>;
}

/** Takes as many steps at once as the turn has time for; core pauses between two calls of `next`. */
class PacedGenerator {
  readonly [Symbol.toStringTag] = "Generator";
  private readonly steps: Generator<unknown, unknown, unknown>;
  private readonly suspect: Suspect;
  private readonly scheduler: JobScheduler;
  private readonly detector: BlockDetector;

  constructor(
    steps: Generator<unknown, unknown, unknown>,
    suspect: Suspect,
    scheduler: JobScheduler,
    detector: BlockDetector,
  ) {
    this.steps = steps;
    this.suspect = suspect;
    this.scheduler = scheduler;
    this.detector = detector;
  }

  next(): IteratorResult<unknown, unknown> {
    return this.detector.section(this.suspect, () => {
      for (;;) {
        const step = this.steps.next();
        if (step.done === true || this.scheduler.isPauseDue()) return step;
      }
    });
  }

  return(value: unknown): IteratorResult<unknown, unknown> {
    return this.detector.section(this.suspect, () => this.steps.return(value));
  }
}

const continuesOutOfSight = (result: unknown): boolean =>
  BodyResult.isPromiseLike(result) || BodyResult.isAsyncIterable(result);

const bodyOf = (
  host: Host,
  job: Job,
  context: JobContext,
  scheduler: JobScheduler,
  suspect: Suspect,
): Effect.Effect<Outcome.Outcome, RuntimeError.RuntimeError> => {
  const codec = Codec.forTask(job.task, "reference");
  const start = (): unknown => {
    // Not before: a job may wait for its turn of the loop, and for its layer.
    job.started(host.unit);
    scheduler.begin();
    const result: unknown = host.detector.section(suspect, () => job.task.body(job.input, context));
    if (BodyResult.isGenerator(result)) return new PacedGenerator(result, suspect, scheduler, host.detector);
    if (continuesOutOfSight(result)) host.detector.watch(suspect);
    return result;
  };
  const hooks: Body.Hooks = {
    codec,
    emit: (values) => job.emit({ _tag: "Chunk", values }),
    provide: host.provide,
    services: () => Context.make(Runtime.Runtime, context.runtime),
  };
  return Effect.mapError(Body.run(job.task, job.mode, start, hooks), ({ cause, detail }) => {
    const reason = new RuntimeError.InvalidOutput({ where: "output", detail, cause });
    return new RuntimeError.RuntimeError({ runtime: host.unit.runtime, task: job.task.name, reason });
  });
};

/** Runs a job to its outcome; an interrupted one is told by its signal, then interrupted, then waited for. */
export const runBody = (host: Host, job: Job): Effect.Effect<Outcome.Outcome, RuntimeError.RuntimeError> =>
  Effect.withFiber((caller) =>
    Effect.callback<Outcome.Outcome, RuntimeError.RuntimeError>((resume) => {
      const { detector, turns } = host;
      const suspect: Suspect = { task: job.task.name, jobId: job.id };
      const scheduler = new JobScheduler(suspect, turns, detector);
      const context = new JobContext(job, host, Codec.forTask(job.task, "reference"), caller.context);
      const fork = Effect.runForkWith(Context.add(caller.context, Scheduler.Scheduler, scheduler));
      const fiber = detector.nested(() => fork(bodyOf(host, job, context, scheduler, suspect)));
      fiber.addObserver((exit) => {
        context.end();
        detector.leave(suspect);
        const isInterrupted = Exit.isFailure(exit) && Exit.hasInterrupts(exit) && !Exit.hasFails(exit);
        resume(isInterrupted ? Effect.succeed(Outcome.interrupted) : exit);
      });
      return Effect.suspend(() => {
        context.cancel();
        return Fiber.interrupt(fiber);
      });
    }),
  );
