/**
 * One worker's life, seen from the parent: handshake, one call at a time, cancellation, end.
 *
 * **Guarantees**
 *
 * - A call that was assigned gets exactly one end: its result, or the worker's exit.
 * - A frame is only ever taken for the call that this worker is running; frames of ended calls are dropped,
 *   anything else breaks the protocol and kills this worker alone.
 *
 * @since 0.1.0
 */
import type { Outcome } from "@heddle/core/Outcome";
import type { Unit } from "@heddle/core/TaskContext";

import * as Frame from "./Frame.ts";
import type { Connection, Transport, WorkerExit } from "./Transport.ts";
import * as WorkerState from "./WorkerState.ts";

/**
 * How a call ended in a worker.
 *
 * @category models
 * @since 0.1.0
 */
export type Result =
  | { readonly _tag: "Outcome"; readonly outcome: Outcome }
  | { readonly _tag: "Refused"; readonly refusal: Frame.Refusal }
  | { readonly _tag: "Lost"; readonly exit: WorkerExit; readonly violation: string | undefined };

/**
 * A call as a worker sees it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Assignment {
  readonly call: number;
  readonly onEvent: (
    frame: Extract<Frame.WorkerFrame, readonly [14 | 15 | 16, ...ReadonlyArray<unknown>]>,
  ) => void;
  readonly onResult: (result: Result) => void;
}

/**
 * What a worker tells its pool.
 *
 * @category models
 * @since 0.1.0
 */
export interface Owner {
  readonly onIdle: (worker: Worker) => void;
  readonly onExit: (worker: Worker, exit: WorkerExit) => void;
}

/**
 * The timings of a worker's life, in milliseconds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Timings {
  readonly startMillis: number;
  readonly graceMillis: number;
}

/**
 * The parent-side handle of one worker.
 *
 * @category models
 * @since 0.1.0
 */
export class Worker {
  readonly lane: string;
  readonly index: number;
  state: WorkerState.WorkerState = "starting";
  completed = 0;
  wasReady = false;
  unit: Unit;
  violation: string | undefined;
  private readonly connection: Connection;
  private readonly owner: Owner;
  private readonly timings: Timings;
  private assignment: Assignment | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lastCall = 0;

  constructor(runtime: string, index: number, transport: Transport, timings: Timings, owner: Owner) {
    this.index = index;
    this.lane = `${runtime}/${index}`;
    this.unit = { runtime, lane: this.lane, pid: 0, threadId: 0 };
    this.owner = owner;
    this.timings = timings;
    this.connection = transport.spawn(this.lane, {
      onFrames: (frames) => this.receive(frames),
      onExit: (exit) => this.exited(exit),
    });
    this.after(timings.startMillis, () => this.violate(`no handshake within ${timings.startMillis} ms`));
  }

  /** Sends a call. Throws, and stays idle, when its input cannot be cloned. */
  assign(frame: Frame.HostFrame, transfer: ReadonlyArray<unknown>, assignment: Assignment): void {
    this.connection.send([frame], transfer);
    this.move("assign");
    this.assignment = assignment;
    this.lastCall = assignment.call;
    this.connection.ref();
  }

  /** Asks the running call to stop, and kills the worker if it has not within the grace time. */
  cancel(call: number): void {
    if (this.assignment?.call !== call || this.state !== "busy") return;
    this.move("cancel");
    this.connection.raiseCancelFlag(call);
    this.connection.send([[Frame.Kind.cancel, call]], []);
    this.after(this.timings.graceMillis, () => this.kill());
  }

  /** Lets a stream send more chunks. */
  credit(call: number, chunks: number): void {
    if (this.assignment?.call === call && this.state !== "killed") {
      this.connection.send([[Frame.Kind.credit, call, chunks]], []);
    }
  }

  /** Ends an idle worker in order, any other by force; force follows when order takes longer than the grace. */
  close(): void {
    if (WorkerState.next(this.state, "close") === undefined) return this.kill();
    this.move("close");
    this.connection.ref();
    this.connection.send([[Frame.Kind.close]], []);
    this.after(this.timings.graceMillis, () => this.kill());
  }

  kill(): void {
    if (WorkerState.next(this.state, "kill") === undefined) return;
    this.move("kill");
    this.clearTimer();
    this.connection.ref();
    this.connection.kill();
  }

  keepAlive(): void {
    this.connection.ref();
  }

  private receive(frames: unknown): void {
    if (!Array.isArray(frames)) return this.violate("a batch that is no array");
    for (const frame of frames) {
      if (this.state === "killed" || this.state === "exited") return;
      if (Frame.isWorkerFrame(frame)) this.route(frame);
      else this.violate("a frame that cannot be understood");
    }
  }

  private route(frame: Frame.WorkerFrame): void {
    if (frame[0] === Frame.Kind.ready) return this.ready(frame);
    if (frame[0] === Frame.Kind.dying || frame[0] === Frame.Kind.heap) return;
    const assignment = this.assignment;
    if (assignment === undefined || assignment.call !== frame[1]) return this.stray(frame[1]);
    switch (frame[0]) {
      case Frame.Kind.outcome:
        return this.settle(assignment, { _tag: "Outcome", outcome: frame[2] });
      case Frame.Kind.refused:
        return this.settle(assignment, { _tag: "Refused", refusal: frame[2] });
      case Frame.Kind.chunk:
      case Frame.Kind.progress:
      case Frame.Kind.log:
        return assignment.onEvent(frame);
      default:
        return;
    }
  }

  private ready([, version, pid, threadId]: Extract<
    Frame.WorkerFrame,
    readonly [11, ...ReadonlyArray<unknown>]
  >): void {
    if (version !== Frame.version)
      return this.violate(`protocol version ${version}, expected ${Frame.version}`);
    if (this.state !== "starting") return this.violate("a second handshake");
    this.unit = { ...this.unit, pid, threadId };
    this.wasReady = true;
    this.move("ready");
    this.clearTimer();
    this.connection.unref();
    this.owner.onIdle(this);
  }

  // A progress or log frame may be on its way when its call ends; one of a call that never was is forged.
  private stray(call: number): void {
    if (call > this.lastCall) this.violate(`a frame of call ${call}, which it was never given`);
  }

  private settle(assignment: Assignment, result: Result): void {
    this.assignment = undefined;
    this.completed++;
    this.move("settle");
    this.clearTimer();
    this.connection.unref();
    assignment.onResult(result);
    // Who was told of the end may have closed this worker by now.
    if (this.state === "idle") this.owner.onIdle(this);
  }

  private exited(exit: WorkerExit): void {
    this.move("exit");
    this.clearTimer();
    const assignment = this.assignment;
    this.assignment = undefined;
    assignment?.onResult({ _tag: "Lost", exit, violation: this.violation });
    this.owner.onExit(this, exit);
  }

  private violate(detail: string): void {
    this.violation = detail;
    this.kill();
  }

  private move(event: WorkerState.WorkerEvent): void {
    const state = WorkerState.next(this.state, event);
    if (state === undefined)
      throw new Error(`worker ${this.lane}: "${event}" is impossible while ${this.state}`);
    this.state = state;
  }

  private after(millis: number, action: () => void): void {
    this.clearTimer();
    this.timer = setTimeout(action, millis);
    // The worker itself keeps the program alive while it matters.
    this.timer.unref();
  }

  private clearTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
