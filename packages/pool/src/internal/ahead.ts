/**
 * Gives calls that do not take long to busy workers ahead of their turn, so that these need not wait for the next one, and
 * takes them back when another worker could run them, or when the call before them takes longer than one thought.
 *
 * To everybody else a call that is given ahead still waits. It is the next one of the queue when it is given, and goes
 * back to its old place there.
 */
import type { DispatchQueue } from "@heddle/core/DispatchQueue";
import * as Timers from "@heddle/core/Timers";

import type { Worker } from "../Worker.ts";
import type { Call, Request } from "./call.ts";
import * as CallNumbers from "./callNumbers.ts";
import { nowMillis } from "./clock.ts";
import type { Costs } from "./costs.ts";
import type { Crew } from "./crew.ts";
import { longestMicros, wakeMicros } from "./lane.ts";
import type { Unsent } from "./owner.ts";
import { Stragglers } from "./stragglers.ts";

/** What it needs of its pool. */
export interface AheadOwner {
  /** Whether nothing is known of the task that speaks against it. */
  readonly isTrusted: (call: Call) => boolean;
  /** A call runs that was given to an idle worker. */
  readonly onStarted: (call: Call, worker: Worker) => void;
  /** A call was taken back. */
  readonly onRestored: (call: Call) => void;
  /** A call could not be sent. */
  readonly onUnsent: (call: Call, cause: unknown) => void;
  /** Calls wait in the queue again. */
  readonly onChanged: () => void;
}

/**
 * How calls come. `several`: more than one in a turn, as far as one knows. `single`: of late, one in each turn. `gone`: the
 * same, and the one of this turn has been let go alone.
 */
type Company = "several" | "single" | "gone";

const isPlain = ({ depth, envelope, inputs, mode, timeoutMillis, transfer }: Request): boolean =>
  mode === "value" &&
  inputs === undefined &&
  depth === 0 &&
  timeoutMillis === undefined &&
  envelope.deadlineEpochMillis === undefined &&
  transfer.length === 0;

const roomiest = (lanes: ReadonlyArray<Worker>): Worker | undefined => {
  let best: Worker | undefined;
  for (const worker of lanes) {
    if (worker.hasRoom && (best === undefined || worker.loadMicros < best.loadMicros)) best = worker;
  }
  return best;
};

/** What a pool has given to its workers ahead. */
export class Ahead {
  /** How many calls. */
  count = 0;
  private readonly queue: DispatchQueue<Call>;
  private readonly crew: Crew;
  private readonly costs: Costs;
  private readonly owner: AheadOwner;
  private readonly stragglers: Stragglers;
  private leastPriority = 0;
  private isFilling = false;
  private company: Company = "several";
  private cancelBalance: (() => void) | undefined;

  constructor(queue: DispatchQueue<Call>, crew: Crew, costs: Costs, owner: AheadOwner) {
    this.queue = queue;
    this.crew = crew;
    this.costs = costs;
    this.owner = owner;
    this.stragglers = new Stragglers(
      () => crew.lanesByLength(),
      (worker) => this.relieve(worker, worker.aheadCount),
    );
  }

  /** Gives what waits to lanes, once all that is done now is done: what is submitted together travels together. */
  fillSoon(): void {
    if (this.isFilling || this.crew.hasBlocked) return;
    this.isFilling = true;
    queueMicrotask(() => {
      this.isFilling = false;
      this.fill();
    });
  }

  /** Whether the next call is to wait for those that are submitted with it, although a worker is idle. */
  gathersIdle(): boolean {
    if (this.crew.nextIdle?.hasRoom !== true || this.crew.hasBlocked) return false;
    return this.nextShort(nowMillis()) !== undefined && !this.goesAlone();
  }

  /** A worker is idle while others have more than one call: unless that changes by itself, it gets some of them. */
  balanceSoon(): void {
    if (this.cancelBalance !== undefined) return;
    const [longest] = this.crew.lanesByLength();
    if (longest === undefined) return;
    const { completed } = longest;
    const look = (): void => this.balance(longest, completed);
    this.cancelBalance = longest.loadMicros < wakeMicros ? Timers.after(1, look) : Timers.nextTurn(look);
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
    this.stragglers.stop();
    this.cancelBalance?.();
    this.cancelBalance = undefined;
  }

  // Where calls come one by one, and nobody runs another one that it could wait behind, it does not wait for company.
  private goesAlone(): boolean {
    if (this.company !== "single" || this.crew.isOccupied) return false;
    this.company = "gone";
    this.fillSoon();
    return true;
  }

