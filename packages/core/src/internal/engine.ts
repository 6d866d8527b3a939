/**
 * What all calls of a runtime share, and one call from the outside: refuse or encode, execute, decode.
 */
import type * as Context from "effect/Context";
import type * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";

import { type Adapter, awaitEnd, type Begun } from "../Adapter.ts";
import * as Defect from "../Defect.ts";
import type { NestedJob } from "../Job.ts";
import * as Options from "../Options.ts";
import type { Outcome } from "../Outcome.ts";
import type { RunOptions } from "../Runtime.ts";
import * as RuntimeError from "../RuntimeError.ts";
import type { Stats } from "../Stats.ts";
import type * as Task from "../Task.ts";
import type { ActiveCall } from "./activeCall.ts";
import { type Attempt, plainJob } from "./attempt.ts";
import { Caller } from "./caller.ts";
import type { Children } from "./children.ts";
import { Ending } from "./ending.ts";
import { Entrance, type Room } from "./entrance.ts";
import { FiberCall, type Request, type Resume } from "./fiberCall.ts";
import * as Late from "./late.ts";
import { Counts } from "./life.ts";
import { NestedCall } from "./nestedCall.ts";
import type { Admissible } from "./outsideCall.ts";
import { nameOf, refusal } from "./refusal.ts";
import { Resumptions } from "./resumptions.ts";
import { Roster } from "./roster.ts";
import * as Terms from "./terms.ts";

const notBegun: Begun = { cancel: () => undefined };

// Of the fiber that takes this step.
const contextOfFiber = (): Context.Context<never> => (Fiber.getCurrent() as Fiber.Fiber<unknown>).context;

export class Engine {
  readonly adapter: Adapter;
  readonly entrance: Entrance;
  /** The runtime within a body, which has another one carry out its calls. */
  readonly isNested: boolean;
  readonly active = new Roster<ActiveCall>();
  readonly counts = new Counts();
  /** How many short jobs of each task went together of late. */
  readonly paces = new WeakMap<Task.Any, number>();
  readonly ending = new Ending();
  readonly resumptions = new Resumptions();
  /** Bodies do not run in this program. */
  readonly isApart: boolean;
  lastNumber = 0;
  /** Most calls come from where others came from. */
  private readonly callers = new WeakMap<Context.Context<never>, Caller>();
  /** Until there is no call, so that nothing is kept for it: a look-up in the map costs more than to compare. */
  private latest: Caller | undefined;
  private isClosed = false;
  private loading: Promise<void> | undefined;
  private readonly onIdle = new Set<() => void>();

  constructor(adapter: Adapter, room: Room, isNested = false) {
    this.adapter = adapter;
    this.isNested = isNested;
    this.isApart = adapter.capabilities.isolation !== "none";
    this.entrance = new Entrance(room);
  }

  snapshot(): Stats {
    const workers = this.adapter.workers?.() ?? [];
    return { ...this.counts.snapshot(), waiting: this.entrance.waitingCount, workers };
  }

  /** Starts one attempt on the adapter, whatever that does. */
  begin(attempt: Attempt): Begun {
    try {
      const begun = this.beginUnchecked(attempt);
      if (typeof (begun as Partial<Begun> | undefined)?.cancel === "function") return begun;
      attempt.notBegun(new TypeError("the adapter's `begin` gave nothing to cancel the job by"));
    } catch (thrown) {
      attempt.notBegun(thrown);
    }
    return notBegun;
  }

  private beginUnchecked(attempt: Attempt): Begun {
    const { adapter } = this;
    if (attempt.beginMany !== undefined) return attempt.beginMany();
    if (adapter.begin !== undefined) return adapter.begin(attempt);
    const fiber = Effect.runForkWith(attempt.context)(adapter.execute(plainJob(attempt)));
    fiber.addObserver(attempt.ended.bind(attempt));
    return { cancel: () => fiber.interruptUnsafe() };
  }

  /**
   * What a call of the task has to wait for, if anything: its schemas may have to be loaded. Calls that are made meanwhile
   * wait as well, and so stay in order.
   */
  loadingFor(task: unknown): Promise<void> | undefined {
    if (this.loading === undefined && Late.hasSchema(task)) {
      this.loading = Late.load()?.finally(() => {
        this.loading = undefined;
      });
    }
    return this.loading;
  }

  /**
   * A call as an Effect of the caller's fiber, within a span if somebody traces. One step of that fiber where nothing stands in
   * the way: each more would cost as much as a part of the call itself.
   */
  execute(request: Request): Effect.Effect<unknown, unknown> {
    return Effect.callback<unknown, unknown>((resume) => {
      const loading = this.loadingFor(request.task);
      if (loading === undefined) return this.executeNow(request, resume);
      resume(
        Effect.andThen(
          Effect.promise(() => loading),
          Effect.callback<unknown, unknown>((resumeLoaded) => this.executeNow(request, resumeLoaded)),
        ),
      );
      return undefined;
    });
  }

