/**
 * What all calls of a runtime share, and one call from the outside: refuse or encode, execute, decode.
 */
import * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Tracer from "effect/Tracer";

import type { Adapter, Begun, OnEnd } from "../Adapter.ts";
import * as Codec from "../Codec.ts";
import * as Defect from "../Defect.ts";
import * as Envelope from "../Envelope.ts";
import type { Job } from "../Job.ts";
import * as Options from "../Options.ts";
import type { Outcome } from "../Outcome.ts";
import type { RunOptions } from "../Runtime.ts";
import * as RuntimeError from "../RuntimeError.ts";
import type { Stats } from "../Stats.ts";
import type * as Task from "../Task.ts";
import { ActiveCall, fromCallback, type Spec } from "./activeCall.ts";
import { Emissions, type Takers } from "./emit.ts";
import { Entrance, type Room } from "./entrance.ts";
import type { Counts, OnStatus } from "./life.ts";
import { nameOf, refusal } from "./refusal.ts";

export interface Request extends Takers {
  readonly task: Task.Any;
  readonly input: unknown;
  readonly mode: Task.Mode;
  readonly options: RunOptions | undefined;
  readonly onStatus?: OnStatus | undefined;
  readonly onAccepted?: (() => void) | undefined;
}

export class Engine {
  readonly adapter: Adapter;
  readonly entrance: Entrance;
  /** The runtime within a body, which has another one carry out its calls. */
  readonly isNested: boolean;
  readonly active = new Set<ActiveCall>();
  readonly counts: Counts = { queued: 0, running: 0, succeeded: 0, failed: 0, interrupted: 0 };
  nextId = 0;
  private isClosed = false;
  private readonly onIdle = new Set<() => void>();

  constructor(adapter: Adapter, room: Room, isNested = false) {
    this.adapter = adapter;
    this.isNested = isNested;
    this.entrance = new Entrance(room);
  }

  snapshot(): Stats {
    return { ...this.counts, waiting: this.entrance.waitingCount, workers: this.adapter.workers?.() ?? [] };
  }

  /** Starts one attempt on the adapter. */
  begin(job: Job, onEnd: OnEnd, context: Context.Context<never>): Begun {
    if (this.adapter.begin !== undefined) return this.adapter.begin(job, onEnd);
    const fiber = Effect.runForkWith(context)(this.adapter.execute(job));
    fiber.addObserver(onEnd);
    return { cancel: () => fiber.interruptUnsafe() };
  }

  /** A call from the outside that uses no fiber of its own: the end may come before this returns. */
  call(
    request: Request,
    context: Context.Context<never>,
    onEnd: (exit: Exit.Exit<unknown, unknown>) => void,
  ): Pick<ActiveCall, "cancel"> {
    const spec = this.specOf(request, context);
    if (spec instanceof RuntimeError.RuntimeError) {
      onEnd(Exit.fail(spec));
      return { cancel: () => undefined };
    }
    const call = new ActiveCall(this, spec, context, onEnd);
    call.begin();
    return call;
  }

  /** The same as an Effect of the caller's fiber, within a span if somebody traces. */
  execute(request: Request): Effect.Effect<unknown, unknown> {
    const inContext = Effect.withFiber((fiber) => {
      const spec = this.specOf(request, fiber.context);
      if (spec instanceof RuntimeError.RuntimeError) return Effect.fail(spec);
      return fromCallback(
        (onEnd) => new ActiveCall(this, spec, fiber.context, onEnd),
        request.options?.detached,
      );
    });
    return Effect.withFiber((fiber) => {
      if (!isTraced(fiber.context)) return inContext;
      const name = nameOf(request.task);
      return Effect.withSpan(inContext, `run ${name}`, {
        kind: "producer",
        captureStackTrace: false,
        attributes: { "heddle.runtime": this.adapter.name, "heddle.task.name": name },
      });
    });
  }

  /** From now on calls from the outside are refused; completes when no accepted one is left. */
  readonly drain: Effect.Effect<void> = Effect.suspend(() => {
    this.isClosed = true;
    return this.idle;
  });

