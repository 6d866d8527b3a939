/**
 * The promise façade: the same calls as `Runtime`, for programs that do not use Effect.
 *
 * Native promises, `AbortSignal`, `AsyncIterable` and `Symbol.asyncDispose` only.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Layer from "effect/Layer";
import * as ManagedRuntime from "effect/ManagedRuntime";
import * as Scope from "effect/Scope";
import type * as Stream from "effect/Stream";

import type { Capabilities } from "./Capabilities.ts";
import * as Coordination from "./Coordination.ts";
import * as Aborts from "./internal/aborts.ts";
import { collected } from "./internal/collected.ts";
import type { Engine } from "./internal/engine.ts";
import * as Engines from "./internal/engines.ts";
import type { Request } from "./internal/fiberCall.ts";
import * as Late from "./internal/late.ts";
import { LateIterator } from "./internal/lateIterator.ts";
import {
  AbortableCall,
  PromisedCall,
  PromisedCaller,
  rejection,
  type Reject,
  type Resolve,
  settle,
} from "./internal/promisedCall.ts";
import { isSignal } from "./internal/refusal.ts";
import { JobHandle, undetached } from "./internal/submit.ts";
import * as SubmitSite from "./internal/submitSite.ts";
import type * as Runtime from "./Runtime.ts";
import { RuntimeError } from "./RuntimeError.ts";
import { Key } from "./RuntimeLayer.ts";
import type { Stats } from "./Stats.ts";
import type * as Task from "./Task.ts";

/**
 * Options of one call.
 *
 * **Cancellation**
 *
 * An aborted call rejects with the reason of its `signal`, after its body has stopped.
 *
 * @category models
 * @since 0.1.0
 */
export interface RunOptions extends Runtime.RunOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Options of `map`.
 *
 * **Cancellation**
 *
 * An aborted iteration throws the reason of its `signal`, and cancels the jobs that are under way.
 *
 * @category models
 * @since 0.1.0
 */
export interface MapOptions extends Runtime.MapOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The results of `map`. Each iteration, and each `toArray`, is a map of its own.
 *
 * @category models
 * @since 0.1.0
 */
export interface Mapped<A> extends AsyncIterable<A> {
  /**
   * All results at once, in the order in which the iteration gives them. Takes them in groups, which for short jobs is several
   * times as fast as a step for each. Rejects with what the iteration throws, after all bodies have stopped.
   */
  readonly toArray: () => Promise<Array<A>>;
}

/**
 * Options of `mapChunks`. An aborted call rejects with the reason of its `signal`, after its bodies have stopped.
 *
 * @category models
 * @since 0.1.0
 */
export interface ChunkOptions extends Runtime.ChunkOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * A submitted job, in promises.
 *
 * **Cancellation**
 *
 * `cancel` resolves when the body has stopped; `result` then rejects with an `AbortError`.
 *
 * **Errors**
 *
 * `result` rejects as `run` does. It may be read late or never: that does not end the program. `accepted` and `cancel`
 * never reject.
 *
 * **Details**
 *
 * `progress` ends with the job and drops old values when nobody reads.
 *
 * @category models
 * @since 0.1.0
 */
export interface Handle<out A, out P> {
  readonly id: string;
  readonly result: Promise<A>;
  readonly cancel: () => Promise<void>;
  readonly progress: AsyncIterable<P>;
  /** Resolves when the runtime has room for the job, or when the job ended before: the back-pressure of `maxQueue`. */
  readonly accepted: Promise<void>;
  readonly status: () => Runtime.Status;
  readonly toString: () => string;
}

/**
 * A runtime in promises.
 *
 * **Details**
 *
 * `close` refuses new calls, lets accepted ones end for the runtime's `closeTimeout`, cancels the rest and stops
 * the workers. Closing twice is fine.
 *
 * **Errors**
 *
 * `run` rejects with the task's own typed failure, a `RuntimeError`, or what the body threw, made again. `map` and
 * `stream` throw the same from the iteration; leaving a loop early cancels what is under way. `resize` and `recycle`
 * reject with `Unsupported` where the runtime is not `elastic`, `resize` with `InvalidOptions` for a senseless size.
 *
 * @category models
 * @since 0.1.0
 */