  /** In a step of the caller's fiber. Gives what its interruption has to wait for. */
  private executeNow(request: Request, resume: Resume): Effect.Effect<void> | undefined {
    const caller = this.callerOf(contextOfFiber());
    if (!caller.isTraced) return this.await(request, caller, resume);
    const name = nameOf(request.task);
    const inSpan = Effect.callback<unknown, unknown>((resumeTraced) =>
      this.await(request, new Caller(this, contextOfFiber()), resumeTraced),
    );
    resume(
      Effect.withSpan(inSpan, `run ${name}`, {
        kind: "producer",
        captureStackTrace: false,
        attributes: { "heddle.runtime": this.adapter.name, "heddle.task.name": name },
      }),
    );
    return undefined;
  }

  /** A call that a body makes, as an Effect of whoever carries it to here. */
  nest(
    above: ActiveCall,
    siblings: Children,
    job: NestedJob,
  ): Effect.Effect<Outcome, RuntimeError.RuntimeError> {
    const { deadlineEpochMillis } = above;
    const envelope = { ...job.envelope, deadlineEpochMillis };
    return awaitEnd((onEnd) => {
      const call = new NestedCall(above, siblings, job, envelope, onEnd);
      siblings.add(call);
      call.begin();
      return call;
    });
  }

  /** Refuses what is wrong, and encodes the input. */
  admit(
    task: Task.Any,
    mode: Task.Mode,
    input: unknown,
    given: RunOptions | undefined,
  ): Admissible | RuntimeError.RuntimeError {
    const terms = this.termsOf(task, mode, given);
    if (terms instanceof RuntimeError.RuntimeError) return terms;
    if (task.input === undefined) return { task, input, terms };
    try {
      const codec = Late.codecOf(task, this.adapter.capabilities.values);
      return { task, input: codec.encodeInput(input), terms };
    } catch (cause) {
      return this.error(task, new RuntimeError.InvalidInput({ detail: Defect.messageOf(cause), cause }));
    }
  }

  /** Refuses what is wrong with a call, whatever its input. */
  termsOf(
    task: Task.Any,
    mode: Task.Mode,
    given: RunOptions | undefined,
  ): Terms.Terms | RuntimeError.RuntimeError {
    const options = Options.own(given);
    const refused = refusal(this.adapter.capabilities, task, mode, options);
    if (refused !== undefined) return this.error(task, refused);
    if (this.isClosed) return this.error(task, new RuntimeError.ShuttingDown({}));
    return Terms.fromOptions(mode, options);
  }

  error(task: unknown, reason: RuntimeError.Reason): RuntimeError.RuntimeError {
    return new RuntimeError.RuntimeError({ runtime: this.adapter.name, task: nameOf(task), reason });
  }

  /** From now on calls from the outside are refused; completes when no accepted one is left. */
  readonly drain: Effect.Effect<void> = Effect.suspend(() => {
    const { loading } = this;
    // Calls that were made before are let in first.
    return loading === undefined
      ? this.shut
      : Effect.andThen(Effect.exit(Effect.promise(() => loading)), this.shut);
  });

  private readonly shut: Effect.Effect<void> = Effect.suspend(() => {
    this.isClosed = true;
    return this.idle;
  });

  /** Lets accepted calls end for a while, then cancels what is left and waits for it. */
  close(timeout: Duration.Input): Effect.Effect<void> {
    const cancelRest = Effect.suspend(() => {
      for (const call of this.active.toArray()) call.cancel();
      return this.idle;
    });
    const ended = Effect.flatMap(Effect.timeoutOption(this.drain, timeout), (done) =>
      done._tag === "Some" ? Effect.void : cancelRest,
    );
    return Effect.ensuring(
      ended,
      Effect.sync(() => this.ending.tell()),
    );
  }

  checkIdle(): void {
    if (this.active.size > 0) return;
    this.latest = undefined;
    if (this.onIdle.size === 0) return;
    for (const resume of this.onIdle) resume();
    this.onIdle.clear();
  }

  private readonly idle: Effect.Effect<void> = Effect.callback<void>((resume) => {
    if (this.active.size === 0) return resume(Effect.void);
    const done = (): void => resume(Effect.void);
    this.onIdle.add(done);
    return Effect.sync(() => void this.onIdle.delete(done));
  });

  private await(request: Request, caller: Caller, resume: Resume): Effect.Effect<void> | undefined {
    const { input, mode, options, task } = request;
    const admitted = this.admit(task, mode, input, options);
    if (admitted instanceof RuntimeError.RuntimeError) {
      resume(Effect.fail(admitted));
      this.checkIdle();
      return undefined;
    }
    return new FiberCall(caller, admitted, request, resume).beginFor(options?.detached === true);
  }

  private callerOf(context: Context.Context<never>): Caller {
    if (this.latest?.context === context) return this.latest;
    let caller = this.callers.get(context);
    if (caller === undefined) {
      caller = new Caller(this, context);
      this.callers.set(context, caller);
    }
    this.latest = caller;
    return caller;
  }
}