  private fill(): void {
    const hasGoneAlone = this.company === "gone";
    if (hasGoneAlone) this.company = "single";
    // Since it was to be filled, a job has begun to wait for a nested one.
    if (this.crew.hasBlocked) return this.owner.onChanged();
    if (hasGoneAlone && this.queue.size === 0) return;
    const lanes = this.crew.lowLanes();
    const given = this.giveTo(lanes);
    if (given > 0) this.company = given === 1 && !hasGoneAlone ? "single" : "several";
    this.flush(lanes);
    if (this.count > 0) this.stragglers.watch();
    if (this.crew.hasIdle) return this.queue.size > 0 ? this.owner.onChanged() : this.balanceSoon();
    if (this.queue.size > 0 || lanes.some(({ loadMicros }) => loadMicros > wakeMicros))
      this.crew.startFor(this.queue.size + this.count);
  }

  // What is short goes to lanes that have room, or to idle workers, which become lanes; gives how many calls that were.
  private giveTo(lanes: Array<Worker>): number {
    const now = nowMillis();
    let given = 0;
    for (let call = this.nextShort(now); call !== undefined; call = this.nextShort(now)) {
      const lane = this.laneIn(lanes);
      if (lane === undefined) break;
      this.queue.remove(call);
      this.give(call, lane, this.costs.of(call.request.task));
      given++;
    }
    return given;
  }

  // The call whose turn it is, if it may be given ahead.
  private nextShort(now: number): Call | undefined {
    const call = this.queue.first(now);
    if (call === undefined || !isPlain(call.request) || !this.owner.isTrusted(call)) return undefined;
    return this.costs.mostOf(call.request.task) > longestMicros ? undefined : call;
  }

  // Little work goes to one worker, which has done it before another is awake. What is more is for all.
  private laneIn(lanes: Array<Worker>): Worker | undefined {
    const nearly = lanes.find((worker) => worker.loadMicros < wakeMicros && worker.hasRoom);
    if (nearly !== undefined) return nearly;
    const idle = this.crew.nextIdle?.hasRoom === true ? this.crew.takeIdle() : undefined;
    if (idle === undefined) return roomiest(lanes);
    this.crew.took(idle);
    lanes.push(idle);
    return idle;
  }

  private give(call: Call, worker: Worker, micros: number): void {
    this.leastPriority = this.count === 0 ? call.priority : Math.min(this.leastPriority, call.priority);
    this.count++;
    call.move("give");
    call.number = CallNumbers.drawUnlike(worker.lastCancelled);
    call.worker = worker;
    worker.give(call, micros);
  }

  // All of them before anybody is told, who may cancel what is not sent yet.
  private flush(lanes: ReadonlyArray<Worker>): void {
    const started: Array<readonly [Call, Worker]> = [];
    const unsent = lanes.flatMap((worker) => this.send(worker));
    for (const worker of lanes.filter(({ state }) => state === "idle")) {
      const first = worker.beginFirst();
      if (first === undefined) this.crew.giveBack(worker);
      else started.push([first, worker]);
    }
    for (const [call, worker] of started) this.owner.onStarted(call, worker);
    for (const { call, cause } of unsent) {
      this.count--;
      call.move("restore");
      call.worker = undefined;
      this.owner.onUnsent(call, cause);
    }
  }

  private send(worker: Worker): ReadonlyArray<Unsent> {
    const startedAt = performance.now();
    const { sent, unsent } = worker.flush();
    if (sent.length === 0) return unsent;
    const tookMicros = (performance.now() - startedAt) * 1000;
    for (const call of sent) this.costs.sent(call.request.task, tookMicros, sent.length);
    return unsent;
  }

  private balance(watched: Worker, completed: number): void {
    this.cancelBalance = undefined;
    if (this.count === 0 || this.queue.size > 0 || !this.crew.hasIdle) return;
    if (watched.loadMicros < wakeMicros && watched.completed > completed) return this.balanceSoon();
    this.crew.lanesByLength().some((worker) => this.relieve(worker, Math.ceil(worker.aheadCount / 2)));
  }

  // False when the worker has begun with all of them, and that is not read yet.
  private relieve(worker: Worker, count: number): boolean {
    worker.isLagging = true;
    const calls = worker.takeBackLast(count);
    if (calls.length === 0) return false;
    this.restore(calls);
    this.owner.onChanged();
    return true;
  }
}
