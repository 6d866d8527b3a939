/**
 * Bodies that need no Effect: values, promises, generators and async iterables.
 */
import * as BodyResult from "@heddle/core/BodyResult";
import * as Timers from "@heddle/core/Timers";

import type { WorkerCall } from "./call.ts";
import { elapsedMillis } from "./clock.ts";

const turnMillis = 8;

const nextTurn = (): Promise<void> => new Promise((resolve) => void Timers.nextTurn(resolve));

// A generator gives the event loop a turn now and then, so that a cancel message is seen where no memory is shared. A
// cancelled one may go on in its `finally` blocks: it has stopped when it is done.
const stepAll = async (
  generator: Generator<unknown, unknown, unknown>,
  call: WorkerCall,
): Promise<unknown> => {
  let isReturned = false;
  let turnEndsAt = elapsedMillis() + turnMillis;
  for (let step = generator.next(); ; step = generator.next()) {
    if (call.isCancelled && !isReturned && step.done !== true) {
      isReturned = true;
      step = generator.return(undefined);
    }
    if (step.done === true) {
      if (isReturned) throw call.signal.reason;
      return step.value;
    }
    if (elapsedMillis() >= turnEndsAt) {
      await nextTurn();
      turnEndsAt = elapsedMillis() + turnMillis;
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
      // The loop may hear of it much later, with its next item; until then it must not end the worker.
      flushed.catch(() => undefined);
    } catch (thrown) {
      failure = { thrown };
    }
  };
  try {
    for await (const item of items) {
      if (failure !== undefined) throw failure.thrown;
      // Leaving the loop calls the iterator's `return`, so its finally blocks run.
      if (call.isCancelled) break;
      if (waiting.push(item) === 1) Timers.nextTurn(flush);
      if (waiting.length >= call.batchSize) flush();
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

const settle = (promise: Promise<unknown>, call: WorkerCall): void => {
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
  // Unlike a promise, any other thenable may give one.
  if (BodyResult.isPromiseLike(result)) return settle(Promise.resolve(result), call);
  if (BodyResult.isGenerator(result)) return settle(stepAll(result, call), call);
  call.succeed(result);
};
