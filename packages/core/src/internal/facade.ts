/**
 * The promise façade itself: calls go straight to the engine where they can; a fiber runs those that are traced, detached or
 * submitted, and streams.
 */
import type * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Scope from "effect/Scope";

import type { Capabilities } from "../Capabilities.ts";
import * as Coordination from "../Coordination.ts";
import type { ChunkOptions, Handle, MapOptions, Mapped, PromisedRuntime, RunOptions } from "../Promised.ts";
import type * as Runtime from "../Runtime.ts";
import { RuntimeError } from "../RuntimeError.ts";
import type { Stats } from "../Stats.ts";
import type * as Task from "../Task.ts";
import { collected } from "./collected.ts";
import type { Engine } from "./engine.ts";
import * as Engines from "./engines.ts";
import type { Request } from "./fiberCall.ts";
import * as Late from "./late.ts";
import { LateIterator } from "./lateIterator.ts";
import { AbortableCall, PromisedCall, PromisedCaller, type Reject, type Resolve } from "./promisedCall.ts";
import { fork, iterableOf, promiseOf } from "./promisedEffect.ts";
import * as PromisedHandle from "./promisedHandle.ts";
import { isSignal } from "./refusal.ts";
import { JobHandle, undetached } from "./submit.ts";
import * as SubmitSite from "./submitSite.ts";

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

/** The façade of one service. */
export class Facade implements PromisedRuntime {
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
    return new Promise((resolve) => fork(mapped, this.context, signal, resolve, this.reject));
  };

  stream = (task: Task.Any, input?: unknown, given?: RunOptions): AsyncIterable<any> => {
    const signal = signalOf(given);
    const options = withoutSignal(given, signal);
    return iterableOf(() => this.service.stream(task as any, input as never, options), this.context, signal);
  };

  submit = (task: Task.Any, input?: unknown, given?: RunOptions): Handle<any, any> => {
    const signal = signalOf(given);
    const options = withoutSignal(given, signal);
    if (signal?.aborted === true) return PromisedHandle.neverStarted(signal.reason);
    return PromisedHandle.of(this.handle(task, input, options), this.context, signal);
  };

  drain = (): Promise<void> => Effect.runPromise(this.service.drain);

  resize = (size: number): Promise<void> => promiseOf(this.service.resize(size), this.context, undefined);

  recycle = (): Promise<void> => promiseOf(this.service.recycle, this.context, undefined);

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
      const run = this.service.run(task as any, input as never, options);
      return fork(run, this.context, signal, resolve, this.reject);
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
    const results = iterableOf(() => this.service.map(task as any, inputs, options), this.context, signal);
    return results[Symbol.asyncIterator]();
  }
}
