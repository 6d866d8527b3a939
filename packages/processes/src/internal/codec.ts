/**
 * Batches of frames as bytes: structured clone in v8's format, the same values as between threads.
 *
 * Differences from `postMessage`, all of them loud or harmless: shared memory and platform objects are refused, and
 * a view of a part of a buffer takes that part along, not the buffer (a small `Buffer` lies in one with others).
 */
import { deserialize, Deserializer, serialize, Serializer, types } from "./builtins.ts";
import { hasViews } from "./cloneable.ts";
import * as Json from "./json.ts";

const viewNames = [
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
] as const;

/** It has no tag, and comes first. */
const dataView = 0;

const indexes = new Map<unknown, number>(viewNames.map((name, index) => [name, index]));

type ViewConstructor = new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => ArrayBufferView;

const tagOfTypedArray = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
);

// The real kind of a view, whatever class a user derived from it.
const indexOfView = (view: ArrayBufferView): number => {
  const name: unknown = tagOfTypedArray?.get?.call(view);
  return indexes.get(name) ?? dataView;
};

const Extent = { part: 0, whole: 1 } as const;

/** Two views share a buffer, and would not after each took its own part. */
class SharedBuffer extends Error {}

class FrameSerializer extends Serializer {
  private keepsBuffers = false;
  private parts: Set<ArrayBufferLike> | undefined;

  constructor() {
    super();
    (this as unknown as Switch)._setTreatArrayBufferViewsAsHostObjects(true);
  }

  /** With `keepsBuffers`, views bring their whole buffers. */
  startFrame(keepsBuffers: boolean): void {
    this.keepsBuffers = keepsBuffers;
    this.parts?.clear();
  }

  // Called by v8 for views and for objects with native state.
  _writeHostObject(value: object): void {
    if (!ArrayBuffer.isView(value))
      throw uncloneable(`${value.constructor?.name ?? ""} object could not be cloned.`);
    this.writeUint32(indexOfView(value));
    if (this.isPart(value)) this.writePart(value);
    else this.writeWhole(value);
  }

  private isPart(view: ArrayBufferView): boolean {
    const { buffer, byteLength } = view;
    if (byteLength === buffer.byteLength || !types.isArrayBuffer(buffer) || buffer.resizable) return false;
    if (Buffer.isBuffer(view)) return true;
    if (this.keepsBuffers) return false;
    this.parts ??= new Set();
    if (this.parts.has(buffer)) throw new SharedBuffer();
    this.parts.add(buffer);
    return true;
  }

  private writePart({ buffer, byteLength, byteOffset }: ArrayBufferView): void {
    this.writeUint32(Extent.part);
    this.writeDouble(byteLength);
    this.writeRawBytes(new Uint8Array(buffer, byteOffset, byteLength));
  }

  private writeWhole({ buffer, byteLength, byteOffset }: ArrayBufferView): void {
    this.writeUint32(Extent.whole);
    this.writeDouble(byteOffset);
    this.writeDouble(byteLength);
    this.writeValue(buffer);
  }
}

/** Methods that v8's classes have for those who derive from them, and that their types leave out. */
interface Switch {
  readonly _setTreatArrayBufferViewsAsHostObjects: (on: boolean) => void;
}

const uncloneable = (message: string): Error => new DOMException(message, "DataCloneError");

// v8 asks for these by name; without the second, shared memory is refused with an error of another class.
Object.defineProperty(FrameSerializer.prototype, "_getDataCloneError", { value: uncloneable });
Object.defineProperty(FrameSerializer.prototype, "_getSharedArrayBufferId", {
  value: () => {
    throw uncloneable("SharedArrayBuffer could not be cloned: processes share no memory.");
  },
});

class FrameDeserializer extends Deserializer {
  // Called by v8 for what `_writeHostObject` wrote.
  _readHostObject(): ArrayBufferView {
    const name = viewNames[this.readUint32()];
    const View =
      name === undefined ? undefined : (globalThis as unknown as Record<string, ViewConstructor>)[name];
    if (View === undefined) throw new TypeError(`no such view: ${name}`);
    if (this.readUint32() === Extent.part) return new View(this.readPart());
    const byteOffset = this.readDouble();
    const byteLength = this.readDouble();
    const buffer: unknown = this.readValue();
    // Of a number, the view would be as large as the number says.
    if (!types.isArrayBuffer(buffer)) throw new TypeError("a view of no buffer");
    const bytesPerElement = (View as unknown as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
    return new View(buffer, byteOffset, byteLength / bytesPerElement);
  }

  // A copy: what was read lies in the middle of a message, and would keep all of it alive.
  private readPart(): ArrayBuffer {
    return new Uint8Array(this.readRawBytes(this.readDouble())).buffer;
  }
}

/**
 * How a batch is written. v8's classes keep all that they have read or written alive until they are collected
 * themselves, which makes every collection of garbage dear, so small plain values go another way.
 */
type Layout = 0 | 1 | 2 | 3;
const json = 0;
const plain = 1;
const withViews = 2;
const oneByOne = 3;

/** A batch as bytes, and how to read it. */
export interface Encoded {
  readonly layout: Layout;
  readonly bytes: Buffer;
}

const begin = (): FrameSerializer => {
  const serializer = new FrameSerializer();
  serializer.writeHeader();
  return serializer;
};

const tryWrite = (serializer: FrameSerializer, value: unknown, keepsBuffers: boolean): boolean => {
  serializer.startFrame(keepsBuffers);
  try {
    serializer.writeValue(value);
    return true;
  } catch (error) {
    if (error instanceof SharedBuffer) return false;
    throw error;
  }
};

/** Frame by frame: gives the index of a frame that must keep its buffers, if one turns out to. */
const writeFrames = (frames: ReadonlyArray<unknown>, keepsBuffers: ReadonlySet<number>): Buffer | number => {
  const serializer = begin();
  serializer.writeUint32(frames.length);
  for (let index = 0; index < frames.length; index++) {
    if (!tryWrite(serializer, frames[index], keepsBuffers.has(index))) return index;
  }
  return serializer.releaseBuffer();
};

/** Encodes a batch. Throws when a value cannot be cloned. */
export const encode = (frames: ReadonlyArray<unknown>): Encoded => {
  const text = Json.stringify(frames);
  if (text !== undefined) return { layout: json, bytes: Buffer.from(text) };
  if (!hasViews(frames)) return { layout: plain, bytes: serialize(frames) };
  const serializer = begin();
  if (tryWrite(serializer, frames, false)) return { layout: withViews, bytes: serializer.releaseBuffer() };
  // Views that share a buffer: those of one frame go on to share it, those of different frames never did.
  const keepsBuffers = new Set<number>();
  for (;;) {
    const bytes = writeFrames(frames, keepsBuffers);
    if (typeof bytes !== "number") return { layout: oneByOne, bytes };
    keepsBuffers.add(bytes);
  }
};

/** Decodes what `encode` wrote. Throws when it is anything else. */
export const decode = (layout: number | undefined, bytes: Buffer): unknown => {
  if (layout === json) return Json.parse(bytes.toString());
  if (layout === plain) return deserialize(bytes);
  const deserializer = new FrameDeserializer(bytes);
  deserializer.readHeader();
  if (layout === withViews) return deserializer.readValue();
  if (layout !== oneByOne) throw new TypeError(`no such layout: ${layout}`);
  const frames: Array<unknown> = [];
  for (let left = deserializer.readUint32(); left > 0; left--)
    frames[frames.length] = deserializer.readValue();
  return frames;
};
