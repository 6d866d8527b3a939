/**
 * The engine of the pool runtimes: a queue, a crew of workers, and the rule that each accepted call ends exactly once.
 *
 * Plain TypeScript without an Effect value per call; `PoolAdapter` is its edge to Effect. The pool decides which call
 * goes to which worker; the crew, which workers there are; the supervisor, when they may start.
 *
 * @since 0.1.0
 */
import { findOffending } from "@heddle/core/Cloneable";
import { DispatchQueue } from "@heddle/core/DispatchQueue";
import type { WorkerStats } from "@heddle/core/Stats";

import type * as Frame from "./Frame.ts";
import { Ahead } from "./internal/ahead.ts";
import { type Call, type End, keyOf } from "./internal/call.ts";
import * as CallNumbers from "./internal/callNumbers.ts";
import { nowMillis } from "./internal/clock.ts";
import { Costs } from "./internal/costs.ts";
import { Crew } from "./internal/crew.ts";
import { deathOf } from "./internal/deaths.ts";
import { Quarantine, type Refused } from "./internal/quarantine.ts";
import { runFrame } from "./internal/runFrame.ts";
import type { Units } from "./internal/units.ts";
import type { Resolved } from "./PoolOptions.ts";
import type { Transport } from "./Transport.ts";
import type { Result, Worker } from "./Worker.ts";

export { Call, type End, type Request } from "./internal/call.ts";

const killOf = ({ exit, violation }: Extract<Result, { _tag: "Lost" }>): string =>
  violation === undefined ? deathOf(exit) : `protocol violation: ${violation}`;

const unsendable = ({ request: { envelope, input } }: Call, cause: unknown): End => {
  const path = findOffending(input, "input") ?? findOffending(envelope.annotations, "annotations") ?? "input";
  return { _tag: "NotSerializable", path, cause };
};

/**
 * A pool of workers.
 *
 * **Ordering**
 *
 * Calls start in the order of `DispatchQueue`: nested before others, then by priority with aging, then first in,
 * first out. With several workers that are given short calls ahead, one may start before another that another worker has
 * been given before it.
 *
 * @category models
 * @since 0.1.0
 */
export class Pool {
  readonly name: string;
  private readonly queue: DispatchQueue<Call>;
  private readonly crew: Crew;
  private readonly quarantine: Quarantine;
  private readonly costs = new Costs();
  private readonly ahead: Ahead;
  /** Calls that wait for nested calls, so that other workers may run meanwhile. */
  private readonly blocked = new Set<Call>();
  /** Calls that try tasks in quarantine again. */
  private readonly trials = new Set<Call>();
  private closed: Promise<void> | undefined;

  constructor(name: string, transport: Transport, options: Resolved, units?: Units) {
    this.name = name;
    this.queue = new DispatchQueue(options.agingMillis);
    this.quarantine = new Quarantine(options.quarantineAfter, options.quarantineMillis);
    this.crew = new Crew(name, transport, options, {
      onResult: (call, result, worker, micros) => this.ended(call, result, worker, micros),
      onTakenBack: (calls) => this.ahead.restore(calls),
      onPromoted: (call, worker) => this.promoted(call, worker),
      units,
      onChanged: () => this.dispatch(),
      onUnavailable: (detail, cause) => this.endWaiting({ _tag: "Unavailable", detail, cause }),
    });
    this.ahead = new Ahead(this.queue, this.crew, this.costs, {
      isTrusted: (call) => this.quarantine.isEmpty || !this.quarantine.isSuspect(keyOf(call)),
      onStarted: (call, worker) => this.promoted(call, worker),
      onRestored: (call) => this.restored(call),
      onUnsent: (call, cause) => this.finish(call, unsendable(call, cause), undefined),
      onChanged: () => this.dispatch(),
    });
  }

  /** Accepts a call: if a worker is free it starts at once, a short one with the others of this turn; else it waits its turn. */
  submit(call: Call): void {
    const refused = this.refusal(call);
    if (refused !== undefined) return this.finish(call, refused, undefined);
    if (this.ahead.isOutrankedBy(call)) this.ahead.emptyLanes();
    this.queue.add(call, nowMillis());
    this.dispatch();
  }

