/**
 * The values of a shared list, each in a cell of its own that holds two versions: the one that is read, and the next.
 *
 * A writer writes the next version and then turns the cell over with one store, so that nobody ever reads half a value,
 * whenever a writer dies. A reader that was overtaken reads again.
 */
import { type Block, change, headerBytes } from "./blocks.ts";
import * as Faults from "./faults.ts";

/** What a list holds. */
export type Item = null | boolean | number | bigint | string | Uint8Array;

const Tag = { null: 0, false: 1, true: 2, double: 3, long: 4, utf8: 5, utf16: 6, bytes: 7 } as const;

const kind = "SharedList";
const wordBytes = 4;
const align = 8;
/** The version, and nothing. */
const cellHeader = 8;
/** The tag and the length of a value. */
const sideHeader = 8;
/** The number of items, and nothing. */
const listHeader = 8;

const aligned = (bytes: number): number => Math.ceil(bytes / align) * align;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

interface Encoded {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

const empty = new Uint8Array(0);

const eight = (write: (view: DataView) => void): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8));
  write(view);
  return new Uint8Array(view.buffer);
};

// A lone half of a pair has no UTF-8.
const encodeText = (text: string): Encoded => {
  if (text.isWellFormed()) return { tag: Tag.utf8, bytes: encoder.encode(text) };
  const units = Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  return { tag: Tag.utf16, bytes: new Uint8Array(units.buffer) };
};

const encode = (item: unknown): Encoded => {
  switch (typeof item) {
    case "boolean":
      return { tag: item ? Tag.true : Tag.false, bytes: empty };
    case "number":
      return { tag: Tag.double, bytes: eight((view) => view.setFloat64(0, item, true)) };
    case "bigint":
      if (item !== BigInt.asIntN(64, item)) throw Faults.badInput(kind, `${item} has more than 64 bits.`);
      return { tag: Tag.long, bytes: eight((view) => view.setBigInt64(0, item, true)) };
    case "string":
      return encodeText(item);
    default:
      if (item === null) return { tag: Tag.null, bytes: empty };
      if (item instanceof Uint8Array) return { tag: Tag.bytes, bytes: item };
      throw Faults.badInput(
        kind,
        "it holds `null`, booleans, numbers, `bigint`s of 64 bits, text and `Uint8Array`s.",
      );
  }
};

// Character by character: a text may be longer than a call may have arguments.
const decodeUtf16 = (bytes: Uint8Array): string => {
  let text = "";
  for (const unit of new Uint16Array(bytes.buffer, 0, bytes.length / 2)) text += String.fromCharCode(unit);
  return text;
};

const decode = (tag: number, bytes: Uint8Array): Item => {
  switch (tag) {
    case Tag.false:
      return false;
    case Tag.true:
      return true;
    case Tag.double:
      return new DataView(bytes.buffer).getFloat64(0, true);
    case Tag.long:
      return new DataView(bytes.buffer).getBigInt64(0, true);
    case Tag.utf8:
      return decoder.decode(bytes);
    case Tag.utf16:
      return decodeUtf16(bytes);
    case Tag.bytes:
      return bytes;
    default:
      return null;
  }
};

/** How many bytes a list needs, and where its cells begin. */
export interface Plan {
  readonly byteLength: number;
  readonly starts: ReadonlyArray<number>;
  readonly items: ReadonlyArray<unknown>;
}

/** Plans a list of these items, each with room for itself and for at least so many bytes. */
export const plan = (items: ReadonlyArray<unknown>, leastBytes: number): Plan => {
  let at = headerBytes + listHeader + aligned((items.length + 1) * wordBytes);
  const starts = [];
  for (const item of items) {
    starts.push(at);
    const room = aligned(Math.max(leastBytes, align, encode(item).bytes.length));
    at += cellHeader + 2 * (sideHeader + room);
  }
  starts.push(at);
  return { byteLength: at - headerBytes, starts, items };
};

/** Writes a list as it was planned. */
export const fill = (block: Block, { items, starts }: Plan): void => {
  const words = new Int32Array(block.buffer, headerBytes);
  words[0] = items.length;
  words.set(starts, listHeader / wordBytes);
  const list = new List(block);
  for (const [at, item] of items.entries()) list.set(at, item as Item);
};

/** A list in a block. */
export class List {
  readonly length: number;
  private readonly block: Block;
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;

  constructor(block: Block) {
    this.block = block;
    this.words = new Int32Array(block.buffer);
    this.bytes = new Uint8Array(block.buffer);
    this.length = this.words[headerBytes / wordBytes] as number;
  }

  get(index: number): Item {
    const cell = this.cell(index);
    const at = cell / wordBytes;
    for (;;) {
      const version = Atomics.load(this.words, at);
      const side = this.side(index, version);
      const tag = this.words[side / wordBytes] as number;
      const length = this.words[side / wordBytes + 1] as number;
      // Half of something else, when a writer was faster: then it is read again.
      const bytes = new Uint8Array(Math.min(length >>> 0, this.room(index)));
      bytes.set(this.bytes.subarray(side + sideHeader, side + sideHeader + bytes.length));
      // More than a load, so that nothing of the above is read after it.
      if (Atomics.compareExchange(this.words, at, version, version) === version) return decode(tag, bytes);
    }
  }

  set(index: number, item: Item): void {
    const cell = this.cell(index);
    const { bytes, tag } = encode(item);
    if (bytes.length > this.room(index)) {
      throw Faults.exhausted(kind, `item ${index} takes ${bytes.length} bytes and has ${this.room(index)}`);
    }
    change(kind, this.block, () => {
      const version = Atomics.load(this.words, cell / wordBytes);
      const side = this.side(index, version + 1);
      this.words[side / wordBytes] = tag;
      this.words[side / wordBytes + 1] = bytes.length;
      this.bytes.set(bytes, side + sideHeader);
      Atomics.store(this.words, cell / wordBytes, version + 1);
    });
  }

  private cell(index: number): number {
    if (Number.isInteger(index) && index >= 0 && index < this.length) return this.start(index);
    throw Faults.badInput(kind, `it has the items 0 to ${this.length - 1}, and no ${index}.`);
  }

  private start(index: number): number {
    return this.words[(headerBytes + listHeader) / wordBytes + index] as number;
  }

  private room(index: number): number {
    return (this.start(index + 1) - this.start(index) - cellHeader) / 2 - sideHeader;
  }

  private side(index: number, version: number): number {
    return this.start(index) + cellHeader + (version & 1) * (sideHeader + this.room(index));
  }
}
