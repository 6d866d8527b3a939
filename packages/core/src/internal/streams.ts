/**
 * The calls that give streams, and streams as async iterables.
 */
import * as Cause from "effect/Cause";
import type * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import * as Stream from "effect/Stream";

import type { Inputs, MapOptions } from "../Runtime.ts";
import type * as Task from "../Task.ts";
import * as Aborts from "./aborts.ts";
import type { Engine } from "./engine.ts";
import type { Request } from "./fiberCall.ts";
import { rejection } from "./promisedCall.ts";

const chunkBuffer = 16;

const toStream = <In, E>(inputs: Inputs<In, E>): Stream.Stream<In, E> => {
  if (Stream.isStream(inputs)) return inputs;
  if (Symbol.asyncIterator in inputs) {
    return Stream.fromAsyncIterable(inputs, (cause) => cause).pipe(Stream.orDie);
  }
  // Chunks would run ahead of the consumer.
  return Stream.fromIterable(inputs as Iterable<In>, { chunkSize: 1 });
};

export const mapAll = (
  engine: Engine,
  task: Task.Any,
  inputs: Inputs<any, any>,
  options: MapOptions = {},
): Stream.Stream<any, any> => {
  const { concurrency, ordered, ...each } = options;
  const request = { task, mode: "value", options: each } as const;
  return Stream.mapEffect(toStream(inputs), (input) => engine.execute({ ...request, input }), {
    concurrency: concurrency ?? Math.max(16, engine.adapter.capabilities.parallelism * 2),
    unordered: ordered === false,
  });
};

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
