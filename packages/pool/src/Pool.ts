/**
 * The engine of the pool runtimes: a queue, some workers, and the rule that each accepted call ends exactly once.
 *
 * Plain TypeScript without an Effect value per call; `PoolAdapter` is its edge to Effect.
 *
 * @since 0.1.0
 */
import { findUncloneable } from "@heddle/core/Cloneable";
import type { Envelope } from "@heddle/core/Envelope";
import type { WorkerStats } from "@heddle/core/Stats";
import type * as Task from "@heddle/core/Task";
import type { Unit } from "@heddle/core/TaskContext";

import { DispatchQueue, type Links } from "./DispatchQueue.ts";
import * as Frame from "./Frame.ts";
import type { Resolved } from "./PoolOptions.ts";
import type { Transport, WorkerExit } from "./Transport.ts";
import { type Assignment, type Result, Worker } from "./Worker.ts";

/**
 * How a call ended for the pool.
 *
 * **Details**
 *
 * Besides a worker's result: its input could not be cloned, it was cancelled before it started, the pool closed,
 * or no worker could be started.
 *
 * @category models
 * @since 0.1.0
 */
export type End =
  | Result
  | { readonly _tag: "NotSerializable"; readonly path: string; readonly cause: unknown }
  | { readonly _tag: "NeverStarted" }
  | { readonly _tag: "Closed" }
  | { readonly _tag: "Unavailable"; readonly detail: string; readonly cause: unknown };

/**
 * What a pool is asked to run. `onEnd` is called exactly once, and last.
 *
 * @category models
 * @since 0.1.0
 */
export interface Request {
  readonly jobId: string;
  readonly module: string;
  readonly task: string;
  readonly mode: Task.Mode;
  readonly input: unknown;
  readonly transfer: ReadonlyArray<unknown>;
  readonly attempt: number;
  readonly envelope: Envelope;
  readonly onStarted: (unit: Unit) => void;
  readonly onEvent: Assignment["onEvent"];
  readonly onEnd: (end: End, worker: Worker | undefined) => void;
}

/**
 * One accepted call.
 *
 * @category models
 * @since 0.1.0
 */
export interface Call extends Links<Call> {
  readonly number: number;
  readonly request: Request;
  worker: Worker | undefined;
  ended: boolean;
  onStopped: (() => void) | undefined;
}

const maxStartFailures = 5;
const firstBackoffMillis = 100;

/**
 * A pool of workers.
 *
 * **Ordering**
 *
 * Calls start in the order in which they were submitted.
 *
 * @category models
 * @since 0.1.0
 */
export class Pool {
  readonly name: string;
  private readonly transport: Transport;
  private readonly options: Resolved;
  private readonly queue = new DispatchQueue<Call>();
  private readonly workers = new Map<number, Worker>();
  private readonly idle: Array<Worker> = [];
  private lastCall = 0;
  private startFailures = 0;
  private backoff: NodeJS.Timeout | undefined;
  private closing: PromiseWithResolvers<void> | undefined;
  private warm: PromiseWithResolvers<void> | undefined;

  constructor(name: string, transport: Transport, options: Resolved) {
    this.name = name;
    this.transport = transport;
    this.options = options;
  }

  /** Accepts a call: it starts at once if a worker is free, else it waits its turn. */
  submit(request: Request): Call {
    const call: Call = {
      number: ++this.lastCall,
      request,
      worker: undefined,
      ended: false,
      onStopped: undefined,
      previous: undefined,
      next: undefined,
      queued: false,
    };
    if (this.closing !== undefined) this.end(call, { _tag: "Closed" }, undefined);
    else this.enqueue(call);
    return call;
  }

  /** Cancels a call; `onStopped` is called when nothing of it runs any more. */
  cancel(call: Call, onStopped: () => void): void {
    if (call.ended) return onStopped();
    call.onStopped = onStopped;
    if (this.queue.remove(call)) this.end(call, { _tag: "NeverStarted" }, undefined);
    else call.worker?.cancel(call.number);
  }

  credit(call: Call, chunks: number): void {
    call.worker?.credit(call.number, chunks);
  }

  stats(): ReadonlyArray<WorkerStats> {
    return [...this.workers.values()].map(({ completed, lane, state, unit }) => ({
      lane,
      state,
      pid: unit.pid,
      threadId: unit.threadId,
      completed,
    }));
  }

  /** Starts all workers and resolves when each has reported or failed to. */
  prewarm(): Promise<void> {
    this.warm ??= Promise.withResolvers<void>();
    while (this.workers.size < this.options.size && this.spawn());
    this.checkWarm();
    return this.warm.promise;
  }

