/**
 * One worker's life, seen from the parent: handshake, one call after the other, cancellation, end.
 *
 * **Guarantees**
 *
 * - A call that was assigned gets exactly one end: its result, or the worker's exit.
 * - A frame is only ever taken for the call that this worker is running. What a body may still send after its end is
 *   dropped; anything else breaks the protocol and kills this worker alone.
 * - A cancelled worker is given no call until its body has stopped, so a kill never addresses a neighbour.
 * - What it was given ahead is taken back before it is killed, and when it ends: only what it had begun with goes with it.
 * - A worker that does not end even when it is killed is given up, so that its call still ends.
 *
 * @since 0.1.0
 */
import * as Defect from "@heddle/core/Defect";
import * as Outcome from "@heddle/core/Outcome";
import type { Unit } from "@heddle/core/TaskContext";
import * as Timers from "@heddle/core/Timers";

import * as Frame from "./Frame.ts";
import type { Result } from "./internal/assignment.ts";
import type { Call } from "./internal/call.ts";
import * as CallNumbers from "./internal/callNumbers.ts";
import { Idleness } from "./internal/idleness.ts";
import { Lane } from "./internal/lane.ts";
import type { KillReason, Owner, Terms, Unsent } from "./internal/owner.ts";
import type { Member } from "./internal/units.ts";
import { Wear } from "./internal/wear.ts";
import type { Connection, Transport, WorkerExit } from "./Transport.ts";
import * as WorkerState from "./WorkerState.ts";

export type { CallFrame, Result } from "./internal/assignment.ts";
export type { KillReason, Owner, Terms, Unsent } from "./internal/owner.ts";

/** More than any transport reads at once. */
const maxBatchFrames = 1_000_000;

/** How many of its last calls a worker is known by. An honest one sends nothing of a call after its end. */
const maxGiven = 16;

/** How long ends may stay unread of a worker that has a lot to do. */
const quietMillis = 1;

