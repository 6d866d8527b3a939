/**
 * How a worker is given calls ahead of their turn and how the host takes them back: the host offers them, the worker
 * accepts each when its turn comes, and the host may withdraw those that it has not accepted. Of the two, one alone gets a call.
 *
 * Each offer has a ticket, a positive integer that is not used again for long.
 *
 * @since 0.1.0
 */
import type { HostFrame } from "./Frame.ts";

/**
 * A call with this ticket was not offered but given, and cannot be withdrawn.
 *
 * @category constants
 * @since 0.1.0
 */
export const noTicket = 0;

/**
 * The host's side of offers to one worker.
 *
 * **Ordering**
 *
 * Offers are accepted in the order in which they were made.
 *
 * @category models
 * @since 0.1.0
 */
export interface Offers {
  /** Sends offers. Throws, without having made any, when a value cannot be cloned. */
  readonly make: (frames: ReadonlyArray<HostFrame>, tickets: ReadonlyArray<number>) => void;
  /** What a worker needs for a call beside its body, in microseconds. */
  readonly overheadMicros: number;
  /** Tries to withdraw offers, the last one first; gives back those that the worker has not accepted and never will. */
  readonly withdraw: (tickets: ReadonlyArray<number>) => ReadonlySet<number>;
}

/**
 * What a worker gets when it wants to accept an offer.
 *
 * **Details**
 *
 * `mine`: it has it now. `withdrawn`: it was too late. `later`: there is nothing to accept now; the worker tries again when
 * something comes from the host.
 *
 * @category models
 * @since 0.1.0
 */
export type Acceptance = "mine" | "withdrawn" | "later";

/**
 * The worker's side: tries to accept the first of the offers that it has received and not yet passed.
 *
 * @category models
 * @since 0.1.0
 */
export type Accept = (ticket: number) => Acceptance;

/**
 * How many offers may be open at a time.
 *
 * @category constants
 * @since 0.1.0
 */
export const mostOpen = 256;

/**
 * Memory that a worker shares with its host: a word for each open offer. It holds the ticket until one of them has
 * taken it by compare-and-swap; what is still under way of a withdrawn offer finds another one's ticket there, or none.
 *
 * @category models
 * @since 0.1.0
 */
export type Words = Int32Array<SharedArrayBuffer>;

const taken = 0;

const slotOf = (ticket: number): number => ticket & (mostOpen - 1);

const take = (words: Words, ticket: number): boolean =>
  Atomics.compareExchange(words, slotOf(ticket), ticket, taken) === ticket;

// Measured: to accept, to make a context, to answer.
const overheadMicros = 0.5;

/**
 * Offers over shared memory of `mostOpen` words; `send` throws when a value cannot be cloned.
 *
 * @category constructors
 * @since 0.1.0
 */
export const overWords = (words: Words, send: (frames: ReadonlyArray<HostFrame>) => void): Offers => ({
  overheadMicros,
  make: (frames, tickets) => {
    for (const ticket of tickets) Atomics.store(words, slotOf(ticket), ticket);
    try {
      send(frames);
    } catch (cause) {
      for (const ticket of tickets) Atomics.store(words, slotOf(ticket), taken);
      throw cause;
    }
  },
  withdraw: (tickets) => {
    const withdrawn = new Set<number>();
    for (const ticket of tickets) {
      // Those before it are older: the worker has accepted them as well.
      if (!take(words, ticket)) break;
      withdrawn.add(ticket);
    }
    return withdrawn;
  },
});

/**
 * The worker's side of the same memory.
 *
 * @category constructors
 * @since 0.1.0
 */
export const acceptFrom =
  (words: Words): Accept =>
  (ticket) =>
    take(words, ticket) ? "mine" : "withdrawn";

/**
 * Where the ticket of an offer is kept, which must be free.
 *
 * @category getters
 * @since 0.1.0
 */
export const placeOf: (ticket: number) => number = slotOf;
