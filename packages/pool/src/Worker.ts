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
import type { Unit } from "@heddle/core/TaskContext";

import * as Frame from "./Frame.ts";
import type { Call } from "./internal/call.ts";
import * as CallNumbers from "./internal/callNumbers.ts";
import { Ending } from "./internal/ending.ts";
import { FrameReader } from "./internal/frameReader.ts";
import { Lane } from "./internal/lane.ts";
import { Life } from "./internal/life.ts";
import type { KillReason, Owner, Terms, Unsent } from "./internal/owner.ts";
import { Succession } from "./internal/succession.ts";
import { Wear } from "./internal/wear.ts";
import type { Connection, Transport } from "./Transport.ts";
import type * as WorkerState from "./WorkerState.ts";

export type { CallFrame, Result } from "./internal/assignment.ts";
export type { KillReason, Owner, Terms, Unsent } from "./internal/owner.ts";

/** How long ends may stay unread of a worker that has a lot to do. */
const quietMillis = 1;

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
  private readonly terms: Terms;
  private readonly ahead: Lane;
  private readonly life: Life;
  private readonly succession: Succession;
  private readonly ending: Ending;
  private readonly reader: FrameReader;

  constructor(runtime: string, index: number, transport: Transport, terms: Terms, owner: Owner) {
    this.index = index;
    this.lane = `${runtime}/${index}`;
    this.unit = { runtime, lane: this.lane, pid: 0, threadId: 0 };
    this.terms = terms;
    const ask = (): void => this.connection.send([[Frame.Kind.measure]], []);
    const onWorn = (): void => (this.state === "idle" ? owner.onRetirable(this) : undefined);
    this.wear = new Wear(terms, ask, onWorn);
    this.connection = transport.spawn(this.lane, {
      onFrames: (frames) => this.reader.receive(frames),
      onExit: (exit) => this.ending.exited(exit),
      quietMillis: () => (this.state === "busy" && this.ahead.isDeep ? quietMillis : 0),
    });
    CallNumbers.prepare();
    this.ahead = new Lane(this.connection.offers);
    const makings = { worker: this, connection: this.connection, terms, owner };
    this.life = new Life(makings);
    this.succession = new Succession(makings, this.life, this.ahead);
    const member = owner.units?.join((frames) => this.connection.send(frames, []));
    this.ending = new Ending(makings, this.life, this.succession, member);
    this.reader = new FrameReader(this, this.life, this.succession, this.ending, member);
    const { startMillis } = terms;
    this.life.after(startMillis, () => this.ending.violate(`no handshake within ${startMillis} ms`));
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
    this.succession.begin(call);
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
    this.succession.begin(first);
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
    if (this.succession.call?.number !== call || this.state !== "busy") return;
    this.life.move("cancel");
    this.lastCancelled = call;
    this.connection.raiseCancelFlag(call);
    this.connection.send([[Frame.Kind.cancel, call]], []);
    this.life.after(this.terms.graceMillis, () => this.killUnlessEnded());
  }

  /** Sends something for the running call; nothing when that call is over. Throws when it cannot be cloned. */
  tell(call: number, frame: Frame.HostFrame): void {
    if (this.succession.call?.number !== call) return;
    if (this.state === "busy" || this.state === "cancelling") this.connection.send([frame], []);
  }

  /** Ends an idle worker in order, any other by force; force follows when order takes longer than the grace. */
  close(): void {
    this.ending.close();
  }

  /** Ends it by force. If that does not help, it is given up: told as ended, and no longer waited for. */
  kill(reason: KillReason): void {
    this.ending.kill(reason);
  }

  // The loop may have been blocked, and the end of the call wait to be read: then the worker is at the next one by now.
  private killUnlessEnded(): void {
    this.life.afterTurn(() => this.ending.kill("cancelled"));
  }
}
