/**
 * One call through a runtime: refuse or encode, execute, decode. Counts and observes on the way.
 */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Deferred from "effect/Deferred";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Fiber from "effect/Fiber";
import * as Tracer from "effect/Tracer";

import type { Adapter } from "../Adapter.ts";
import * as Codec from "../Codec.ts";
import * as Defect from "../Defect.ts";
import * as Envelope from "../Envelope.ts";
import type { Job } from "../Job.ts";
import type { Outcome } from "../Outcome.ts";
import type { RunOptions } from "../Runtime.ts";
import * as RuntimeError from "../RuntimeError.ts";
import type { Stats } from "../Stats.ts";
import * as Task from "../Task.ts";
import type { Unit } from "../TaskContext.ts";
import { type Counts, Life, type OnStatus } from "./life.ts";

export interface Engine {
  readonly adapter: Adapter;
  readonly active: Set<Fiber.Fiber<unknown, unknown>>;
  readonly counts: Counts;
  nextId: number;
  closed: boolean;
  /** Waits for the last active call while the engine closes. */
  onIdle: (() => void) | undefined;
}

export interface Call {
  readonly task: Task.Any;
  readonly input: unknown;
  readonly mode: Task.Mode;
  readonly options: RunOptions | undefined;
  readonly onChunk?: (values: ReadonlyArray<unknown>) => Effect.Effect<void>;
  readonly onProgress?: (value: unknown) => Effect.Effect<void>;
  readonly onStatus?: OnStatus;
}

export const make = (adapter: Adapter): Engine => ({
  adapter,
  active: new Set(),
  counts: { queued: 0, running: 0, succeeded: 0, failed: 0, interrupted: 0 },
  nextId: 0,
  closed: false,
  onIdle: undefined,
});

export const snapshot = ({ adapter, counts }: Engine): Stats => ({
  ...counts,
  workers: adapter.workers?.() ?? [],
});

const describe = (u: unknown): string => (u === null ? "null" : Array.isArray(u) ? "an array" : typeof u);

// Duration takes NaN for zero.
const isDuration = (input: Duration.Input): boolean => {
  const duration = Duration.fromInput(input);
  return duration._tag === "Some" && !Number.isNaN(input) && Duration.toMillis(duration.value) >= 0;
};

/** What can be said against a call before anything is started. */
const refusal = (engine: Engine, call: Call): RuntimeError.Reason | undefined => {
  const { capabilities } = engine.adapter;
  if (!Task.isTask(call.task)) {
    return new RuntimeError.TaskNotFound({
      module: null,
      detail: `expected a Task, got ${describe(call.task)}: pass the task itself, not the result of calling something`,
    });
  }
  if (engine.closed) return new RuntimeError.ShuttingDown({});
  if (capabilities.isolation !== "none" && call.task.module === undefined)
    return new RuntimeError.TaskNotPortable({});
  if ((call.options?.transfer?.length ?? 0) > 0 && !capabilities.transfer) {
    return new RuntimeError.Unsupported({ capability: "transfer" });
  }
  if (call.options?.timeout !== undefined && !isDuration(call.options.timeout)) {
    const detail = `expected a duration such as 500 or "2 seconds", got ${JSON.stringify(call.options.timeout)}`;
    return new RuntimeError.InvalidOptions({ option: "timeout", detail });
  }
  if (call.mode === "stream" && !capabilities.streaming)
    return new RuntimeError.Unsupported({ capability: "streaming" });
  return undefined;
};

export const nameOf = (task: unknown): string => (Task.isTask(task) ? task.name : describe(task));

const runtimeError = (
  engine: Engine,
  task: unknown,
  reason: RuntimeError.Reason,
): RuntimeError.RuntimeError =>
  new RuntimeError.RuntimeError({ runtime: engine.adapter.name, task: nameOf(task), reason });

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const decoded = (
  engine: Engine,
  call: Call,
  where: "output" | "error",
  decode: () => unknown,
): Effect.Effect<unknown, RuntimeError.RuntimeError> =>
  Effect.try({
    try: decode,
    catch: (cause) =>
      runtimeError(
        engine,
        call.task,
        new RuntimeError.InvalidOutput({ where, detail: messageOf(cause), cause }),
      ),
  });

const settle = (
  engine: Engine,
  call: Call,
  codec: Codec.TaskCodec,
  outcome: Outcome,
): Effect.Effect<unknown, unknown> => {
  switch (outcome._tag) {
    case "Success":
      return call.mode === "stream" || call.task.output === undefined
        ? Effect.succeed(outcome.value)
        : decoded(engine, call, "output", () => codec.decodeOutput(outcome.value));
    case "Failure":
      return Effect.flatMap(
        decoded(engine, call, "error", () => codec.decodeError(outcome.error)),
        Effect.fail,
      );
    case "Defect":
      return Effect.die(Defect.toUnknown(outcome.defect));
    case "Interrupted":
      return Effect.interrupt;
  }
};