  /** Asks a call to stop; its end comes through `onEnd`, when nothing of it runs any more. */
  cancel(call: Call): void {
    switch (call.state) {
      case "waiting":
        this.queue.remove(call);
        if (this.queue.size === 0) this.crew.forgetRetry();
        return this.finish(call, { _tag: "Cancelled" }, undefined);
      case "given":
        // Its worker may just have begun with it: then that will be heard of with the end of the one before.
        if (!this.ahead.takeBack(call)) return call.move("cancel");
        return this.finish(call, { _tag: "Cancelled" }, undefined);
      case "running":
        return this.stop(call);
    }
  }

  /** Sends something for a running call to its worker. Throws when it cannot be cloned. */
  tell(call: Call, frame: Frame.HostFrame): void {
    call.worker?.tell(call.number, frame);
  }

  /** Says whether a running call has nested calls that have not ended. */
  setBlocked(call: Call, isBlocked: boolean): void {
    if (call.state === "ended" || this.blocked.has(call) === isBlocked) return;
    if (isBlocked) {
      this.blocked.add(call);
      this.crew.block();
      this.lendPlace();
    } else {
      this.blocked.delete(call);
      this.crew.unblock();
    }
  }

  // What waits behind it would wait for its nested calls, and others would hold a place that is only lent. The nested call,
  // which may be refused, has the first choice of a worker.
  private lendPlace(): void {
    if (this.ahead.count === 0) return;
    this.ahead.emptyLanes();
    queueMicrotask(() => this.dispatch());
  }

  stats(): ReadonlyArray<WorkerStats> {
    return this.crew.stats();
  }

  /** Starts all workers and resolves when each has reported or failed to. */
  prewarm(): Promise<void> {
    return this.crew.prewarm();
  }

  /** Sets how many workers there may be; one too many retires when its call ends. */
  resize(size: number): void {
    this.ahead.emptyLanes();
    this.crew.resize(size);
  }

  /** Replaces all workers, each as soon as it has no call; resolves when no old one is left. */
  recycle(): Promise<void> {
    this.ahead.emptyLanes();
    return this.crew.recycle();
  }

  /** Refuses new calls, ends waiting ones, stops all workers; resolves when none is left. */
  close(): Promise<void> {
    if (this.closed === undefined) {
      const closing = Promise.withResolvers<void>();
      this.closed = closing.promise;
      this.ahead.stop();
      this.ahead.emptyLanes();
      this.endWaiting({ _tag: "Closed" });
      void this.crew.close().then(closing.resolve);
    }
    return this.closed;
  }

  private refusal(call: Call): End | undefined {
    if (this.closed !== undefined) return { _tag: "Closed" };
    if (this.quarantine.isEmpty) return undefined;
    const answer = this.quarantine.admit(keyOf(call), performance.now());
    if (answer === "accepted") return undefined;
    if (answer !== "onTrial") return { _tag: "Quarantined", ...answer };
    this.trials.add(call);
    return undefined;
  }

  private dispatch(): void {
    while (this.queue.size > 0) {
      if (this.ahead.gathersIdle()) return this.ahead.fillSoon();
      const worker = this.crew.takeIdle();
      if (worker === undefined) {
        this.ahead.fillSoon();
        return this.crew.startFor(this.queue.size + this.ahead.count);
      }
      this.start(this.queue.take(nowMillis()) as Call, worker);
    }
    if (this.ahead.count > 0 && this.crew.hasIdle) this.ahead.balanceSoon();
    this.crew.forgetRetry();
  }

