/**
 * Brings whatever a task body returns to one shape: an Effect of its outcome. For runtimes that run bodies with
 * Effect; a worker that has not loaded Effect runs plain bodies without this module.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause";
import type * as Context from "effect/Context";
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";

import * as BodyResult from "./BodyResult.ts";
import type { TaskCodec } from "./Codec.ts";
import * as Defect from "./Defect.ts";
import * as Outcome from "./Outcome.ts";
import type * as Task from "./Task.ts";
import type { Provide } from "./TaskLayers.ts";

/**
 * What a runtime decides about running a body.
 *
 * **Details**
 *
 * `emit` takes the chunks of a stream and completes when there is room for more. `abort` is called when the body
 * is interrupted, to set the signal of its context. `pause` is yielded to between the steps of a generator.
 * `provide` gives a task its layer; without it the layer is built for each job. `services` is what the runtime itself
 * gives to bodies that return an Effect or a Stream.
 *
 * @category models
 * @since 0.1.0
 */
export interface Hooks {
  readonly codec: TaskCodec;
  readonly emit: (values: ReadonlyArray<unknown>) => Effect.Effect<void>;
  readonly abort?: (() => void) | undefined;
  readonly pause?: Effect.Effect<void> | undefined;
  readonly services?: (() => Context.Context<any>) | undefined;
  readonly provide?: Provide | undefined;
}

/**
 * What a body gave does not fit its schema or the mode of the call; adapters report it as `InvalidOutput`.
 *
 * **Details**
 *
 * An error without a schema, because workers load this module and should not load all of Schema for it.
 *
 * @category errors
 * @since 0.1.0
 */
export class Misfit extends Data.TaggedError("Misfit")<{
  readonly detail: string;
  readonly cause?: unknown;
}> {
  override get message(): string {
    return this.detail;
  }
}

const drainStream = (stream: Stream.Stream<unknown, unknown>, hooks: Hooks): Effect.Effect<void, unknown> =>
  Stream.runForEachArray(stream, (values) =>
    Effect.flatMap(
      encoded(() => values.map(hooks.codec.encodeOutput)),
      hooks.emit,
    ),
  );

// Effect's own adapter does not wait for an iterator whose `next` is pending when it is interrupted; the place is
// free only when the body has stopped.
const drainIterable = (iterable: AsyncIterable<unknown>, hooks: Hooks): Effect.Effect<void, unknown> =>
  Effect.suspend(() => {
    const iterator = iterable[Symbol.asyncIterator]();
    let pending: Promise<IteratorResult<unknown>> | undefined;
    const stop = Effect.promise(async () => {
      await pending?.catch(() => undefined);
      await iterator.return?.();
    });
    const steps = Effect.gen(function* () {
      for (;;) {
        const step = yield* Effect.promise(() => (pending = iterator.next()));
        if (step.done === true) return;
        const value = yield* encoded(() => hooks.codec.encodeOutput(step.value));
        yield* hooks.emit([value]);
      }
    });
    return Effect.onExit(steps, (exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.exit(stop)));
  });

const encoded = <A>(encode: () => A): Effect.Effect<A, Misfit> =>
  Effect.try({
    try: encode,
    catch: (cause) =>
      new Misfit({
        detail: Defect.messageOf(cause),
        cause,
      }),
  });

// What a body throws is a defect of these Effects; `outcomeOfCause` decides whether it was a typed failure.
// A finally block may itself yield: it is stepped through as the body was.
const endGenerator = (
  generator: Generator<unknown, unknown, unknown>,
  pause: Effect.Effect<void>,
): Effect.Effect<void> =>
  Effect.gen(function* () {
    let step = yield* Effect.sync(() => generator.return(undefined));
    while (step.done !== true) {
      yield* pause;
      step = yield* Effect.sync(() => generator.next());
    }
  });

const stepGenerator = (
  generator: Generator<unknown, unknown, unknown>,
  pause: Effect.Effect<void>,
): Effect.Effect<unknown> =>
  Effect.gen(function* () {
    for (;;) {
      const step = yield* Effect.sync(() => generator.next());
      if (step.done === true) return step.value;
      yield* pause;
    }
  }).pipe(Effect.onInterrupt(() => endGenerator(generator, pause)));

const wrongMode = (mode: Task.Mode): Effect.Effect<never, Misfit> =>
  Effect.fail(new Misfit({ detail: BodyResult.wrongMode(mode) }));

const abort = (hooks: Hooks): Effect.Effect<void> => Effect.sync(() => hooks.abort?.());

