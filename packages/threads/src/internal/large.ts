/**
 * Large binary values on their way to another thread. Structured clone copies one twice, into the message and out of it, and
 * fresh memory costs more than to fill it. A copy that is moved is made once, and is all the same to whoever gets it.
 */
import type { MessagePort, Transferable } from "node:worker_threads";

import { success } from "@heddle/core/Outcome";
import { type HostFrame, Kind, type WorkerFrame } from "@heddle/pool/Frame";

// To import that module makes all that it exports: 0.1 MiB in each thread.
const { types } = process.getBuiltinModule("node:util");

// To move one takes a few microseconds whatever its size. Measured there and back: 64 KiB are even, 1 MiB gain a tenth.
const largeBytes = 65_536;

interface ViewConstructor {
  new (buffer: ArrayBuffer, byteOffset: number, length: number): unknown;
}

// Taken before any task could replace them; what an object says of itself may be wrong.
const { apply, getPrototypeOf } = Reflect;
const bufferPrototype = ArrayBuffer.prototype;
const viewPrototype = getPrototypeOf(Uint8Array.prototype) as object;
const slice: (from: number) => ArrayBuffer = Reflect.get(bufferPrototype, "slice");
type Getter = (object: object) => unknown;
const getterOf = (of: object, name: string | symbol): Getter => {
  const { get } = Object.getOwnPropertyDescriptor(of, name) as { readonly get: (this: void) => unknown };
  return (object) => apply(get, object, []);
};
const lengthOfBuffer = getterOf(bufferPrototype, "byteLength") as (buffer: object) => number;
const isResizable = getterOf(bufferPrototype, "resizable");
const bytesOf = getterOf(viewPrototype, "byteLength") as (view: object) => number;
const offsetOf = getterOf(viewPrototype, "byteOffset") as (view: object) => number;
const lengthOf = getterOf(viewPrototype, "length") as (view: object) => number;
const bufferOf = getterOf(viewPrototype, "buffer") as (view: object) => object;
const nameOf = getterOf(viewPrototype, Symbol.toStringTag) as (view: object) => string;
const constructors: ReadonlyMap<string, ViewConstructor> = new Map<string, ViewConstructor>(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ].map((constructor) => [constructor.name, constructor]),
);

interface Copy {
  readonly value: unknown;
  readonly buffer: ArrayBuffer;
}

// One that can be resized keeps more than its bytes, and `slice` asks for a constructor.
const copyOfBuffer = (buffer: object): ArrayBuffer | undefined =>
  types.isArrayBuffer(buffer) &&
  isResizable(buffer) !== true &&
  getPrototypeOf(buffer) === bufferPrototype &&
  !Object.hasOwn(buffer, "constructor")
    ? apply(slice, buffer, [0])
    : undefined;

const copyOfView = (view: object): Copy | undefined => {
  const View = constructors.get(nameOf(view));
  const buffer = View && copyOfBuffer(bufferOf(view));
  return View && buffer && { value: new View(buffer, offsetOf(view), lengthOf(view)), buffer };
};

/** A copy to move in place of the value; nothing where that is not the same, or not worth it. */
const copyOf = (value: unknown): Copy | undefined => {
  if (typeof value !== "object" || value === null) return undefined;
  if (types.isTypedArray(value)) return bytesOf(value) < largeBytes ? undefined : copyOfView(value);
  if (!types.isArrayBuffer(value) || lengthOfBuffer(value) < largeBytes) return undefined;
  const buffer = copyOfBuffer(value);
  return buffer && { value: buffer, buffer };
};

/** Frames as they are sent, and what is moved with them. */
interface Parcel<Frame> {
  readonly frames: ReadonlyArray<Frame>;
  readonly transfer: ReadonlyArray<Transferable>;
}

const inputAt = 6;

/** What the host sends in place of frames whose caller wants nothing moved, if that is not they. */
export const fromHost = (frames: ReadonlyArray<HostFrame>): Parcel<HostFrame> | undefined => {
  const [frame] = frames;
  if (frames.length !== 1 || frame?.[0] !== Kind.run) return undefined;
  const copy = copyOf(frame[inputAt]);
  if (copy === undefined) return undefined;
  const [kind, call, jobId, module, task, mode, , attempt, envelope, ticket] = frame;
  return {
    frames: [[kind, call, jobId, module, task, mode, copy.value, attempt, envelope, ticket]],
    transfer: [copy.buffer],
  };
};

/** What a thread sends in place of frames whose body wants nothing moved, if that is not they. */
export const fromThread = (frames: ReadonlyArray<WorkerFrame>): Parcel<WorkerFrame> | undefined => {
  const [frame] = frames;
  if (frames.length !== 1 || frame?.[0] !== Kind.outcome) return undefined;
  const [kind, call, outcome, micros] = frame;
  const copy = outcome._tag === "Success" ? copyOf(outcome.value) : undefined;
  return copy && { frames: [[kind, call, success(copy.value), micros]], transfer: [copy.buffer] };
};

/** Posts frames, or what is sent in place of them: `instead` tells, and is asked only where nobody wants anything moved. */
export const post = <Frame>(
  port: MessagePort,
  frames: ReadonlyArray<Frame>,
  transfer: ReadonlyArray<unknown> | undefined,
  instead: (frames: ReadonlyArray<Frame>) => Parcel<Frame> | undefined,
): void => {
  const large = transfer === undefined || transfer.length === 0 ? instead(frames) : undefined;
  port.postMessage(
    large?.frames ?? frames,
    large?.transfer ?? (transfer as ReadonlyArray<Transferable> | undefined),
  );
};
