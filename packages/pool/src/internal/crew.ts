/**
 * The workers of a pool: how many there may be, which of them are idle, and when they start, retire and are replaced.
 *
 * There are at most `size` of them, and one more for each job that waits for a nested one, since that job does nothing
 * meanwhile. Those that are closing come on top, at most as many again.
 */
import { messageOf } from "@heddle/core/Defect";
import type { WorkerStats } from "@heddle/core/Stats";
import * as Timers from "@heddle/core/Timers";

import type { Resolved } from "../PoolOptions.ts";
import { maxStartFailures, Supervisor } from "../Supervisor.ts";
import type { Transport, WorkerExit } from "../Transport.ts";
import { type Owner, Worker } from "../Worker.ts";
import type { WorkerState } from "../WorkerState.ts";
import { deathOf, lastWordsOf } from "./deaths.ts";

/** What a crew tells its pool. */
export interface CrewOwner {
  /** The result of a call that a worker was given. */
  readonly onResult: Owner["onResult"];
  readonly onTakenBack: Owner["onTakenBack"];
  readonly onPromoted: Owner["onPromoted"];
  readonly units: Owner["units"];
  /** A worker may be free, or may be started. */
  readonly onChanged: () => void;
  /** None can be started: what waits has to be told. */
  readonly onUnavailable: (detail: string, cause: unknown) => void;
}

interface Recycling {
  readonly old: Set<Worker>;
  readonly done: PromiseWithResolvers<void>;
}

// A body that makes one nested call after the other would otherwise pay for a new worker each time.
const lingerMillis = 100;

/** All workers of one pool. */
export class Crew {
  size: number;
  private readonly name: string;
  private readonly transport: Transport;
  private readonly options: Resolved;
  private readonly owner: CrewOwner;
  private readonly supervisor: Supervisor;
  private readonly workers = new Map<number, Worker>();
  private readonly idle: Array<Worker> = [];
  private readonly counts: Record<WorkerState, number>;
  private readonly recyclings = new Set<Recycling>();
  private readonly lingers: Array<() => void> = [];
  private readonly workerOwner: Owner;
  /** How many workers have a call. */
  private occupied = 0;
  private blocked = 0;
  private cancelRetry: (() => void) | undefined;
  private warm: PromiseWithResolvers<void> | undefined;
  private closing: PromiseWithResolvers<void> | undefined;

  constructor(name: string, transport: Transport, options: Resolved, owner: CrewOwner) {
    this.name = name;
    this.transport = transport;
    this.options = options;
    this.owner = owner;
    this.size = options.size;
    this.supervisor = new Supervisor(options);
    this.counts = {
      starting: 0,
      idle: 0,
      busy: 0,
      cancelling: 0,
      closing: 0,
      dying: 0,
      killed: 0,
      exited: 0,
    };
    this.workerOwner = {
      onMoved: (worker, from, to) => this.moved(worker, from, to),
      onIdle: (worker) => this.rested(worker),
      onRetirable: (worker) => this.retirable(worker),
      onExit: (worker, exit) => this.exited(worker, exit),
      onResult: owner.onResult,
      onTakenBack: owner.onTakenBack,
      onPromoted: owner.onPromoted,
      mayGoOn: () => this.closing === undefined && this.occupied <= this.size + this.blocked,
      units: owner.units,
      onChanged: () => owner.onChanged(),
    };
  }

  /** The worker that was idle last, if one more may have a call. */
  takeIdle(): Worker | undefined {
    return this.hasIdle ? this.idle.pop() : undefined;
  }

  /** It was given a call. */
  took(worker: Worker): void {
    worker.isOccupied = true;
    this.occupied++;
  }

  /** Whether an idle worker may have a call. */
  get hasIdle(): boolean {
    return this.idle.length > 0 && this.occupied < this.size + this.blocked;
  }

  /** Whether a worker has a call. */
  get isOccupied(): boolean {
    return this.occupied > 0;
  }

  /** Whether a job waits for a nested one. */
  get hasBlocked(): boolean {
    return this.blocked > 0;
  }

  [Symbol.iterator](): Iterator<Worker> {
    return this.workers.values();
  }

  /** The worker that would be taken next, if one more may have a call. */
  get nextIdle(): Worker | undefined {
    return this.hasIdle ? this.idle[this.idle.length - 1] : undefined;
  }

  /** Busy workers that it is time to give more ahead. */
  lowLanes(): Array<Worker> {
    const low: Array<Worker> = [];
    for (const worker of this.workers.values()) {
      if (worker.state === "busy" && worker.isLow && worker.hasRoom) low.push(worker);
    }
    return low;
  }

  /** Those that were given calls ahead, the one with most of them first. */
  lanesByLength(): ReadonlyArray<Worker> {
    return [...this.workers.values()]
      .filter(({ aheadCount }) => aheadCount > 0)
      .toSorted((a, b) => b.aheadCount - a.aheadCount);
  }

  /** Gives back a worker that was not used. */
  giveBack(worker: Worker): void {
    this.vacated(worker);
    this.idle.push(worker);
  }

  /** Starts workers for calls that wait: never more than there are calls, nor than may be. */
  startFor(waiting: number): void {
    if (this.closing !== undefined || this.cancelRetry !== undefined) return;
    const bound = this.size + this.blocked;
    let { starting } = this.counts;
    while (
      starting < waiting &&
      this.occupied + starting < bound &&
      this.present < bound &&
      this.workers.size < 2 * bound
    ) {
      const waitMillis = this.supervisor.waitMillis(performance.now());
      if (waitMillis > 0) return this.retryAfter(waitMillis);
      if (!this.start()) return;
      starting++;
    }
  }

