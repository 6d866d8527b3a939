/**
 * The two forms of a call that outlive one `run`: handles and streams.
 */
import type * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Queue from "effect/Queue";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";

import type { Handle, Status } from "../Runtime.ts";
import * as Engine from "./engine.ts";

const progressKept = 16;
const chunkBuffer = 16;

class JobHandle implements Handle<unknown, unknown, unknown> {
  readonly runtime: string;
  readonly task: string;
  readonly await: Effect.Effect<unknown, unknown>;
  readonly cancel: Effect.Effect<void>;
  readonly progress: Stream.Stream<unknown>;
  readonly status: Effect.Effect<Status>;
  id = "?";
  current: Status = "queued";

  constructor(
    runtime: string,
    task: string,
    fiber: () => Fiber.Fiber<unknown, unknown>,
    progress: Stream.Stream<unknown>,
  ) {
    this.runtime = runtime;
    this.task = task;
    this.await = Effect.suspend(() => Fiber.join(fiber()));
    this.cancel = Effect.suspend(() => Fiber.interrupt(fiber()));
    this.progress = progress;
    this.status = Effect.sync(() => this.current);
  }

  toString(): string {
    return `<Job #${this.id} ${this.task} on ${this.runtime}, ${this.current}>`;
  }
}

export const submit = Effect.fnUntraced(function* (
  engine: Engine.Engine,
  call: Engine.Call,
): Effect.fn.Return<Handle<unknown, unknown, unknown>, never, Scope.Scope> {
  const progress = yield* Queue.sliding<unknown, Cause.Done>(progressKept);
  const handle: JobHandle = new JobHandle(
    engine.adapter.name,
    Engine.nameOf(call.task),
    () => fiber,
    Stream.fromQueue(progress),
  );
  const running = Engine.execute(engine, {
    ...call,
    onProgress: (value) => Effect.asVoid(Queue.offer(progress, value)),
    onStatus: (id, status) => {
      handle.id = id;
      handle.current = status;
    },
  });
  const fiber: Fiber.Fiber<unknown, unknown> = yield* Effect.forkScoped(
    Effect.onExit(running, () => Queue.end(progress)),
    { startImmediately: true },
  );
  return handle;
});

export const stream = (engine: Engine.Engine, call: Engine.Call): Stream.Stream<unknown, unknown> =>
  Stream.callback<unknown, unknown>(
    (queue) =>
      Effect.matchCauseEffect(
        Engine.execute(engine, {
          ...call,
          onChunk: (values) => Effect.asVoid(Queue.offerAll(queue, values)),
        }),
        { onFailure: (cause) => Queue.failCause(queue, cause), onSuccess: () => Queue.end(queue) },
      ),
    { bufferSize: chunkBuffer },
  );