// The signal aborts before the body is interrupted: finalizers may wait for what only the signal can end, as the
// `return` of an async generator waits for its pending `next`.
const abortFirst = (body: Effect.Effect<unknown, unknown>, hooks: Hooks): Effect.Effect<unknown, unknown> =>
  hooks.abort === undefined
    ? body
    : Effect.flatMap(Effect.forkChild(body, { startImmediately: true }), (fiber) =>
        Effect.onInterrupt(Fiber.join(fiber), () => Effect.andThen(abort(hooks), Fiber.interrupt(fiber))),
      );

const withServices = (
  body: Effect.Effect<unknown, unknown>,
  { services }: Hooks,
): Effect.Effect<unknown, unknown> =>
  services === undefined ? body : Effect.provideContext(body, services());

/**
 * Goes on with what a body returned, for adapters that call bodies themselves. {@link run} makes an outcome of it.
 *
 * **Errors**
 *
 * `Misfit` when it does not fit its schema or the mode of the call; else what the body fails with.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromResult = (
  result: unknown,
  mode: Task.Mode,
  hooks: Hooks,
): Effect.Effect<unknown, unknown> => {
  const kind = BodyResult.kindOf(result);
  const isMany = kind === "stream" || kind === "iterable";
  if (isMany !== (mode === "stream")) return wrongMode(mode);
  switch (kind) {
    case "stream":
      return abortFirst(
        withServices(drainStream(result as Stream.Stream<unknown, unknown>, hooks), hooks),
        hooks,
      );
    case "iterable":
      return abortFirst(drainIterable(result as AsyncIterable<unknown>, hooks), hooks);
    case "effect":
      return abortFirst(withServices(result as Effect.Effect<unknown, unknown>, hooks), hooks);
    case "promise":
      return settlePromise(result as PromiseLike<unknown>, hooks);
    case "generator": {
      const steps = result as Generator<unknown, unknown, unknown>;
      return abortFirst(stepGenerator(steps, hooks.pause ?? Effect.yieldNow), hooks);
    }
    case "value":
      return Effect.succeed(result);
  }
};

// An interrupted promise is told by its signal, and waited for: the place is free only when the body has stopped.
const settlePromise = (promise: PromiseLike<unknown>, hooks: Hooks): Effect.Effect<unknown, unknown> => {
  const settled = Effect.promise(() => Promise.resolve(promise));
  return Effect.onInterrupt(settled, () => Effect.andThen(abort(hooks), Effect.exit(settled)));
};

/**
 * The outcome of a body's cause of failure: typed if the task's `error` schema describes it, else a defect.
 *
 * @category conversions
 * @since 0.1.0
 */
export const outcomeOfCause = (
  cause: Cause.Cause<unknown>,
  task: Task.Any,
  codec: TaskCodec,
): Outcome.Outcome => {
  if (Cause.hasInterruptsOnly(cause)) return Outcome.interrupted;
  const thrown = Cause.squash(cause);
  const typed = codec.asFailure(thrown);
  if (typed !== undefined) return Outcome.failure(typed.error);
  // Without an error schema an Effect body of untyped code may still fail: by reference that failure is kept as it is.
  const failed = Cause.findErrorOption(cause);
  if (
    failed._tag === "Some" &&
    task.error === undefined &&
    failed.value === thrown &&
    !(thrown instanceof Error)
  ) {
    return Outcome.failure(thrown);
  }
  return Outcome.defect(Defect.fromUnknown(thrown));
};

/**
 * Runs what a body returned to its outcome, with the task's own layer if it has one.
 *
 * **Cancellation**
 *
 * Interruption interrupts an Effect or Stream body, returns a generator, and aborts the signal of a promise body;
 * it completes when the body has stopped.
 *
 * **Errors**
 *
 * `Misfit` when what the body gave does not fit its schema or the mode of the call.
 *
 * @category constructors
 * @since 0.1.0
 */
export const run = (
  task: Task.Any,
  mode: Task.Mode,
  start: () => unknown,
  hooks: Hooks,
): Effect.Effect<Outcome.Outcome, Misfit> => {
  const body = Effect.suspend(() => fromResult(start(), mode, hooks));
  const provide: Provide = hooks.provide ?? ((inner, layer) => Effect.provide(inner, layer));
  return Effect.matchCauseEffect(task.layer === undefined ? body : provide(body, task.layer), {
    onSuccess: (value) =>
      mode === "stream"
        ? Effect.succeed(Outcome.success(undefined))
        : Effect.map(
            encoded(() => hooks.codec.encodeOutput(value)),
            Outcome.success,
          ),
    onFailure: (cause) => {
      if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause as Cause.Cause<never>);
      const thrown = Cause.squash(cause);
      if (thrown instanceof Misfit) return Effect.fail(thrown);
      return Effect.sync(() => outcomeOfCause(cause, task, hooks.codec));
    },
  });
};
