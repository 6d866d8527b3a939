/**
 * The child's side of the file of tickets. It loads nothing that the host's side needs.
 */
import type { Acceptance } from "@heddle/pool/Offers";

import { readSync } from "../internal/builtins.ts";

/** Reads the tickets of the offers that it accepts. */
export class OfferReader {
  private readonly fd: number;
  private readonly ticket = new Int32Array(1);
  private readonly bytes = new Uint8Array(this.ticket.buffer);
  /** It was read before the offer itself came. */
  private accepted = 0;

  constructor(fd: number) {
    this.fd = fd;
  }

  accept(ticket: number): Acceptance {
    if (this.accepted === 0) {
      if (readSync(this.fd, this.bytes, 0, this.bytes.length, null) === 0) return "later";
      this.accepted = this.ticket[0] as number;
    }
    // It is for a later one: those before it were withdrawn.
    if (this.accepted !== ticket) return "withdrawn";
    this.accepted = 0;
    return "mine";
  }
}