// A body that holds the event loop keeps the timer from firing: what it gives too late is a timeout all the same.
const withTimeout = (
  engine: Engine,
  call: Call,
  timeout: Duration.Input,
  body: (started: () => void) => Effect.Effect<unknown, unknown>,
): Effect.Effect<unknown, unknown> =>
  Clock.clockWith((clock) => {
    const timeoutMillis = Duration.toMillis(timeout);
    const started = Deferred.makeUnsafe<void>();
    let startedAt = Number.POSITIVE_INFINITY;
    const expired = Effect.suspend(() =>
      Effect.fail(runtimeError(engine, call.task, new RuntimeError.TaskTimeout({ timeoutMillis }))),
    );
    const inTime = body(() => {
      startedAt = clock.currentTimeMillisUnsafe();
      Deferred.doneUnsafe(started, Effect.void);
    }).pipe(
      Effect.flatMap((value) =>
        clock.currentTimeMillisUnsafe() - startedAt > timeoutMillis ? expired : Effect.succeed(value),
      ),
    );
    const fuse = Deferred.await(started).pipe(Effect.andThen(Effect.sleep(timeout)), Effect.andThen(expired));
    return Effect.raceFirst(inTime, fuse);
  });

const emitter = (call: Call, codec: Codec.TaskCodec, context: Context.Context<never>): Job["emit"] => {
  return (event) => {
    switch (event._tag) {
      case "Chunk":
        return call.onChunk === undefined
          ? Effect.void
          : Effect.suspend(() =>
              call.onChunk!(call.task.output ? event.values.map(codec.decodeOutput) : event.values),
            );
      case "Progress":
        return call.onProgress === undefined
          ? Effect.void
          : Effect.suspend(() => call.onProgress!(codec.decodeProgress(event.value)));
      case "Log":
        return Effect.provideContext(Effect.log(...event.message), context);
      case "Span":
        return Effect.void;
    }
  };
};

const executeAccepted = (
  engine: Engine,
  call: Call,
  codec: Codec.TaskCodec,
  input: unknown,
  fiber: Fiber.Fiber<unknown, unknown>,
): Effect.Effect<unknown, unknown> => {
  const context = fiber.context;
  const life = new Life(String(++engine.nextId), call.task.name, engine.counts, call.onStatus, context);
  const attempt = (started: (unit: Unit) => void): Effect.Effect<unknown, unknown> =>
    Effect.flatMap(
      engine.adapter.execute({
        id: life.id,
        task: call.task,
        input,
        transfer: call.options?.transfer ?? [],
        attempt: 1,
        envelope: Envelope.fromContext(context),
        mode: call.mode,
        priority: 0,
        depth: 0,
        timeoutMillis: undefined,
        nest: () => Effect.die(new Error("not yet")),
        emit: emitter(call, codec, context),
        started,
      }),
      (outcome) => settle(engine, call, codec, outcome),
    );
  const timeout = call.options?.timeout;
  const timed =
    timeout === undefined
      ? attempt((unit) => life.started(unit))
      : withTimeout(engine, call, timeout, (arm) => attempt((unit) => (life.started(unit), arm())));
  engine.active.add(fiber);
  return Effect.onExit(timed, (exit) =>
    Effect.sync(() => {
      engine.active.delete(fiber);
      life.ended(exit);
      if (engine.counts.queued + engine.counts.running === 0) engine.onIdle?.();
    }),
  );
};

const defaultTracer = Tracer.Tracer.defaultValue();

// A span costs more than a whole no-op call, so there is one only where somebody traces.
const isTraced = (context: Context.Context<never>): boolean =>
  Context.get(context, Tracer.Tracer) !== defaultTracer ||
  Context.getOrUndefined(context, Tracer.ParentSpan) !== undefined;

export const execute = (engine: Engine, call: Call): Effect.Effect<unknown, unknown> =>
  Effect.withFiber((fiber) => {
    const refused = refusal(engine, call);
    if (refused !== undefined) return Effect.fail(runtimeError(engine, call.task, refused));
    const codec = Codec.forTask(call.task, engine.adapter.capabilities.values);
    let input: unknown;
    try {
      input = codec.encodeInput(call.input);
    } catch (cause) {
      const reason = new RuntimeError.InvalidInput({ detail: messageOf(cause), cause });
      return Effect.fail(runtimeError(engine, call.task, reason));
    }
    if (!isTraced(fiber.context)) {
      return executeAccepted(engine, call, codec, input, fiber);
    }
    return Effect.withSpan(
      Effect.withFiber((inner) => executeAccepted(engine, call, codec, input, inner)),
      `run ${call.task.name}`,
      {
        kind: "producer",
        captureStackTrace: false,
        attributes: { "heddle.runtime": engine.adapter.name, "heddle.task.name": call.task.name },
      },
    );
  });

const whenIdle = (engine: Engine): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    if (engine.counts.queued + engine.counts.running === 0) return resume(Effect.void);
    engine.onIdle = () => resume(Effect.void);
    return Effect.sync(() => {
      engine.onIdle = undefined;
    });
  });

/** Refuses new calls, lets accepted ones end for a while, then cancels what is left and waits for it. */
export const close = (engine: Engine, timeout: Duration.Input): Effect.Effect<void> =>
  Effect.suspend(() => {
    engine.closed = true;
    const cancelRest = Effect.suspend(() => {
      for (const fiber of engine.active) fiber.interruptUnsafe();
      return whenIdle(engine);
    });
    return Effect.flatMap(Effect.timeoutOption(whenIdle(engine), timeout), (done) =>
      done._tag === "Some" ? Effect.void : cancelRest,
    );
  });
