/**
 * The form of a call that outlives one `run`: its handle.
 */
import type * as Cause from "effect/Cause";
import type * as Context from "effect/Context";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Queue from "effect/Queue";
import type * as Scope from "effect/Scope";
import type * as Stream from "effect/Stream";

import type { Handle, Status } from "../Runtime.ts";
import type { Engine } from "./engine.ts";
import type { Request } from "./fiberCall.ts";
import * as Late from "./late.ts";
import { nameOf } from "./refusal.ts";

const progressKept = 16;

export class JobHandle implements Handle<unknown, unknown, unknown> {
  readonly runtime: string;
  readonly task: string;
  readonly await: Effect.Effect<unknown, unknown>;
  readonly cancel: Effect.Effect<void>;
  readonly status: Effect.Effect<Status>;
  /** Completes when the runtime has room for the job, or when the job ended before. */
  readonly accepted: Effect.Effect<void>;
  readonly fiber: Fiber.Fiber<unknown, unknown>;
  id = "?";
  private current: Status = "queued";
  private readonly reported: Queue.Dequeue<unknown, Cause.Done>;

  constructor(engine: Engine, request: Request, context: Context.Context<never>) {
    const progress = Effect.runSync(Queue.sliding<unknown, Cause.Done>(progressKept));
    const accepted = Deferred.makeUnsafe<void>();
    const accept = (): void => void Deferred.doneUnsafe(accepted, Effect.void);
    const running = engine.execute({
      ...request,
      onProgress: (value) => Effect.asVoid(Queue.offer(progress, value)),
      onStatus: (id, status) => {
        this.id = id;
        this.current = status;
      },
      onAccepted: accept,
    });
    this.runtime = engine.adapter.name;
    this.task = nameOf(request.task);
    const ended = Effect.andThen(Effect.sync(accept), Queue.end(progress));
    this.fiber = Effect.runForkWith(context)(Effect.onExit(running, () => ended));
    this.await = Fiber.join(this.fiber);
    this.cancel = Fiber.interrupt(this.fiber);
    this.reported = progress;
    this.status = Effect.sync(() => this.current);
    this.accepted = Deferred.await(accepted);
  }

  get progress(): Stream.Stream<unknown> {
    return Late.parts().Streams.ofQueue(this.reported);
  }

  toString(): string {
    return `<Job #${this.id} ${this.task} on ${this.runtime}, ${this.current}>`;
  }
}

export const submit = (engine: Engine, request: Request): Effect.Effect<JobHandle, never, Scope.Scope> =>
  Effect.withFiber((fiber) => {
    const start = Effect.sync(
      () => new JobHandle(engine, { ...request, options: undetached(request) }, fiber.context),
    );
    const handle =
      request.options?.detached === true ? start : Effect.acquireRelease(start, ({ cancel }) => cancel);
    return Effect.tap(handle, ({ accepted }) => accepted);
  });

// A handle of a detached job is not bound to a scope, but its `cancel` still cancels the job.
export const undetached = ({ options }: Request): Request["options"] =>
  options?.detached === true ? { ...options, detached: false } : options;
