/**
 * The calls that a worker holds: the one that runs, and behind it those that it was given ahead, which can be taken back
 * until the worker has begun with them. It begins with one only after it has sent the end of the one before.
 */
import { alone, Copier } from "@heddle/core/Items";

import { mostOpen, noTicket, type Offers, placeOf } from "../Offers.ts";
import type { Call } from "./call.ts";
import type { Unsent } from "./owner.ts";
import { aheadFrames, type Given } from "./runFrame.ts";

/** How long a call may take, as far as one knows, that is given ahead: a worker is idle for a few hundredths of that without. */
export const longestMicros = 10_000;

/** How long what a worker holds may take when it is given more than one ahead. The host may be kept from its work that long. */
const targetMicros = 8000;

/** From when on a lane is deep: it is not empty before one has looked again, and to be told of each end would cost something. */
const deepMicros = 3000;
const fewestDeep = 8;

/** How many calls a worker may be given ahead. */
const mostAhead = 128;

/** Less than this is not worth to wake another worker for: it would be done before that one has begun. */
export const wakeMicros = 50;

const lastTicket = 2 ** 31 - 1;

interface Entry extends Given {
  readonly micros: number;
  input: unknown;
}

/** What became of calls that were sent: some may not be cloned. */
interface Flushed {
  readonly sent: ReadonlyArray<Call>;
  readonly unsent: ReadonlyArray<Unsent>;
}

/** The lane of one worker. */
export class Lane {
  private readonly offers: Offers | undefined;
  private entries: Array<Entry> = [];
  private outgoing: Array<Entry> = [];
  private readonly isTaken: Array<boolean>;
  private readonly copier = new Copier();
  private ticket = noTicket;
  private headTicket = noTicket;
  /** How long the call that runs may take. */
  headMicros = 0;
  private aheadMicros = 0;

  constructor(offers: Offers | undefined) {
    this.offers = offers;
    this.isTaken = Array.from({ length: offers === undefined ? 0 : mostOpen }, () => false);
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
    if (this.offers === undefined || this.size >= mostAhead || this.headMicros > longestMicros) return false;
    if (this.size > 0 && this.loadMicros >= targetMicros) return false;
    return this.isTaken[placeOf(this.nextTicket())] === false;
  }

  /** Whether it may be given more before it has nothing to do: a few large messages cost less than many small ones. */
  get isLow(): boolean {
    return this.size === 0 || (this.loadMicros < targetMicros / 2 && this.size < mostAhead / 2);
  }

  /** Whether it holds so many that nobody needs to be told of each end at once. */
  get isDeep(): boolean {
    return this.size >= fewestDeep && this.loadMicros > deepMicros;
  }

  /** A call runs that was not given ahead. */
  begin(micros: number): void {
    this.headMicros = micros;
  }

  /** The call that runs has ended. */
  end(): void {
    this.free(this.headTicket);
    this.headTicket = noTicket;
    this.headMicros = 0;
  }

  /** Gives a call ahead whose body may take that long; there is room for it. It is sent with the next `flush`. */
  add(call: Call, bodyMicros: number): void {
    const ticket = this.nextTicket();
    this.ticket = ticket;
    this.isTaken[placeOf(ticket)] = true;
    this.push(call, bodyMicros, ticket);
  }

  /** The same for the first call of a worker that is idle: it is not offered but given. */
  addFirst(call: Call, bodyMicros: number): void {
    this.push(call, bodyMicros, noTicket);
  }

  /** Sends what was added, together as far as it may be; one by one where something among it cannot be cloned. */
  flush(): Flushed {
    const { outgoing } = this;
    this.outgoing = [];
    const unsent = this.apart(outgoing).flatMap((entries) => this.sendTogether(entries));
    const calls = outgoing.map(({ call }) => call);
    const sent =
      unsent.length === 0 ? calls : calls.filter((call) => !unsent.some((other) => other.call === call));
    return { sent, unsent };
  }

  /** The next one runs. */
  shift(): Call | undefined {
    const entry = this.entries.shift();
    if (entry === undefined) return undefined;
    this.left(entry);
    this.headTicket = entry.ticket;
    this.headMicros = entry.micros;
    return entry.call;
  }

  /** Takes a call back; false when the worker has begun with it. */
  takeBack(call: Call): boolean {
    const entry = this.entries.find((other) => other.call === call);
    return entry !== undefined && this.withdraw([entry]).length > 0;
  }

  /** Takes back as many as there are of the last ones; gives them back, the last one first. */
  takeBackLast(count: number): ReadonlyArray<Call> {
    return this.withdraw(this.entries.slice(-count).toReversed()).map(({ call }) => call);
  }

  private push(call: Call, bodyMicros: number, ticket: number): void {
    const micros = bodyMicros + (this.offers?.overheadMicros ?? 0);
    const entry: Entry = { call, ticket, micros, input: undefined };
    this.entries.push(entry);
    this.outgoing.push(entry);
    this.aheadMicros += micros;
  }

  // What is in one message belongs together: an object that two inputs share would be one object for both bodies.
  private apart(entries: ReadonlyArray<Entry>): ReadonlyArray<ReadonlyArray<Entry>> {
    const groups: Array<Array<Entry>> = [];
    let group: Array<Entry> | undefined;
    for (const entry of entries) {
      const { input } = entry.call.request;
      const copy = this.copied(input);
      entry.input = copy === alone ? input : copy;
      if (copy === alone || group === undefined) groups.push((group = []));
      group.push(entry);
      if (copy === alone) group = undefined;
    }
    return groups;
  }

  // What throws when it is looked at is told when it is sent.
  private copied(input: unknown): unknown {
    try {
      return this.copier.copy(input);
    } catch {
      return alone;
    }
  }

  private sendTogether(entries: ReadonlyArray<Entry>): ReadonlyArray<Unsent> {
    try {
      this.send(entries);
      return [];
    } catch {
      return entries.flatMap((entry) => this.sendAlone(entry));
    }
  }

  private send(entries: ReadonlyArray<Entry>): void {
    const tickets = entries.map(({ ticket }) => ticket).filter((ticket) => ticket !== noTicket);
    this.offers?.make(aheadFrames(entries), tickets);
    for (const entry of entries) entry.input = undefined;
  }

  private sendAlone(entry: Entry): ReadonlyArray<Unsent> {
    try {
      this.send([entry]);
      return [];
    } catch (cause) {
      this.leave(entry);
      return [{ call: entry.call, cause }];
    }
  }

  private withdraw(entries: ReadonlyArray<Entry>): ReadonlyArray<Entry> {
    if (entries.length === 0) return entries;
    const withdrawn = this.offers?.withdraw(entries.map(({ ticket }) => ticket));
    const left = entries.filter(({ ticket }) => withdrawn?.has(ticket) === true);
    for (const entry of left) this.leave(entry);
    return left;
  }

  private leave(entry: Entry): void {
    this.free(entry.ticket);
    this.entries.splice(this.entries.lastIndexOf(entry), 1);
    this.left(entry);
  }

  // From scratch when it is empty, so that no error of rounding stays.
  private left({ micros }: Entry): void {
    this.aheadMicros = this.entries.length === 0 ? 0 : this.aheadMicros - micros;
  }

  private free(ticket: number): void {
    if (ticket !== noTicket) this.isTaken[placeOf(ticket)] = false;
  }

  private nextTicket(): number {
    return this.ticket === lastTicket ? noTicket + 1 : this.ticket + 1;
  }
}