  /** Refuses new calls, ends waiting ones, stops all workers; resolves when none is left. */
  close(): Promise<void> {
    if (this.closing !== undefined) return this.closing.promise;
    this.closing = Promise.withResolvers<void>();
    clearTimeout(this.backoff);
    this.endQueued({ _tag: "Closed" });
    this.idle.length = 0;
    for (const worker of this.workers.values()) worker.close();
    this.checkClosed();
    return this.closing.promise;
  }

  private enqueue(call: Call): void {
    this.queue.add(call);
    this.dispatch();
  }

  private dispatch(): void {
    while (this.queue.size > 0) {
      const worker = this.idle.pop();
      if (worker === undefined) return this.spawnForQueue();
      const call = this.queue.take();
      if (call === undefined || !this.start(call, worker)) this.idle.push(worker);
    }
  }

  private start(call: Call, worker: Worker): boolean {
    const { request } = call;
    const { attempt, envelope, input, jobId, mode, module, task } = request;
    const frame: Frame.HostFrame = [
      Frame.Kind.run,
      call.number,
      jobId,
      module,
      task,
      mode,
      input,
      attempt,
      envelope,
    ];
    try {
      worker.assign(frame, request.transfer, {
        call: call.number,
        onEvent: request.onEvent,
        onResult: (result) => this.end(call, result, worker),
      });
    } catch (cause) {
      const path = findUncloneable(input, "input") ?? "input";
      this.end(call, { _tag: "NotSerializable", path, cause }, undefined);
      return false;
    }
    call.worker = worker;
    request.onStarted(worker.unit);
    return true;
  }

  private end(call: Call, end: End, worker: Worker | undefined): void {
    if (call.ended) return;
    call.ended = true;
    call.worker = undefined;
    call.request.onEnd(end, worker);
    call.onStopped?.();
  }

  private endQueued(end: End): void {
    for (let call = this.queue.take(); call !== undefined; call = this.queue.take())
      this.end(call, end, undefined);
  }

  private spawnForQueue(): void {
    if (this.backoff !== undefined || this.closing !== undefined) return;
    let starting = 0;
    for (const worker of this.workers.values()) if (worker.state === "starting") starting++;
    while (starting < this.queue.size && this.workers.size < this.options.size) {
      if (!this.spawn()) return;
      starting++;
    }
  }

  /** Starts a worker; false, with all waiting calls ended, when the platform refuses to. */
  private spawn(): boolean {
    let index = 0;
    while (this.workers.has(index)) index++;
    try {
      const worker = new Worker(this.name, index, this.transport, this.options, {
        onIdle: (idle) => this.onIdle(idle),
        onExit: (exited, exit) => this.onExit(exited, exit),
      });
      this.workers.set(index, worker);
      worker.keepAlive();
      return true;
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      this.endQueued({ _tag: "Unavailable", detail, cause });
      return false;
    }
  }

  private onIdle(worker: Worker): void {
    this.startFailures = 0;
    if (this.closing !== undefined) return worker.close();
    this.idle.push(worker);
    this.checkWarm();
    this.dispatch();
  }

  private onExit(worker: Worker, exit: WorkerExit): void {
    this.workers.delete(worker.index);
    const index = this.idle.indexOf(worker);
    if (index >= 0) this.idle.splice(index, 1);
    if (this.closing !== undefined) return this.checkClosed();
    if (!worker.wasReady) this.startFailed(worker, exit);
    this.dispatch();
  }

  // A worker that cannot even start is tried again ever more slowly, and given up after some tries.
  private startFailed(worker: Worker, exit: WorkerExit): void {
    this.startFailures++;
    this.checkWarm();
    if (this.startFailures >= maxStartFailures) {
      this.startFailures = 0;
      const how = worker.violation ?? `it ended with ${exit.signal ?? `exit code ${exit.exitCode}`}`;
      const detail = `${maxStartFailures} in a row did not report; of the last, ${how}`;
      return this.endQueued({ _tag: "Unavailable", detail, cause: exit.cause });
    }
    clearTimeout(this.backoff);
    this.backoff = setTimeout(
      () => {
        this.backoff = undefined;
        this.dispatch();
      },
      firstBackoffMillis * 2 ** (this.startFailures - 1),
    );
  }

  private checkWarm(): void {
    if (this.warm === undefined) return;
    for (const worker of this.workers.values()) if (worker.state === "starting") return;
    this.warm.resolve();
  }

  private checkClosed(): void {
    if (this.workers.size === 0) this.closing?.resolve();
  }
}
