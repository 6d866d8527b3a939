/**
 * Bodies that return an Effect or a Stream. Loaded only when a worker meets the first one.
 */
import * as Body from "@heddle/core/Body";
import type { TaskCodec } from "@heddle/core/Codec";
import * as Outcome from "@heddle/core/Outcome";
import type * as Task from "@heddle/core/Task";
import * as TaskLayers from "@heddle/core/TaskLayers";
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Scope from "effect/Scope";

import * as BodyContext from "./bodyContext.ts";
import type { WorkerCall } from "./call.ts";

const scope = Scope.makeUnsafe();

const same = (value: unknown): unknown => value;
const identity: TaskCodec = {
  encodeInput: same,
  decodeInput: same,
  encodeOutput: same,
  decodeOutput: same,
  encodeProgress: same,
  decodeProgress: same,
  decodeError: same,
  asFailure: () => undefined,
};

const provide = TaskLayers.make(scope, Context.empty());

/** Runs the Effect or Stream that a body returned to the call's end. */
export const finish = (result: unknown, task: Task.Any, call: WorkerCall): void => {
  const body = Body.run(task, call.mode, () => result, {
    codec: call.codec ?? identity,
    emit: (values) => Effect.promise(() => call.chunk(values)),
    provide,
  });
  const fiber = Effect.runForkWith(BodyContext.make(call))(body);
  call.interrupt = () => fiber.interruptUnsafe();
  if (call.isCancelled) fiber.interruptUnsafe();
  fiber.addObserver((exit) => {
    if (Exit.isSuccess(exit)) return call.end(exit.value);
    const error = Cause.findErrorOption(exit.cause);
    if (error._tag === "None") return call.end(Outcome.interrupted);
    call.refuse({ _tag: "InvalidOutput", where: "output", detail: error.value.detail });
  });
};

/** Releases the layers of all tasks that ran here. */
export const release = (): Promise<void> => Effect.runPromise(Scope.close(scope, Exit.void));
