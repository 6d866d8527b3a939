/**
 * Offers to a child process: a file of tickets that has no name any more, open in the host and the child as one.
 *
 * What is open as one has one position, which moves with each read, and the kernel does that for one reader at a time. So a
 * ticket is read by either the child, who then accepts the offer, or the host, who then has withdrawn it. Neither has to
 * ask the other, which may be busy for long.
 *
 * A pipe would do as well, but the host has no second end of those that a child is started with.
 */
import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { mostOpen } from "@heddle/pool/Offers";

const ticketBytes = Int32Array.BYTES_PER_ELEMENT;

// As stat counts them, whatever the file system does.
const blockBytes = 512;

/** How long the file may get until what was read is given back to the system. */
const mostBytes = 1024 * 1024;

/** In memory where there is such a place: to write there takes a fifth of the time. */
const directories = (): ReadonlyArray<string> => ["/dev/shm", tmpdir()];

const openIn = (directory: string): number | undefined => {
  const path = join(directory, `heddle-${process.pid}-${randomUUID()}`);
  try {
    const fd = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    return fd;
  } catch {
    // There may be no such directory, or no right to write there.
    return undefined;
  }
};

const bytesOf = (tickets: Int32Array): Uint8Array =>
  new Uint8Array(tickets.buffer, tickets.byteOffset, tickets.byteLength);

/** The host's side; the child's is `OfferReader`. */
export class OfferFile {
  readonly fd: number;
  // More than there can be, so that one read gets them all.
  private readonly open = new Int32Array(2 * mostOpen);
  private endBytes = 0;
  private freedBytes = 0;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** Undefined where there is no place for such a file: then nothing is offered. */
  static make(): OfferFile | undefined {
    // Elsewhere nobody has shown yet that a position moves for one reader at a time.
    if (process.platform !== "linux") return undefined;
    for (const directory of directories()) {
      const fd = openIn(directory);
      if (fd !== undefined) return new OfferFile(fd);
    }
    return undefined;
  }

  add(tickets: ReadonlyArray<number>): void {
    this.endBytes += writeSync(
      this.fd,
      bytesOf(Int32Array.from(tickets)),
      0,
      tickets.length * ticketBytes,
      this.endBytes,
    );
    if (this.endBytes - this.freedBytes > mostBytes) this.free();
  }

  /** Gives back those that are withdrawn, and whether the child may have found nothing although there is something. */
  withdraw(tickets: ReadonlyArray<number>): {
    readonly withdrawn: ReadonlySet<number>;
    readonly isStirred: boolean;
  } {
    const wanted = new Set(tickets);
    const all = this.readAll();
    const kept = all.filter((ticket) => !wanted.has(ticket));
    if (kept.length > 0) this.add(kept);
    return { withdrawn: new Set(all.filter((ticket) => wanted.has(ticket))), isStirred: kept.length > 0 };
  }

  /** How much room it takes. */
  get bytesOnDisk(): number {
    return fstatSync(this.fd).blocks * blockBytes;
  }

  close(): void {
    closeSync(this.fd);
  }

  private readAll(): ReadonlyArray<number> {
    const length = readSync(this.fd, bytesOf(this.open), 0, this.open.byteLength, null);
    return [...this.open.subarray(0, length / ticketBytes)];
  }

  // The position stays where it is, behind a hole that takes no room.
  private free(): void {
    this.freedBytes = this.endBytes;
    const kept = this.readAll();
    ftruncateSync(this.fd, 0);
    if (kept.length > 0) this.add(kept);
  }
}
