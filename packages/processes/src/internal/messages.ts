/**
 * Messages on a stream of bytes: four bytes with the length, little-endian, one with the layout, then a batch. Length 0
 * is the goodbye of a worker that ends in order.
 *
 * Nothing is allocated on the word of a length alone: memory grows with what has really arrived.
 */
import { asBatch } from "./batch.ts";
import { decode, encode } from "./codec.ts";

const lengthBytes = 4;
const longestMessageBytes = 2 ** 30;
const headBytes = lengthBytes + 1;

/** Up to here two parts are copied together, which costs less than to write them apart. */
const smallBytes = 64 * 1024;

/** Tells the host that the end of the channel is no accident. */
export const goodbye: Uint8Array = new Uint8Array(lengthBytes);

/**
 * Encodes a batch as a message, in parts to be written one after the other. Throws when a value cannot be cloned, or
 * the message would be too long.
 */
export const toMessage = (frames: ReadonlyArray<unknown>): ReadonlyArray<Buffer> => {
  const { bytes, layout } = encode(frames);
  const length = bytes.length + 1;
  if (length > longestMessageBytes) {
    throw new DOMException(`${length} bytes are more than a message may have`, "DataCloneError");
  }
  const isSmall = bytes.length <= smallBytes;
  const head = Buffer.allocUnsafe(isSmall ? headBytes + bytes.length : headBytes);
  head.writeUInt32LE(length);
  head[lengthBytes] = layout;
  if (!isSmall) return [head, bytes];
  head.set(bytes, headBytes);
  return [head];
};

/** What a reader has understood of the bytes so far. `broken` is final: after it nothing can be understood. */
export type Reading = "open" | "goodbye" | "broken";

/** Puts chunks together to messages. */
export class MessageReader {
  reading: Reading = "open";
  private readonly onFrames: (frames: unknown) => void;
  private chunks: Array<Buffer> = [];
  private bufferedBytes = 0;
  private batches = 0;
  /** Enough to go on: the next message's length, or all of that message. */
  private neededBytes = lengthBytes;

  /** `onFrames` gets the frames of all messages that a chunk completes at once, and an error as the last, if any. */
  constructor(onFrames: (frames: unknown) => void) {
    this.onFrames = onFrames;
  }

  /** Gives a batch also when it is empty, which says that there is something to look at. */
  read(chunk: Buffer): void {
    if (this.reading === "broken") return;
    this.chunks[this.chunks.length] = chunk;
    this.bufferedBytes += chunk.length;
    if (this.bufferedBytes < this.neededBytes) return;
    // Copies a message that came in many chunks once; the usual chunk has whole messages and is not copied.
    const bytes = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks, this.bufferedBytes);
    const frames: Array<unknown> = [];
    const { batches } = this;
    let rest = bytes;
    let error: unknown;
    try {
      rest = this.take(bytes, frames);
    } catch (thrown) {
      this.reading = "broken";
      error = thrown;
    }
    this.chunks = rest.length === 0 ? [] : [rest];
    this.bufferedBytes = rest.length;
    if (this.batches > batches) this.onFrames(frames);
    if (error !== undefined) this.onFrames(error);
  }

  /** Decodes whole messages and gives the bytes of the first that is not. */
  private take(bytes: Buffer, frames: Array<unknown>): Buffer {
    let offset = 0;
    for (;;) {
      this.neededBytes = lengthBytes;
      if (bytes.length - offset < lengthBytes) break;
      const length = bytes.readUInt32LE(offset);
      if (length > longestMessageBytes) throw new RangeError(`a message of ${length} bytes`);
      this.neededBytes = lengthBytes + length;
      if (bytes.length - offset < this.neededBytes) break;
      this.takeMessage(bytes.subarray(offset + lengthBytes, offset + this.neededBytes), frames);
      offset += this.neededBytes;
    }
    return bytes.subarray(offset);
  }

  private takeMessage(message: Buffer, frames: Array<unknown>): void {
    if (message.length === 0) {
      this.reading = "goodbye";
      return;
    }
    const batch = asBatch(decode(message[0], message.subarray(1)));
    this.batches++;
    for (let index = 0; index < batch.length; index++) frames[frames.length] = batch[index];
  }
}
