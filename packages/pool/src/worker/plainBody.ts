/**
 * Bodies that need no Effect: values, promises, generators and async iterables.
 */
import * as BodyResult from "@heddle/core/BodyResult";

import type { WorkerCall } from "./call.ts";

const turnMillis = 8;
const chunkSize = 64;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// A generator gives the event loop a turn now and then, so that a cancel message is seen where no memory is shared.
const stepAll = async (
  generator: Generator<unknown, unknown, unknown>,
  call: WorkerCall,
): Promise<unknown> => {
  let turnEndsAt = performance.now() + turnMillis;
  for (let step = generator.next(); ; step = generator.next()) {
    if (step.done === true) return step.value;
    if (call.isCancelled) {
      generator.return(undefined);
      throw call.signal.reason;
    }
    if (performance.now() >= turnEndsAt) {
      await nextTurn();
      turnEndsAt = performance.now() + turnMillis;
    }
  }
};

// Items that are ready in the same turn travel together, so that a fast producer does not pay a message per item.
const drain = async (items: AsyncIterable<unknown>, call: WorkerCall): Promise<void> => {
  let waiting: Array<unknown> = [];
  let flushed: Promise<void> = Promise.resolve();
  let failure: { readonly thrown: unknown } | undefined;
  const flush = (): void => {
    if (waiting.length === 0 || failure !== undefined) return;
    const values = waiting;
    waiting = [];
    try {
      flushed = call.chunk(call.codec === undefined ? values : values.map(call.codec.encodeOutput));
    } catch (thrown) {
      failure = { thrown };
    }
  };
  try {
    for await (const item of items) {
      if (failure !== undefined) throw failure.thrown;
      // Leaving the loop calls the iterator's `return`, so its finally blocks run.
      if (call.isCancelled) break;
      if (waiting.push(item) === 1) setImmediate(flush);
      if (waiting.length >= chunkSize) flush();
      await flushed;
    }
  } finally {
    // What came before a failure arrives before it.
    flush();
    await flushed;
  }
  if (failure !== undefined) throw failure.thrown;
  if (call.isCancelled) throw call.signal.reason;
};

const wrongMode = (call: WorkerCall): void =>
  call.refuse({ _tag: "InvalidOutput", where: "output", detail: BodyResult.wrongMode(call.mode) });

const settle = (promise: PromiseLike<unknown>, call: WorkerCall): void => {
  promise.then(
    (value) => call.succeed(value),
    (thrown: unknown) => call.fail(thrown),
  );
};

/** Brings what a body returned to the call's end. */
export const finish = (result: unknown, call: WorkerCall): void => {
  if (BodyResult.isAsyncIterable(result)) {
    return call.mode === "value" ? wrongMode(call) : settle(drain(result, call), call);
  }
  if (call.mode === "stream") return wrongMode(call);
  if (BodyResult.isPromiseLike(result)) return settle(result, call);
  if (BodyResult.isGenerator(result)) return settle(stepAll(result, call), call);
  call.succeed(result);
};
