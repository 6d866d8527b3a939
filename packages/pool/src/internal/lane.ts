/**
 * The calls that a worker holds: the one that runs, and behind it those that it was given ahead, which can be taken back
 * until the worker has begun with them. It begins with one only after it has sent the end of the one before.
 */
import type { HostFrame } from "../Frame.ts";
import type { Call } from "./call.ts";
import { type Claims, give, noTicket, slotOf, take } from "./claims.ts";
import type { Unsent } from "./owner.ts";
import { aheadFrames, type Given } from "./runFrame.ts";

/** How long what a worker holds may take, as far as one knows, when it is given one more. */
export const targetMicros = 500;

/** How many calls a worker may be given ahead. */
export const mostAhead = 128;

const lastTicket = 2 ** 31 - 1;

interface Entry extends Given {
  readonly micros: number;
}

/** What became of calls that were sent: some may not be cloned. */
interface Flushed {
  readonly sent: ReadonlyArray<Call>;
  readonly unsent: ReadonlyArray<Unsent>;
}

type Send = (frames: ReadonlyArray<HostFrame>) => void;

const sendAlone = (entry: Entry, send: Send): ReadonlyArray<Unsent> => {
  try {
    send(aheadFrames([entry]));
    return [];
  } catch (cause) {
    return [{ call: entry.call, cause }];
  }
};

/** The lane of one worker. */
export class Lane {
  private readonly claims: Claims | undefined;
  private entries: Array<Entry> = [];
  private outgoing: Array<Entry> = [];
  private readonly isTaken: Array<boolean>;
  private ticket = noTicket;
  private headSlot = -1;
  private headMicros = 0;
  private aheadMicros = 0;

  constructor(claims: Claims | undefined) {
    this.claims = claims;
    this.isTaken = Array.from({ length: claims?.length ?? 0 }, () => false);
  }

  /** How many calls it was given ahead. */
  get size(): number {
    return this.entries.length;
  }

  /** How long all that it holds may take. */
  get loadMicros(): number {
    return this.headMicros + this.aheadMicros;
  }

  /** Whether it may be given one more. */
  get hasRoom(): boolean {
    const { claims } = this;
    if (claims === undefined || this.loadMicros >= targetMicros || this.size >= mostAhead) return false;
    return this.isTaken[slotOf(claims, this.nextTicket())] === false;
  }

  /** A call runs that was not given ahead. */
  begin(micros: number): void {
    this.headMicros = micros;
  }

  /** The call that runs has ended. */
  end(): void {
    this.free(this.headSlot);
    this.headSlot = -1;
    this.headMicros = 0;
  }

  /** Gives a call ahead; there is room for it. It is sent with the next `flush`. */
  add(call: Call, micros: number): void {
    const claims = this.claims as Claims;
    const ticket = this.nextTicket();
    this.ticket = ticket;
    this.isTaken[slotOf(claims, ticket)] = true;
    give(claims, ticket);
    const entry: Entry = { call, ticket, micros };
    this.entries.push(entry);
    this.outgoing.push(entry);
    this.aheadMicros += micros;
  }

  /** Sends what was added, together; one by one where something among it cannot be cloned. */
  flush(send: Send): Flushed {
    const { outgoing } = this;
    this.outgoing = [];
    const sent = outgoing.map(({ call }) => call);
    try {
      send(aheadFrames(outgoing));
      return { sent, unsent: [] };
    } catch {
      const unsent = outgoing.flatMap((entry) => sendAlone(entry, send));
      return { sent: sent.filter((call) => unsent.every((other) => other.call !== call)), unsent };
    }
  }

  /** The next one runs. */
  shift(): Call | undefined {
    const entry = this.entries.shift();
    if (entry === undefined) return undefined;
    this.left(entry);
    this.headSlot = slotOf(this.claims as Claims, entry.ticket);
    this.headMicros = entry.micros;
    return entry.call;
  }

  /** Takes a call back; false when the worker has begun with it. */
  takeBack(call: Call): boolean {
    const index = this.entries.findIndex((entry) => entry.call === call);
    return index >= 0 && this.takeAt(index);
  }

  /** Takes back as many as there are of the last ones; gives them back, the last one first. */
  takeBackLast(count: number): ReadonlyArray<Call> {
    const calls: Array<Call> = [];
    for (let index = this.entries.length - 1; index >= 0 && calls.length < count; index--) {
      const { call } = this.entries[index] as Entry;
      // Those before it are older: the worker has begun with them as well.
      if (!this.takeAt(index)) break;
      calls.push(call);
    }
    return calls;
  }

  private takeAt(index: number): boolean {
    const entry = this.entries[index] as Entry;
    const claims = this.claims as Claims;
    if (!take(claims, entry.ticket)) return false;
    this.free(slotOf(claims, entry.ticket));
    this.entries.splice(index, 1);
    this.left(entry);
    return true;
  }

  // From scratch when it is empty, so that no error of rounding stays.
  private left({ micros }: Entry): void {
    this.aheadMicros = this.entries.length === 0 ? 0 : this.aheadMicros - micros;
  }

  private free(slot: number): void {
    if (slot >= 0) this.isTaken[slot] = false;
  }

  private nextTicket(): number {
    return this.ticket === lastTicket ? noTicket + 1 : this.ticket + 1;
  }
}