  /** Lets accepted calls end for a while, then cancels what is left and waits for it. */
  close(timeout: Duration.Input): Effect.Effect<void> {
    const cancelRest = Effect.suspend(() => {
      for (const call of this.active) call.cancel();
      return this.idle;
    });
    return Effect.flatMap(Effect.timeoutOption(this.drain, timeout), (done) =>
      done._tag === "Some" ? Effect.void : cancelRest,
    );
  }

  checkIdle(): void {
    if (this.active.size > 0) return;
    for (const resume of this.onIdle) resume();
    this.onIdle.clear();
  }

  private readonly idle: Effect.Effect<void> = Effect.callback<void>((resume) => {
    if (this.active.size === 0) return resume(Effect.void);
    const done = (): void => resume(Effect.void);
    this.onIdle.add(done);
    return Effect.sync(() => void this.onIdle.delete(done));
  });

  private specOf(request: Request, context: Context.Context<never>): Spec | RuntimeError.RuntimeError {
    const { mode, task } = request;
    const options = Options.own(request.options);
    const refused = refusal(this.adapter.capabilities, task, mode, options);
    if (refused !== undefined) return this.error(task, refused);
    if (this.isClosed) return this.error(task, new RuntimeError.ShuttingDown({}));
    const codec = Codec.forTask(task, this.adapter.capabilities.values);
    let input: unknown;
    try {
      input = codec.encodeInput(request.input);
    } catch (cause) {
      return this.error(task, new RuntimeError.InvalidInput({ detail: Defect.messageOf(cause), cause }));
    }
    const emissions = new Emissions(task, codec, request, context);
    return {
      task,
      mode,
      input,
      transfer: options?.transfer ?? [],
      priority: options?.priority ?? 0,
      depth: 0,
      timeoutMillis: millisOf(options?.timeout),
      queueTimeoutMillis: millisOf(options?.queueTimeout),
      retry: options?.retry,
      envelope: Envelope.fromContext(context),
      emit: emissions.take,
      settle: (outcome) => this.settle(request, codec, outcome),
      onEnded: () => emissions.close(),
      onStatus: request.onStatus,
      onAccepted: request.onAccepted,
    };
  }

  private settle(request: Request, codec: Codec.TaskCodec, outcome: Outcome): Exit.Exit<unknown, unknown> {
    switch (outcome._tag) {
      case "Success":
        return request.mode === "stream" || request.task.output === undefined
          ? Exit.succeed(outcome.value)
          : this.decoded(request, "output", () => codec.decodeOutput(outcome.value));
      case "Failure": {
        const error = this.decoded(request, "error", () => codec.decodeError(outcome.error));
        return Exit.isSuccess(error) ? Exit.fail(error.value) : error;
      }
      case "Defect":
        return Exit.die(Defect.toUnknown(outcome.defect));
      case "Interrupted":
        return Exit.interrupt();
    }
  }

  private decoded(
    request: Request,
    where: "output" | "error",
    decode: () => unknown,
  ): Exit.Exit<unknown, RuntimeError.RuntimeError> {
    try {
      return Exit.succeed(decode());
    } catch (cause) {
      const detail = Defect.messageOf(cause);
      return Exit.fail(this.error(request.task, new RuntimeError.InvalidOutput({ where, detail, cause })));
    }
  }

  private error(task: unknown, reason: RuntimeError.Reason): RuntimeError.RuntimeError {
    return new RuntimeError.RuntimeError({ runtime: this.adapter.name, task: nameOf(task), reason });
  }
}

// A limit that never comes is none: it has no timer, no instant, and no error that could name it.
const millisOf = (duration: Duration.Input | undefined): number | undefined => {
  const millis = duration === undefined ? Number.POSITIVE_INFINITY : Duration.toMillis(duration);
  return Number.isFinite(millis) ? millis : undefined;
};

const defaultTracer = Tracer.Tracer.defaultValue();

/** A span costs more than a whole no-op call, so there is one only where somebody traces. */
export const isTraced = (context: Context.Context<never>): boolean =>
  Context.get(context, Tracer.Tracer) !== defaultTracer ||
  Context.getOrUndefined(context, Tracer.ParentSpan) !== undefined;
