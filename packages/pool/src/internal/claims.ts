/**
 * Who has a call that was given ahead: a word in shared memory for each, which the worker and the host change by
 * compare-and-swap. Of the two, one alone gets it.
 *
 * A word holds the ticket of the call that it is for, until the worker has begun with it or the host has taken it back.
 * Tickets are not used again for long, so what is still under way of a call that was taken back finds another one's.
 */

export type Claims = Int32Array<SharedArrayBuffer>;

/** A call with this ticket needs no claim: it is not taken back. */
export const noTicket = 0;

const nobody = 0;

/** Which word is for a ticket. There is a power of two of them. */
export const slotOf = (claims: Claims, ticket: number): number => ticket & (claims.length - 1);

/** The host lets the worker have it. */
export const give = (claims: Claims, ticket: number): void =>
  void Atomics.store(claims, slotOf(claims, ticket), ticket);

/** The worker begins with it, or the host takes it back; false when the other one was faster. */
export const take = (claims: Claims, ticket: number): boolean =>
  Atomics.compareExchange(claims, slotOf(claims, ticket), ticket, nobody) === ticket;
