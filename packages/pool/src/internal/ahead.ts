/**
 * Gives short calls to busy workers ahead of their turn, so that these need not wait for the next one, and takes them back
 * when another worker could run them.
 *
 * To everybody else a call that is given ahead still waits. It is the next one of the queue when it is given, and goes
 * back to its old place there.
 */
import type { DispatchQueue } from "@heddle/core/DispatchQueue";
import * as Timers from "@heddle/core/Timers";

import type { Worker } from "../Worker.ts";
import type { Call, Request } from "./call.ts";
import * as CallNumbers from "./callNumbers.ts";
import type { Costs } from "./costs.ts";
import type { Crew } from "./crew.ts";
import { targetMicros } from "./lane.ts";

/** What it needs of its pool. */
export interface AheadOwner {
  /** Whether nothing is known of the task that speaks against it. */
  readonly isTrusted: (call: Call) => boolean;
  /** A call was taken back. */
  readonly onRestored: (call: Call) => void;
  /** A call could not be sent. */
  readonly onUnsent: (call: Call, cause: unknown) => void;
  /** Calls wait in the queue again. */
  readonly onChanged: () => void;
}

const isPlain = ({ depth, envelope, inputs, mode, timeoutMillis, transfer }: Request): boolean =>
  mode === "value" &&
  inputs === undefined &&
  depth === 0 &&
  timeoutMillis === undefined &&
  envelope.deadlineEpochMillis === undefined &&
  transfer.length === 0;

/** What a pool has given to its workers ahead. */
export class Ahead {
  /** How many calls. */
  count = 0;
  private readonly queue: DispatchQueue<Call>;
  private readonly crew: Crew;
  private readonly costs: Costs;
  private readonly owner: AheadOwner;
  private leastPriority = 0;
  private isFilling = false;
  private cancelBalance: (() => void) | undefined;

  constructor(queue: DispatchQueue<Call>, crew: Crew, costs: Costs, owner: AheadOwner) {
    this.queue = queue;
    this.crew = crew;
    this.costs = costs;
    this.owner = owner;
  }

  /** Gives what waits ahead, once all that is done now is done: what is submitted together travels together. */
  fillSoon(): void {
    if (this.isFilling || this.crew.hasBlocked) return;
    this.isFilling = true;
    queueMicrotask(() => {
      this.isFilling = false;
      this.fill();
    });
  }

  /** A worker is idle while others have more than one call: unless that changes by itself, it gets some of them. */
  balanceSoon(): void {
    this.cancelBalance ??= Timers.nextTurn(() => {
      this.cancelBalance = undefined;
      this.balance();
    });
  }

  /** Whether a call comes before one that was given ahead. */
  isOutrankedBy({ depth, priority }: Call): boolean {
    return this.count > 0 && (depth > 0 || priority > this.leastPriority);
  }

  /** Takes a call back; false when its worker has begun with it. */
  takeBack(call: Call): boolean {
    if (call.worker?.takeBack(call) !== true) return false;
    this.count--;
    call.move("restore");
    call.worker = undefined;
    return true;
  }

  /** Takes back what a worker has been given ahead and has not begun with. */
  emptyLane(worker: Worker): void {
    this.restore(worker.takeBackLast(Number.POSITIVE_INFINITY));
  }

  /** The same for all workers. */
  emptyLanes(): void {
    if (this.count === 0) return;
    const calls = [...this.crew].flatMap((worker) => worker.takeBackLast(Number.POSITIVE_INFINITY));
    // The last one first: each then goes to the head of its list.
    this.restore(calls.toSorted((a, b) => b.order - a.order));
  }

  /** Calls come back from a worker, the last one first. */
  restore(calls: ReadonlyArray<Call>): void {
    this.count -= calls.length;
    for (const call of calls) {
      call.worker = undefined;
      this.owner.onRestored(call);
    }
  }

  /** A call that was given ahead runs. */
  promoted(): void {
    this.count--;
  }

  stop(): void {
    this.cancelBalance?.();
    this.cancelBalance = undefined;
  }

  private fill(): void {
    if (this.crew.hasBlocked) return;
    const filled = new Set<Worker>();
    const nowMillis = Math.floor(performance.now());
    for (;;) {
      const call = this.queue.first(nowMillis);
      if (call === undefined || !isPlain(call.request) || !this.owner.isTrusted(call)) break;
      const micros = this.costs.of(call.request.task);
      const worker = micros > targetMicros ? undefined : this.crew.roomiest();
      if (worker === undefined) break;
      this.queue.remove(call);
      this.give(call, worker, micros);
      filled.add(worker);
    }
    for (const worker of filled) this.flush(worker);
  }

  private give(call: Call, worker: Worker, micros: number): void {
    this.leastPriority = this.count === 0 ? call.priority : Math.min(this.leastPriority, call.priority);
    this.count++;
    call.move("give");
    call.number = CallNumbers.drawUnlike(worker.lastCancelled);
    call.worker = worker;
    worker.give(call, micros);
  }

  private flush(worker: Worker): void {
    const startedAt = performance.now();
    const { sent, unsent } = worker.flush();
    const microsEach = ((performance.now() - startedAt) * 1000) / (sent.length + unsent.length);
    for (const call of sent) this.costs.sent(call.request.task, microsEach);
    for (const { call, cause } of unsent) {
      this.count--;
      call.move("restore");
      call.worker = undefined;
      this.owner.onUnsent(call, cause);
    }
  }

  private balance(): void {
    if (this.count === 0 || this.queue.size > 0 || !this.crew.hasIdle) return;
    const worker = this.crew.longestLane();
    if (worker === undefined) return;
    worker.isLagging = true;
    this.restore(worker.takeBackLast(Math.ceil(worker.aheadCount / 2)));
    this.owner.onChanged();
  }
}
