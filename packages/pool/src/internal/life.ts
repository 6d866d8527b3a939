/**
 * Where a worker is in its life: its state, the one timer of what is to happen next, and whether it keeps the program alive.
 */
import * as Timers from "@heddle/core/Timers";

import type { Connection } from "../Transport.ts";
import type { Worker } from "../Worker.ts";
import * as WorkerState from "../WorkerState.ts";
import { Idleness } from "./idleness.ts";
import type { Owner, Terms } from "./owner.ts";

/** What the parts of one worker are made from. */
export interface Makings {
  readonly worker: Worker;
  readonly connection: Connection;
  readonly terms: Terms;
  readonly owner: Owner;
}

export class Life {
  private readonly worker: Worker;
  private readonly connection: Connection;
  private readonly owner: Owner;
  private readonly isDaemon: boolean;
  private readonly idleness: Idleness;
  private cancelTimer: (() => void) | undefined;
  /** Whether the connection keeps the program alive. */
  private isReferenced: boolean;

  constructor({ connection, owner, terms, worker }: Makings) {
    this.worker = worker;
    this.connection = connection;
    this.owner = owner;
    this.isDaemon = terms.daemon;
    this.idleness = new Idleness(
      terms.idleMillis,
      () => worker.state === "idle",
      () => owner.onRetirable(worker),
    );
    this.isReferenced = !terms.daemon;
    if (terms.daemon) connection.unref();
    else connection.ref();
  }

  /** Goes to the state after an event. Throws when that is not possible, which would be an error of the pool. */
  move(event: WorkerState.WorkerEvent): void {
    const { worker } = this;
    const from = worker.state;
    const to = WorkerState.next(from, event);
    if (to === undefined) throw new Error(`worker ${worker.lane}: "${event}" is impossible while ${from}`);
    worker.state = to;
    this.owner.onMoved(worker, from, to);
  }

  /** It has reported. */
  reported(pid: number, threadId: number): void {
    const { worker } = this;
    worker.unit = { ...worker.unit, pid, threadId };
    worker.wasReady = true;
    this.move("ready");
    worker.wear.begin();
    this.rest();
    this.owner.onChanged();
    this.letGo();
  }

  /** It has no call from now on. */
  rest(): void {
    this.stopTimer();
    this.idleness.begin();
    this.owner.onIdle(this.worker);
  }

  /** Sets the timer anew. It lets the program end: the worker itself keeps that alive while it matters. */
  after(millis: number, action: () => void): void {
    this.stopTimer();
    this.cancelTimer = Timers.after(millis, action, { unref: true });
  }

  /** The same, for when what waits for the event loop has had its turn. */
  afterTurn(action: () => void): void {
    this.stopTimer();
    this.cancelTimer = Timers.nextTurn(action);
  }

  stopTimer(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
  }

  /** It will have no call any more. */
  stopTimers(): void {
    this.stopTimer();
    this.idleness.stop();
    this.worker.wear.stop();
  }

  /** The program is to live until this worker lets it go, unless the pool is a daemon. */
  keepAlive(): void {
    if (this.isDaemon || this.isReferenced) return;
    this.isReferenced = true;
    this.connection.ref();
  }

  /**
   * While it is idle, the program may end. Only once everybody was told: most workers have the next call by then, and both
   * cost more than they look.
   */
  letGo(): void {
    if (this.worker.state !== "idle" || !this.isReferenced) return;
    this.isReferenced = false;
    this.connection.unref();
  }
}