  /** Nothing waits any more, so there is nothing to start later. */
  forgetRetry(): void {
    this.cancelRetry?.();
    this.cancelRetry = undefined;
  }

  /** A job waits for a nested one: another worker may run meanwhile. */
  block(): void {
    this.blocked++;
    this.lingers.pop()?.();
  }

  unblock(): void {
    this.blocked--;
    if (this.closing !== undefined || this.present <= this.size + this.blocked + this.lingers.length) return;
    const linger = (): void => {
      this.lingers.shift();
      this.trim();
    };
    this.lingers.push(Timers.after(lingerMillis, linger, { unref: true }));
  }

  resize(size: number): void {
    this.size = size;
    this.trim();
    this.owner.onChanged();
  }

  /** Replaces all present workers, each as soon as it has no call. */
  recycle(): Promise<void> {
    const recycling: Recycling = {
      old: new Set(this.workers.values()),
      done: Promise.withResolvers<void>(),
    };
    this.recyclings.add(recycling);
    for (const worker of recycling.old) {
      worker.wear.isWorn = true;
      if (worker.state === "idle") worker.close();
    }
    this.checkRecycled();
    this.owner.onChanged();
    return recycling.done.promise;
  }

  /** Starts all workers and resolves when each has reported or failed to. */
  prewarm(): Promise<void> {
    this.warm ??= Promise.withResolvers<void>();
    while (this.closing === undefined && this.present < this.size && this.start());
    this.checkWarm();
    return this.warm.promise;
  }

  /** Stops all workers; resolves when none is left. Nothing is started any more. */
  close(): Promise<void> {
    this.closing ??= Promise.withResolvers<void>();
    this.forgetRetry();
    for (const cancel of this.lingers.splice(0)) cancel();
    for (const worker of this.workers.values()) worker.close();
    if (this.workers.size === 0) this.closing.resolve();
    return this.closing.promise;
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

  // Those that are closing have no call and will not get one.
  private get present(): number {
    return this.workers.size - this.counts.closing;
  }

  private start(): boolean {
    let index = 0;
    while (this.workers.has(index)) index++;
    try {
      this.workers.set(index, new Worker(this.name, index, this.transport, this.options, this.workerOwner));
      this.counts.starting++;
      return true;
    } catch (cause) {
      this.owner.onUnavailable(messageOf(cause), cause);
      return false;
    }
  }

  // The program waits for calls that wait, unless the pool is a daemon.
  private retryAfter(millis: number): void {
    const retry = (): void => {
      this.cancelRetry = undefined;
      this.owner.onChanged();
    };
    this.cancelRetry = Timers.after(millis, retry, { unref: this.options.daemon });
  }

  // Whatever it was that ended its idleness, it must not be given a call any more.
  private moved(worker: Worker, from: WorkerState, to: WorkerState): void {
    this.counts[from]--;
    this.counts[to]++;
    if (from === "idle" && to !== "busy") this.dropIdle(worker);
    if (from !== "starting") return;
    if (to === "idle") this.supervisor.started();
    this.checkWarm();
  }

  private rested(worker: Worker): void {
    this.vacated(worker);
    if (this.closing !== undefined) return worker.close();
    this.idle.push(worker);
    if (worker.wear.isWorn) this.replace(worker);
    else this.trim();
  }

  private retirable(worker: Worker): void {
    if (worker.wear.isWorn) this.replace(worker);
    else if (this.present > this.options.minSize) worker.close();
  }

  // What waits starts workers by itself.
  private replace(worker: Worker): void {
    worker.close();
    const mayStart = this.closing === undefined && this.supervisor.waitMillis(performance.now()) === 0;
    if (mayStart && this.present < Math.min(this.options.minSize, this.size)) this.start();
  }

  private trim(): void {
    while (this.present > this.size + this.blocked + this.lingers.length) {
      const coldest = this.idle[0];
      if (coldest === undefined) return;
      coldest.close();
    }
  }

  private dropIdle(worker: Worker): void {
    const index = this.idle.indexOf(worker);
    if (index >= 0) this.idle.splice(index, 1);
  }

  private vacated(worker: Worker): void {
    if (!worker.isOccupied) return;
    worker.isOccupied = false;
    this.occupied--;
  }

  private exited(worker: Worker, exit: WorkerExit): void {
    this.vacated(worker);
    this.workers.delete(worker.index);
    for (const { old } of this.recyclings) old.delete(worker);
    this.checkRecycled();
    if (this.closing !== undefined) {
      if (this.workers.size === 0) this.closing.resolve();
    } else if (!worker.wasReady) this.startFailed(worker, exit);
    else if (!worker.wasEndedByHost) this.supervisor.died(performance.now());
  }

  private startFailed(worker: Worker, exit: WorkerExit): void {
    if (this.supervisor.startFailed(performance.now()) === "retry") return;
    const how = [worker.violation ?? `it ended with ${deathOf(exit)}`, ...lastWordsOf(exit)].join(": ");
    this.owner.onUnavailable(`${maxStartFailures} in a row did not report; of the last, ${how}`, exit.cause);
  }

  private checkRecycled(): void {
    for (const recycling of this.recyclings) {
      if (recycling.old.size > 0) continue;
      this.recyclings.delete(recycling);
      recycling.done.resolve();
    }
  }

  private checkWarm(): void {
    if (this.counts.starting === 0) this.warm?.resolve();
  }
}