export interface PromisedRuntime extends AsyncDisposable {
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly stats: () => Stats;
  readonly run: <In, A, E, P>(
    task: Task.Task<string, In, A, E, "value", P>,
    ...args: Runtime.Arguments<In, RunOptions>
  ) => Promise<A>;
  readonly submit: <In, A, E, P>(
    task: Task.Task<string, In, A, E, "value", P>,
    ...args: Runtime.Arguments<In, RunOptions>
  ) => Handle<A, P>;
  readonly map: <In, A, E, P>(
    task: Task.Task<string, In, A, E, "value", P>,
    inputs: Iterable<NoInfer<In>> | AsyncIterable<NoInfer<In>>,
    options?: MapOptions,
  ) => Mapped<A>;
  readonly mapChunks: <In extends Runtime.TypedArray, Out extends Runtime.TypedArray | void, E, P>(
    task: Task.Task<string, In, Out, E, "value", P>,
    values: NoInfer<In>,
    options?: ChunkOptions,
  ) => Promise<Runtime.Chunked<In, Out>>;
  readonly stream: <In, A, E, P>(
    task: Task.Task<string, In, A, E, "stream", P>,
    ...args: Runtime.Arguments<In, RunOptions>
  ) => AsyncIterable<A>;
  /** Refuses new calls from now on; resolves when all accepted ones have ended. */
  readonly drain: () => Promise<void>;
  /** Changes how many workers there are at most, where the runtime is `elastic`. */
  readonly resize: (size: number) => Promise<void>;
  /** Replaces all workers, each once its job has ended, where the runtime is `elastic`. */
  readonly recycle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

// What is no signal stays among the options, which the runtime refuses by name.
const signalOf = (options: Abortable | undefined): AbortSignal | undefined =>
  options?.signal !== undefined && isSignal(options.signal) ? options.signal : undefined;

const withoutSignal = <O extends Abortable>(
  options: O | undefined,
  signal: AbortSignal | undefined,
): Omit<O, "signal"> | undefined => {
  if (options === undefined || signal === undefined) return options;
  const { signal: _, ...others } = options;
  return others;
};

// One function for all promises: what it is called with is taken at once, and not held.
let resolveOfLast: Resolve | undefined;
const takeResolve = (resolve: Resolve): void => {
  resolveOfLast = resolve;
};

const neverStarted = (reason: unknown): Handle<never, never> => {
  const result = Promise.reject(reason);
  result.catch(() => undefined);
  return {
    id: "?",
    result,
    cancel: () => Promise.resolve(),
    progress: (async function* () {})(),
    accepted: Promise.resolve(),
    status: () => "ended",
    toString: () => "<Job that was aborted before it was submitted>",
  };
};

class Facade implements PromisedRuntime {
  readonly name: string;
  private readonly service: Runtime.Service;
  private readonly context: Context.Context<Runtime.Runtime>;
  private readonly dispose: () => Promise<void>;
  private readonly engine: Engine | undefined;
  /** Where nobody traces, calls need no fiber. */
  private readonly caller: PromisedCaller | undefined;
  private readonly scope = Scope.makeUnsafe();

  constructor(
    service: Runtime.Service,
    context: Context.Context<Runtime.Runtime>,
    dispose: () => Promise<void>,
  ) {
    this.name = service.name;
    this.service = service;
    this.context = context;
    this.dispose = dispose;
    this.engine = Engines.of(service);
    const caller =
      this.engine === undefined ? undefined : new PromisedCaller(this.engine, context, this.reject);
    this.caller = caller?.isTraced === true ? undefined : caller;
    Coordination.register(this, Coordination.of(service));
  }

  get capabilities(): Capabilities {
    return this.service.capabilities;
  }

  stats = (): Stats => Effect.runSync(this.service.stats);

  run = (task: Task.Any, input?: unknown, options?: RunOptions): Promise<any> =>
    SubmitSite.isSeenThroughPromises ? this.start(task, input, options) : this.awaited(task, input, options);

