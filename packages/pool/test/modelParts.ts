import * as Offers from "../src/Offers.ts";
/**
 * What a model knows of its workers and calls.
 */
import type { Call, End } from "../src/Pool.ts";
import type { Listener } from "../src/Transport.ts";

/** What its caller does when it is told of the end. */
export type AtEnd = "nothing" | "submits" | "cancels all" | "closes";

export interface Submitted {
  readonly call: Call;
  /** In the order of submission; its frames have another. */
  readonly number: number;
  readonly priority: number;
  readonly depth: number;
  readonly submittedAt: number;
  readonly parent: Submitted | undefined;
  readonly children: Set<Submitted>;
  state: "waiting" | "running" | "ended";
  ends: Array<End>;
  cancelled: boolean;
  /** How often a body began for it. */
  begun: number;
  readonly atEnd: AtEnd;
}

export type Life = "starting" | "idle" | "busy" | "closing" | "dying" | "killed" | "exited";

/** How long a killed worker counts although nothing is heard of it. */
const abandonMillis = 5000;

/** A call that a worker was sent, and has not been heard to have ended. */
interface Held {
  readonly number: number;
  readonly ticket: number;
  readonly submitted: Submitted;
  state: "waiting" | "begun" | "ended";
}

/** A worker as it must be, judged by what it was sent and what it did alone. */
export class ModelWorker {
  life: Life = "starting";
  isCancelled = false;
  killedAt = Number.POSITIVE_INFINITY;
  held: Array<Held> = [];
  /** What it has sent, and the pool has not read yet. */
  mail: Array<readonly unknown[]> = [];
  readonly words = new Int32Array(new SharedArrayBuffer(Offers.mostOpen * Int32Array.BYTES_PER_ELEMENT));
  readonly accept = Offers.acceptFrom(this.words);
  readonly listener: Listener;
  /** Calls whose ends the pool has before it, and has not come to. */
  unread: ReadonlyArray<Held> = [];
  constructor(listener: Listener) {
    this.listener = listener;
  }
  isPresent({ state, ticket }: Held): boolean {
    return state !== "waiting" || ticket === 0 || this.words[Offers.placeOf(ticket)] === ticket;
  }
  /** What was not taken back, by the word in shared memory alone. */
  get present(): ReadonlyArray<Held> {
    const unread = this.unread.filter(({ submitted }) => submitted.state !== "ended");
    return [...unread, ...this.held.filter((held) => this.isPresent(held))];
  }
  /** The call that the pool must take for the one that runs. */
  get head(): Held | undefined {
    return this.present[0];
  }
  get ahead(): ReadonlyArray<Held> {
    return this.present.slice(1).filter(({ state }) => state === "waiting");
  }
  get running(): Held | undefined {
    return this.held.find(({ state }) => state === "begun");
  }
  /** It has ended, or was given up because it does not end although it was killed. */
  get isGone(): boolean {
    return this.life === "exited" || performance.now() - this.killedAt >= abandonMillis;
  }
  /** The pool has killed it, and it has not ended. */
  get isKilled(): boolean {
    return this.life === "killed";
  }
  get hasCall(): boolean {
    return this.head !== undefined;
  }
}