  private start(call: Call, worker: Worker): void {
    const { request } = call;
    call.number = CallNumbers.drawUnlike(worker.lastCancelled);
    const sentAt = performance.now();
    try {
      const frame = runFrame(call.number, request);
      // Nothing is to wait behind a series.
      const micros = request.inputs === undefined ? this.costs.of(request.task) : Number.POSITIVE_INFINITY;
      worker.assign(frame, request.transfer, call, micros);
    } catch (cause) {
      this.crew.giveBack(worker);
      return this.finish(call, unsendable(call, cause), undefined);
    }
    this.costs.sent(request.task, (performance.now() - sentAt) * 1000, request.inputs?.length ?? 1);
    call.move("start");
    call.worker = worker;
    this.crew.took(worker);
    call.onStarted(worker.unit);
  }

  // Whoever was told of another one may have ended it.
  private promoted(call: Call, worker: Worker): void {
    this.ahead.promoted();
    if (call.state === "ended") return;
    const wasCancelled = call.state === "doomed";
    call.move("start");
    call.onStarted(worker.unit);
    if (wasCancelled) this.cancel(call);
  }

  private restored(call: Call): void {
    if (call.state === "doomed") return this.finish(call, { _tag: "Cancelled" }, undefined);
    call.move("restore");
    this.queue.restore(call);
  }

  // It may be killed, so that nothing is to wait behind it.
  private stop(call: Call): void {
    const { worker } = call;
    const hasMore = worker !== undefined && worker.aheadCount > 0;
    if (hasMore) this.ahead.emptyLane(worker);
    call.move("cancel");
    worker?.cancel(call.number);
    if (hasMore) this.dispatch();
  }

  private ended(call: Call, result: Result, worker: Worker, micros?: number): void {
    if (micros !== undefined) this.costs.took(call.request.task, micros);
    this.setBlocked(call, false);
    const end = this.endOf(call, result, worker);
    const refused = this.judge(call, result, worker);
    // Whoever is told may submit and cancel: by then those that are refused with it have left the queue.
    const waiting = refused === undefined ? [] : this.takeWaiting(keyOf(call));
    this.finish(call, end, worker);
    if (refused !== undefined) this.finishAll(waiting, { _tag: "Quarantined", ...refused });
  }

  private endOf({ state }: Call, result: Result, worker: Worker): End {
    if (result._tag !== "Lost") return result;
    if (state === "cancelling") return { _tag: "Cancelled" };
    return worker.killedFor === "closed" ? { _tag: "Closed" } : result;
  }

  // A body that came to an end of its own did not kill its worker. What the host ended shows nothing, and neither does a
  // body that died while it was being stopped, unless it broke the protocol.
  private judge(call: Call, result: Result, worker: Worker): Refused | undefined {
    if (result._tag === "Outcome" && result.outcome._tag !== "Interrupted") {
      if (!this.quarantine.isEmpty) this.quarantine.survived(keyOf(call));
      this.trials.delete(call);
      return undefined;
    }
    if (result._tag !== "Lost") return undefined;
    const isItsFault = call.state === "running" && !worker.wasEndedByHost;
    if (!isItsFault && result.violation === undefined) return undefined;
    this.trials.delete(call);
    // No other worker is to begin with one of that task before it is judged again.
    this.ahead.emptyLanes();
    return this.quarantine.killed(keyOf(call), killOf(result), performance.now());
  }

  private takeWaiting(key: string): ReadonlyArray<Call> {
    const waiting = [...this.queue].filter((call) => keyOf(call) === key);
    for (const call of waiting) this.queue.remove(call);
    return waiting;
  }

  private endWaiting(end: End): void {
    const now = nowMillis();
    // All of them first: whoever is told may submit again.
    const waiting: Array<Call> = [];
    for (let call = this.queue.take(now); call !== undefined; call = this.queue.take(now)) {
      waiting.push(call);
    }
    this.crew.forgetRetry();
    this.finishAll(waiting, end);
  }

  // Whoever is told may cancel others of them.
  private finishAll(waiting: ReadonlyArray<Call>, end: End): void {
    for (const call of waiting) if (call.state === "waiting") this.finish(call, end, undefined);
  }

  private finish(call: Call, end: End, worker: Worker | undefined): void {
    call.move("end");
    call.worker = undefined;
    if (this.trials.delete(call)) this.quarantine.undecided(keyOf(call));
    call.onEnd(end, worker);
  }
}