  map = (task: Task.Any, inputs: Iterable<any> | AsyncIterable<any>, given?: MapOptions): Mapped<any> => {
    const signal = signalOf(given);
    const options = withoutSignal(given, signal);
    const begin = (): AsyncIterator<any> => this.mapped(task, inputs, options, signal);
    return {
      [Symbol.asyncIterator]: () => {
        const loading = Late.loadForMap(task);
        return loading === undefined ? begin() : new LateIterator(() => loading.then(begin));
      },
      toArray: async () => {
        await Late.loadForMap(task);
        return collected(begin());
      },
    };
  };

  mapChunks = (task: Task.Any, values: Runtime.TypedArray, given?: ChunkOptions): Promise<any> => {
    const signal = signalOf(given);
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    const mapped = this.service.mapChunks(task as any, values, withoutSignal(given, signal));
    return new Promise((resolve) => this.fork(mapped, signal, resolve));
  };

  stream = (task: Task.Any, input?: unknown, given?: RunOptions): AsyncIterable<any> => {
    const signal = signalOf(given);
    const options = withoutSignal(given, signal);
    return this.iterable(() => this.service.stream(task as any, input as never, options), signal);
  };

  submit = (task: Task.Any, input?: unknown, given?: RunOptions): Handle<any, any> => {
    const signal = signalOf(given);
    const options = withoutSignal(given, signal);
    if (signal?.aborted === true) return neverStarted(signal.reason);
    const handle = this.handle(task, input, options);
    const result = this.promise(handle.await, signal);
    // The result may be read late or never; an unread failure must not end the program.
    result.catch(() => undefined);
    if (signal !== undefined) {
      const remove = Aborts.onAbort(signal, () => void Effect.runFork(handle.cancel));
      void result.then(remove, remove);
    }
    return {
      id: handle.id,
      result,
      cancel: () => Effect.runPromise(handle.cancel),
      progress: this.iterable(() => handle.progress, undefined),
      accepted: Effect.runPromise(handle.accepted),
      status: () => Effect.runSync(handle.status),
      toString: () => String(handle),
    };
  };

  drain = (): Promise<void> => Effect.runPromise(this.service.drain);

  resize = (size: number): Promise<void> => this.promise(this.service.resize(size), undefined);

  recycle = (): Promise<void> => this.promise(this.service.recycle, undefined);

  close = (): Promise<void> => this.dispose();

  [Symbol.asyncDispose] = (): Promise<void> => this.dispose();

  private handle(
    task: Task.Any,
    input: unknown,
    options?: Runtime.RunOptions,
  ): Runtime.Handle<any, any, any> {
    const request: Request = { task, input, mode: "value", options };
    // Without waiting for room: a handle comes at once, and tells by `accepted`.
    const { engine } = this;
    if (engine !== undefined)
      return new JobHandle(engine, { ...request, options: undetached(request) }, this.context);
    const submitted = Scope.provide(this.service.submit(task as any, input as never, options), this.scope);
    return Effect.runSyncWith(this.context)(submitted);
  }

  private async awaited(task: Task.Any, input: unknown, options: RunOptions | undefined): Promise<any> {
    try {
      return await this.start(task, input, options);
    } catch (thrown) {
      if (!this.isJoined(options?.signal)) throw thrown;
      throw SubmitSite.join(thrown, new Error("here"));
    }
  }

  // An abort's reason is the caller's own. By reference it is the very object that the body threw.
  private isJoined(signal: AbortSignal | undefined): boolean {
    return signal?.aborted !== true && this.capabilities.values !== "reference";
  }

  // Elsewhere it is the promise of `awaited` that is joined.
  private readonly reject: Reject = (reason, signal) =>
    SubmitSite.isSeenThroughPromises && this.isJoined(signal)
      ? SubmitSite.reject(reason)
      : Promise.reject(reason);

  private start(task: Task.Any, input: unknown, given: RunOptions | undefined): Promise<any> {
    const promise = new Promise<any>(takeResolve);
    const resolve = resolveOfLast as unknown as Resolve;
    resolveOfLast = undefined;
    try {
      const loading = this.engine?.loadingFor(task);
      if (loading === undefined) this.begin(task, input, given, resolve);
      else resolve(loading.then(() => new Promise((done) => this.begin(task, input, given, done))));
    } catch (thrown) {
      resolve(this.reject(thrown, undefined));
    }
    return promise;
  }

