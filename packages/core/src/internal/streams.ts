/**
 * The calls that give streams, and streams as async iterables.
 */
import * as Cause from "effect/Cause";
import type * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Pull from "effect/Pull";
import * as Queue from "effect/Queue";
import * as Stream from "effect/Stream";

import type { Inputs, MapOptions } from "../Runtime.ts";
import type * as Task from "../Task.ts";
import * as Aborts from "./aborts.ts";
import { Caller } from "./caller.ts";
import type { Engine } from "./engine.ts";
import type { Request } from "./fiberCall.ts";
import * as MapStream from "./mapStream.ts";
import * as MapTerms from "./mapTerms.ts";
import { rejection } from "./promisedCall.ts";

const chunkBuffer = 16;

/** One iteration, which is closed unless it has ended by itself. */
class Iteration<In> {
  private iterator: Iterator<In> | undefined;

  constructor(inputs: Iterable<In>) {
    this.iterator = inputs[Symbol.iterator]();
  }

  // One at a time: chunks would run ahead of the consumer.
  readonly pull: Pull.Pull<readonly [In]> = Effect.suspend(() => {
    const { iterator } = this;
    this.iterator = undefined;
    const step = iterator?.next();
    if (step === undefined || step.done === true) return Cause.done();
    this.iterator = iterator;
    return Effect.succeed([step.value] as const);
  });

  readonly close: Effect.Effect<void> = Effect.sync(() => void this.iterator?.return?.());
}

const fromIterable = <In>(inputs: Iterable<In>): Stream.Stream<In> =>
  Stream.unwrap(
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => new Iteration(inputs)),
        ({ close }) => close,
      ),
      ({ pull }) => Stream.fromPull(Effect.succeed(pull)),
    ),
  );

const toStream = <In, E>(inputs: Inputs<In, E>): Stream.Stream<In, E> => {
  if (Stream.isStream(inputs)) return inputs;
  return Symbol.asyncIterator in inputs
    ? Stream.fromAsyncIterable(inputs, (cause) => cause).pipe(Stream.orDie)
    : fromIterable(inputs as Iterable<In>);
};

const mapOneByOne = (
  engine: Engine,
  task: Task.Any,
  inputs: Inputs<any, any>,
  options: MapOptions = {},
): Stream.Stream<any, any> => {
  const { chunk: _, concurrency, ordered, ...each } = options;
  const request = { task, mode: "value", options: each } as const;
  return Stream.mapEffect(toStream(inputs), (input) => engine.execute({ ...request, input }), {
    concurrency: concurrency ?? Math.max(16, engine.adapter.capabilities.parallelism * 2),
    unordered: ordered === false,
  });
};

export const mapAll = (
  engine: Engine,
  task: Task.Any,
  inputs: Inputs<any, any>,
  options: MapOptions | undefined,
): Stream.Stream<any, any> =>
  Stream.unwrap(
    Effect.withFiber((fiber) => {
      const refused = MapTerms.refusalOf(engine, task, options);
      if (refused !== undefined) return Effect.fail(refused);
      const caller = new Caller(engine, fiber.context);
      const terms = MapTerms.of(caller, task, inputs, options);
      return Effect.succeed(
        terms === undefined ? mapOneByOne(engine, task, inputs, options) : MapStream.make(caller, terms),
      );
    }),
  );

export const stream = (engine: Engine, request: Request): Stream.Stream<unknown, unknown> =>
  Stream.callback<unknown, unknown>(
    (queue) =>
      Effect.matchCauseEffect(
        engine.execute({
          ...request,
          onChunk: (values) => Effect.asVoid(Queue.offerAll(queue, values)),
        }),
        { onFailure: (cause) => Queue.failCause(queue, cause), onSuccess: () => Queue.end(queue) },
      ),
    { bufferSize: chunkBuffer },
  );

/** What is offered to a queue until it ends. */
export const ofQueue = (queue: Queue.Dequeue<unknown, Cause.Done>): Stream.Stream<unknown> =>
  Stream.fromQueue(queue);

/** Of what is interrupted because the signal aborted, the signal's reason is told. */
export const toIterable = <A>(
  elements: Stream.Stream<A, unknown>,
  signal: AbortSignal | undefined,
  context: Context.Context<never>,
): AsyncIterable<A> => {
  const stopped =
    signal === undefined ? elements : Stream.interruptWhen(elements, Aborts.failOnAbort(signal));
  const told = Stream.catchCause(stopped, (cause) =>
    Cause.hasInterruptsOnly(cause) ? Stream.fail(rejection(cause, signal)) : Stream.failCause(cause),
  );
  return Stream.toAsyncIterableWith(told, context);
};
