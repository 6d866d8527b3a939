/**
 * The memory that a thread shares with its host: one block with the cancel flag, a word for each call that
 * the thread is offered, its simple answers, and the end of its stderr.
 */

import { mostOpen } from "@heddle/pool/Offers";

import { answerBytes } from "./answers.ts";
import { parkingBytes, type ParkingWords } from "./parking.ts";

/** How much of a thread's stderr is kept. */
const tailBytes = 8192;

const cancelWord = 0;
const positionWord = 1;
const headerBytes = 2 * Int32Array.BYTES_PER_ELEMENT;
const offerBytes = mostOpen * Int32Array.BYTES_PER_ELEMENT;

/** Where the answers begin. */
export const answersAt = headerBytes + offerBytes;

const parkingAt = answersAt + answerBytes;
const tailAt = parkingAt + parkingBytes;

export type Block = SharedArrayBuffer;

/** Fresh pages of zeros: what is never written costs address space only. */
export const make = (): Block => new SharedArrayBuffer(tailAt + tailBytes);

const headerOf = (block: Block): Int32Array<SharedArrayBuffer> => new Int32Array(block, 0, 2);
const ringOf = (block: Block): Uint8Array<SharedArrayBuffer> => new Uint8Array(block, tailAt);

/** The words by which the thread and its host agree on who has a call. */
export const offers = (block: Block): Int32Array<SharedArrayBuffer> =>
  new Int32Array(block, headerBytes, mostOpen);

/** The words by which a thread is woken where it stands. */
export const parking = (block: Block): ParkingWords =>
  new Int32Array(block, parkingAt, parkingBytes / Int32Array.BYTES_PER_ELEMENT);

/** Raises the cancel flag for a call. Numbers that differ by 2^32 look the same; a pool gives them out in sequence. */
export const raise = (block: Block, call: number): void =>
  void Atomics.store(headerOf(block), cancelWord, call | 0);

/** Reads the cancel flag; the view is kept, since a synchronous body may ask in its inner loop. */
export const cancelFlag = (block: Block): ((call: number) => boolean) => {
  const header = headerOf(block);
  return (call) => Atomics.load(header, cancelWord) === (call | 0);
};

/** Appends what a thread writes to stderr; of more than the ring holds, the end stays. */
export const tailWriter = (block: Block): ((bytes: Uint8Array) => void) => {
  const header = headerOf(block);
  const ring = ringOf(block);
  return (bytes) => {
    const kept = bytes.subarray(-tailBytes);
    const position = Atomics.load(header, positionWord);
    const start = position % tailBytes;
    const first = kept.subarray(0, tailBytes - start);
    ring.set(first, start);
    ring.set(kept.subarray(first.length), 0);
    const next = position + kept.length;
    // Once the ring was full the position stays in [tailBytes, 2 * tailBytes): it never overflows, and says so.
    Atomics.store(header, positionWord, next < tailBytes ? next : tailBytes + (next % tailBytes));
  };
};

// A cut through a character leaves up to three of its last bytes.
const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** What the thread wrote to stderr last, without half a character at the cut. */
export const readTail = (block: Block): string => {
  const position = Atomics.load(headerOf(block), positionWord);
  if (position === 0) return "";
  const ring = ringOf(block);
  if (position < tailBytes) return Buffer.from(ring.subarray(0, position)).toString();
  const oldest = position % tailBytes;
  const bytes = Buffer.concat([ring.subarray(oldest), ring.subarray(0, oldest)]);
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start++;
  return bytes.toString("utf8", start);
};