  private begin(task: Task.Any, input: unknown, given: RunOptions | undefined, resolve: Resolve): void {
    const signal = signalOf(given);
    const options = withoutSignal(given, signal);
    if (signal?.aborted === true) return resolve(this.reject(signal.reason, signal));
    const { caller } = this;
    if (caller === undefined || options?.detached === true) {
      return this.fork(this.service.run(task as any, input as never, options), signal, resolve);
    }
    const admitted = caller.engine.admit(task, "value", input, options);
    if (admitted instanceof RuntimeError) return resolve(this.reject(admitted, undefined));
    const call =
      signal === undefined
        ? new PromisedCall(caller, admitted, resolve)
        : new AbortableCall(caller, admitted, resolve, signal);
    call.begin();
  }

  // Each iteration is a map of its own.
  private mapped(
    task: Task.Any,
    inputs: Iterable<any> | AsyncIterable<any>,
    options: Runtime.MapOptions | undefined,
    signal: AbortSignal | undefined,
  ): AsyncIterator<any> {
    const { caller } = this;
    const maps = Late.maps();
    if (caller !== undefined && maps !== undefined) {
      const { iterate, MapTerms } = maps;
      const isRefused = MapTerms.refusalOf(caller.engine, task, options) !== undefined;
      const terms = isRefused ? undefined : MapTerms.of(caller, task, inputs, options);
      if (terms !== undefined) return iterate(caller, terms, signal);
    }
    const results = this.iterable(() => this.service.map(task as any, inputs, options), signal);
    return results[Symbol.asyncIterator]();
  }

  private fork(
    effect: Effect.Effect<unknown, unknown>,
    signal: AbortSignal | undefined,
    resolve: Resolve,
  ): void {
    const fiber = Effect.runForkWith(this.context)(effect);
    const remove = signal === undefined ? undefined : Aborts.onAbort(signal, () => fiber.interruptUnsafe());
    fiber.addObserver((exit) => {
      remove?.();
      settle(resolve, this.reject, exit, signal);
    });
  }

  /** Of what is interrupted because the signal aborted, the signal's reason is told. */
  private promise<A>(effect: Effect.Effect<A, unknown>, signal: AbortSignal | undefined): Promise<A> {
    return new Promise((resolve, reject) => {
      const fiber = Effect.runForkWith(this.context)(effect);
      fiber.addObserver((exit) => {
        if (Exit.isSuccess(exit)) resolve(exit.value);
        else reject(rejection(exit.cause, signal));
      });
    });
  }

  // Each iteration makes a stream of its own.
  private iterable<A>(
    make: () => Stream.Stream<A, unknown>,
    signal: AbortSignal | undefined,
  ): AsyncIterable<A> {
    const begin = (): AsyncIterable<A> => Late.parts().Streams.toIterable(make(), signal, this.context);
    return {
      [Symbol.asyncIterator]: () => {
        const loading = Late.load();
        return loading === undefined
          ? begin()[Symbol.asyncIterator]()
          : new LateIterator(() => loading.then(() => begin()[Symbol.asyncIterator]()));
      },
    };
  }
}

/**
 * Opens a runtime for promise users from the layer that Effect users provide.
 *
 * **Errors**
 *
 * Rejects when the layer cannot be built, for instance because an option is wrong.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = async <E>(layer: Layer.Layer<Runtime.Runtime, E>): Promise<PromisedRuntime> => {
  const managed = ManagedRuntime.make(layer);
  const context = await managed.context();
  const service = Context.getUnsafe(context, Key);
  return new Facade(service, context, () => managed.dispose());
};

/**
 * The promise form of a service that somebody else opened and will close; `close` drains it.
 *
 * **When to use**
 *
 * Within a program that uses Effect, for a part of it that does not.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromService = (
  service: Runtime.Service,
  context: Context.Context<never> = Context.empty(),
): PromisedRuntime =>
  new Facade(service, Context.add(context, Key, service), () => Effect.runPromise(service.drain));