/** How long a killed worker may take to end until it is given up. */
const abandonMillis = 5000;

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
  /** The call for which its cancel flag is still raised; 0 if for none. */
  lastCancelled = 0;
  wasReady = false;
  /** Whether it has a call, until somebody was told of the end of that. */
  isOccupied = false;
  /** Its call runs on and on, or others were idle meanwhile: until that ends it is given nothing ahead. */
  isLagging = false;
  /** When it is to be replaced as soon as it has no call. */
  readonly wear: Wear;
  unit: Unit;
  violation: string | undefined;
  killedFor: KillReason | undefined;
  private readonly connection: Connection;
  private readonly owner: Owner;
  private readonly terms: Terms;
  private call: Call | undefined;
  private readonly ahead: Lane;
  private readonly idleness: Idleness;
  private cancelTimer: (() => void) | undefined;
  /** Whether the connection keeps the program alive. */
  private isReferenced: boolean;
  /** The numbers of its last calls, the current one included. */
  private readonly given: Array<number> = [];
  private dyingOf: { readonly cause: unknown } | undefined;
  private readonly member: Member | undefined;

  constructor(runtime: string, index: number, transport: Transport, terms: Terms, owner: Owner) {
    this.index = index;
    this.lane = `${runtime}/${index}`;
    this.unit = { runtime, lane: this.lane, pid: 0, threadId: 0 };
    this.owner = owner;
    this.terms = terms;
    const ask = (): void => this.connection.send([[Frame.Kind.measure]], []);
    this.idleness = new Idleness(
      terms.idleMillis,
      () => this.state === "idle",
      () => owner.onRetirable(this),
    );
    const onWorn = (): void => (this.state === "idle" ? owner.onRetirable(this) : undefined);
    this.wear = new Wear(terms, ask, onWorn);
    this.connection = transport.spawn(this.lane, {
      onFrames: (frames) => this.receive(frames),
      onExit: (exit) => this.exited(exit),
      quietMillis: () => (this.state === "busy" && this.ahead.isDeep ? quietMillis : 0),
    });
    CallNumbers.prepare();
    this.ahead = new Lane(this.connection.offers);
    this.isReferenced = !terms.daemon;
    if (terms.daemon) this.connection.unref();
    else this.connection.ref();
    this.member = owner.units?.join((frames) => this.connection.send(frames, []));
    this.after(terms.startMillis, () => this.violate(`no handshake within ${terms.startMillis} ms`));
  }

  /** Whether its end was the host's own wish, so that nobody is to blame for it. */
  get wasEndedByHost(): boolean {
    return this.killedFor === "cancelled" || this.killedFor === "closed";
  }

  /** How many calls it was given ahead. */
  get aheadCount(): number {
    return this.ahead.size;
  }

  /** How long the call that runs may take, in microseconds. */
  get headMicros(): number {
    return this.ahead.headMicros;
  }

  /** How long what it holds may take, in microseconds. */
  get loadMicros(): number {
    return this.ahead.loadMicros;
  }

  /** Whether it may be given a call ahead. */
  get hasRoom(): boolean {
    if (this.state !== "busy" && this.state !== "idle") return false;
    if (this.isLagging || this.wear.isWorn || !this.ahead.hasRoom) return false;
    return this.completed + (this.state === "busy" ? 1 : 0) + this.ahead.size < this.terms.recycleJobs;
  }

  /** Whether it is time to give it more. */
  get isLow(): boolean {
    return this.ahead.isLow;
  }

  /** Sends a call that may take that long. Throws, and stays idle, when its input cannot be cloned. */
  assign(frame: Frame.HostFrame, transfer: ReadonlyArray<unknown>, call: Call, micros: number): void {
    this.connection.send([frame], transfer);
    this.ahead.begin(micros);
    this.beginIdle(call);
  }

  /** Takes a call ahead, for which there is room; it is sent with the next `flush`. */
  give(call: Call, micros: number): void {
    if (this.state === "idle" && this.ahead.size === 0) this.ahead.addFirst(call, micros);
    else this.ahead.add(call, micros);
  }

  /** Sends what it took ahead; tells what cannot be cloned, and why. */
  flush(): { readonly sent: ReadonlyArray<Call>; readonly unsent: ReadonlyArray<Unsent> } {
    return this.ahead.flush();
  }

  /** Has begun with the first of what was sent to it while it was idle, if that was anything: the pool is to tell. */
  beginFirst(): Call | undefined {
    const first = this.ahead.shift();
    if (first === undefined) return undefined;
    this.beginIdle(first);
    return first;
  }

  /** Takes back a call that it was given ahead; false when it has begun with it. */
  takeBack(call: Call): boolean {
    return this.ahead.takeBack(call);
  }

  /** Takes back as many as there are of the last calls that it was given ahead; the last one comes first. */
  takeBackLast(count: number): ReadonlyArray<Call> {
    return this.ahead.takeBackLast(count);
  }

  /** Asks the running call to stop, and kills the worker if it has not within the grace time. */
  cancel(call: number): void {
    if (this.call?.number !== call || this.state !== "busy") return;
    this.move("cancel");
    this.lastCancelled = call;
    this.connection.raiseCancelFlag(call);
    this.connection.send([[Frame.Kind.cancel, call]], []);
    this.after(this.terms.graceMillis, () => this.killUnlessEnded());
  }

  /** Sends something for the running call; nothing when that call is over. Throws when it cannot be cloned. */
  tell(call: number, frame: Frame.HostFrame): void {
    if (this.call?.number !== call) return;
    if (this.state === "busy" || this.state === "cancelling") this.connection.send([frame], []);
  }

  /** Ends an idle worker in order, any other by force; force follows when order takes longer than the grace. */
  close(): void {
    if (this.state === "closing") return;
    if (WorkerState.next(this.state, "close") === undefined) return this.kill("closed");
    this.move("close");
    this.killedFor = "closed";
    this.clearTimers();
    this.keepAlive();
    this.connection.send([[Frame.Kind.close]], []);
    this.after(this.terms.graceMillis, () => this.kill("closed"));
  }

  /** Ends it by force. If that does not help, it is given up: told as ended, and no longer waited for. */
  kill(reason: KillReason): void {
    if (WorkerState.next(this.state, "kill") === undefined) return;
    this.killedFor ??= reason;
    this.move("kill");
    this.clearTimers();
    const hadMore = this.ahead.size > 0;
    this.leaveLane();
    this.keepAlive();
    // V8 and Bun have loops that they cannot interrupt, so a thread may never end. Its call still has to.
    this.after(abandonMillis, () => this.abandon());
    this.connection.kill();
    if (hadMore) this.owner.onChanged();
  }

  // The loop may have been blocked, and the end of the call wait to be read: then the worker is at the next one by now.
  private killUnlessEnded(): void {
    this.cancelTimer = Timers.nextTurn(() => this.kill("cancelled"));
  }

  private beginIdle(call: Call): void {
    this.move("assign");
    this.begin(call);
    this.keepAlive();
  }

  private begin(call: Call): void {
    this.call = call;
    if (this.given.push(call.number) > maxGiven) this.given.shift();
  }

  private emptyLane(): void {
    if (this.ahead.size > 0) this.owner.onTakenBack(this.ahead.takeBackLast(Number.POSITIVE_INFINITY));
  }

  private abandon(): void {
    this.connection.unref();
    const cause = new Error(`it did not end within ${abandonMillis} ms of being killed`);
    this.exited({ exitCode: null, signal: null, cause, stderrTail: "", isOutOfMemory: false });
  }

  private keepAlive(): void {
    if (this.terms.daemon || this.isReferenced) return;
    this.isReferenced = true;
    this.connection.ref();
  }

  // Only once everybody was told: most workers have the next call by then, and both cost more than they look.
  private letGo(): void {
    if (this.state !== "idle" || !this.isReferenced) return;
    this.isReferenced = false;
    this.connection.unref();
  }

  private receive(frames: unknown): void {
    if (!Array.isArray(frames)) return this.violate("a batch that is no array");
    if (frames.length > maxBatchFrames) return this.violate(`a batch of ${frames.length} frames`);
    for (const frame of frames) {
      if (this.state === "dying" || this.state === "killed" || this.state === "exited") return;
      if (Frame.isWorkerFrame(frame)) this.route(frame);
      else this.violate("a frame that cannot be understood");
    }
  }

  private route(frame: Frame.WorkerFrame): void {
    switch (frame[0]) {
      case Frame.Kind.ready:
        return this.ready(frame);
      case Frame.Kind.dying:
        return this.die(frame[1]);
      case Frame.Kind.heap:
        return this.wear.measured(frame[1])
          ? undefined
          : this.violate("an answer to a question that nobody asked");
      case Frame.Kind.ask:
        return this.asked(frame[1]);
    }
    const { call } = this;
    if (call === undefined || call.number !== frame[1]) return this.stray(frame);
    switch (frame[0]) {
      case Frame.Kind.outcome:
        return this.settle(call, { _tag: "Outcome", outcome: frame[2] }, frame[3]);
      case Frame.Kind.refused:
        return this.settle(call, { _tag: "Refused", refusal: frame[2] });
    }
    const isOfSeries = frame[0] === Frame.Kind.outputs || frame[0] === Frame.Kind.alone;
    if (isOfSeries && call.request.inputs === undefined)
      return this.violate("a frame of a series of a call that is none");
    const wrong = call.onFrame(frame);
    if (wrong !== undefined) return this.violate(wrong);
    if (frame[0] === Frame.Kind.outputs) this.took(call, frame);
  }

  private took(call: Call, [, , outputs, , isLast]: Frame.WorkerFrameOf<"outputs">): void {
    this.completed += outputs.length;
    if (!isLast) return;
    // The end of the call counts as one.
    this.completed--;
    this.settle(call, { _tag: "Outcome", outcome: Outcome.success(undefined) });
  }

  private asked(asked: ReadonlyArray<unknown>): void {
    if (this.state === "starting") return this.violate("a question before the handshake");
    const wrong = this.member === undefined ? "a question of no unit" : this.member.receive(asked);
    if (wrong !== undefined) this.violate(wrong);
  }

  private ready([, version, pid, threadId]: Frame.WorkerFrameOf<"ready">): void {
    if (version !== Frame.version)
      return this.violate(`protocol version ${version}, expected ${Frame.version}`);
    if (this.state !== "starting") return this.violate("a second handshake");
    this.unit = { ...this.unit, pid, threadId };
    this.wasReady = true;
    this.move("ready");
    this.wear.begin();
    this.rest();
    this.owner.onChanged();
    this.letGo();
  }

  // It may come of work that a body left behind. A second end can only be forged, and so can anything of a call that never
  // was: whoever guesses at the number of the running call guesses once.
  private stray(
    frame: Exclude<Frame.WorkerFrame, Frame.WorkerFrameOf<"ready" | "dying" | "heap" | "ask">>,
  ): void {
    const [kind, call] = frame;
    if (!this.given.includes(call)) return this.violate("a frame of a call that it was not given");
    const isEnd =
      kind === Frame.Kind.outcome || kind === Frame.Kind.refused || (kind === Frame.Kind.outputs && frame[4]);
    if (isEnd) this.violate("a second end of a call");
  }

  private settle(call: Call, result: Result, micros?: number): void {
    this.call = undefined;
    this.completed++;
    this.isLagging = false;
    this.ahead.end();
    this.wear.jobEnded(this.completed);
    const hasNext = this.ahead.size > 0;
    if (hasNext) this.move("next");
    else this.move("settle");
    this.stopTimer();
    if (!hasNext) this.rest();
    this.owner.onResult(call, result, this, micros);
    if (hasNext) this.goOn();
    this.owner.onChanged();
    this.letGo();
  }

  // Whoever was told of the end may have taken back the rest, or closed the worker.
  private goOn(): void {
    if (this.state !== "busy") return;
    if (this.wear.isWorn || !this.owner.mayGoOn(this)) this.emptyLane();
    const next = this.ahead.shift();
    if (next !== undefined) return this.promote(next);
    this.move("settle");
    this.rest();
  }

  // It ends between two calls: the one that it has begun with is known to run.
  private leaveLane(): void {
    this.emptyLane();
    const next = this.call === undefined ? this.ahead.shift() : undefined;
    if (next !== undefined) this.promote(next);
  }

  private promote(call: Call): void {
    this.begin(call);
    this.owner.onPromoted(call, this);
  }

  private rest(): void {
    this.stopTimer();
    this.idleness.begin();
    this.owner.onIdle(this);
  }

  // What it sends from here on may be half done, and a call must not be given to it.
  private die(cause: Defect.Defect): void {
    try {
      this.dyingOf = { cause: Defect.toUnknown(cause) };
    } catch {
      return this.violate("a cause of death that cannot be read");
    }
    this.move("die");
    this.clearTimers();
    this.keepAlive();
    const hadMore = this.ahead.size > 0;
    this.leaveLane();
    this.after(this.terms.graceMillis, () => this.kill("overdue"));
    if (hadMore) this.owner.onChanged();
  }

  private exited(reported: WorkerExit): void {
    // Given up before, it has ended after all.
    if (this.state === "exited") return;
    const exit =
      reported.cause === undefined && this.dyingOf !== undefined
        ? { ...reported, cause: this.dyingOf.cause }
        : reported;
    this.move("exit");
    this.clearTimers();
    this.member?.end();
    const { call } = this;
    const lost: Result = { _tag: "Lost", exit, violation: this.violation };
    this.call = undefined;
    this.owner.onExit(this, exit);
    this.emptyLane();
    if (call !== undefined) this.owner.onResult(call, lost, this);
    // What it had begun with although the end of the one before never came: it must not run again.
    for (let next = this.ahead.shift(); next !== undefined; next = this.ahead.shift()) {
      this.owner.onPromoted(next, this);
      this.owner.onResult(next, lost, this);
    }
    this.owner.onChanged();
  }

  private violate(detail: string): void {
    this.violation = detail;
    this.kill("violation");
  }

  private move(event: WorkerState.WorkerEvent): void {
    const from = this.state;
    const to = WorkerState.next(from, event);
    if (to === undefined) throw new Error(`worker ${this.lane}: "${event}" is impossible while ${from}`);
    this.state = to;
    this.owner.onMoved(this, from, to);
  }

  // Unreferenced: the worker itself keeps the program alive while it matters.
  private after(millis: number, action: () => void): void {
    this.stopTimer();
    this.cancelTimer = Timers.after(millis, action, { unref: true });
  }

  private stopTimer(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
  }

  private clearTimers(): void {
    this.stopTimer();
    this.idleness.stop();
    this.wear.stop();
  }
}
