/**
 * The reference adapter: the smallest honest implementation of the contract, for tests and as an example.
 *
 * Bodies run on the caller's loop, values are copied by structured clone as a worker would, and time is Effect's
 * clock, so tests can make it virtual.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";

import type { Adapter } from "../Adapter.ts";
import * as Body from "../Body.ts";
import * as Cloneable from "../Cloneable.ts";
import * as Codec from "../Codec.ts";
import * as Envelope from "../Envelope.ts";
import type { Job } from "../Job.ts";
import * as Nested from "../Nested.ts";
import type { Outcome } from "../Outcome.ts";
import * as Promised from "../Promised.ts";
import * as Runtime from "../Runtime.ts";
import * as RuntimeError from "../RuntimeError.ts";
import type { TaskContext } from "../TaskContext.ts";

const unit = { runtime: "test", lane: "test/0", pid: process.pid, threadId: 0 };

const refuse = (job: Job, reason: RuntimeError.Reason): RuntimeError.RuntimeError =>
  new RuntimeError.RuntimeError({ runtime: "test", task: job.task.name, reason });

const copy = (
  job: Job,
  where: "input" | "output",
  value: unknown,
): Effect.Effect<unknown, RuntimeError.RuntimeError> =>
  Effect.try({
    try: () => structuredClone(value),
    catch: (cause) => {
      const path = Cloneable.findUncloneable(value, where) ?? where;
      return refuse(job, new RuntimeError.NotSerializable({ where, path, cause }));
    },
  });

const contextOf = (
  job: Job,
  codec: Codec.TaskCodec,
  controller: AbortController,
  nested: Runtime.Service,
  run: (effect: Effect.Effect<void>) => void,
): TaskContext<unknown> => ({
  id: job.id,
  attempt: job.attempt,
  unit,
  signal: controller.signal,
  isCancelled: () => controller.signal.aborted,
  throwIfCancelled: () => controller.signal.throwIfAborted(),
  deadlineEpochMillis: Envelope.deadline(job, Date.now()),
  transfer: () => undefined,
  run: Promised.fromService(nested).run,
  progress: (value) => run(job.emit({ _tag: "Progress", value: codec.encodeProgress(value) })),
  log: (...message) => run(job.emit({ _tag: "Log", message })),
});

const execute = Effect.fnUntraced(function* (job: Job): Effect.fn.Return<Outcome, RuntimeError.RuntimeError> {
  const codec = Codec.forTask(job.task, "structured-clone");
  const cloned = yield* copy(job, "input", job.input);
  const input = yield* Effect.try({
    try: () => codec.decodeInput(cloned),
    catch: (cause) => refuse(job, new RuntimeError.InvalidInput({ detail: String(cause), cause })),
  });
  const controller = new AbortController();
  const nested = Nested.make(adapter, job);
  const fork = Effect.runForkWith(yield* Effect.context());
  job.started(unit);
  const outcome = yield* Body.run(
    job.task,
    job.mode,
    () =>
      job.task.body(
        input,
        contextOf(job, codec, controller, nested, (effect) => void fork(effect)),
      ),
    {
      codec,
      emit: (values) => job.emit({ _tag: "Chunk", values }),
      abort: () => controller.abort(),
      services: () => Context.make(Runtime.Runtime, nested),
    },
  ).pipe(
    Effect.mapError(({ cause, detail }) =>
      refuse(job, new RuntimeError.InvalidOutput({ where: "output", detail, cause })),
    ),
  );
  if (outcome._tag !== "Success") return outcome;
  return { _tag: "Success", value: yield* copy(job, "output", outcome.value) };
});

/**
 * The adapter itself.
 *
 * @category constructors
 * @since 0.1.0
 */
export const adapter: Adapter = {
  name: "test",
  capabilities: {
    isolation: "none",
    parallelism: 1,
    values: "structured-clone",
    transfer: false,
    sharedMemory: false,
    forceKill: false,
    streaming: true,
    elastic: false,
    durability: false,
    delivery: "at-most-once",
  },
  execute,
};

/**
 * Provides the reference runtime.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Runtime.Runtime> = Runtime.layer(Effect.succeed(adapter));
