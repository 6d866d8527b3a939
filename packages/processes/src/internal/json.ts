/**
 * The fast way for batches of small plain values: JSON, where it gives exactly what structured clone gives.
 *
 * It is taken for trees of strings, finite numbers, booleans, `null`, plain objects and short dense arrays. Whatever
 * JSON would change (`undefined`, `-0`, `NaN`, holes, classes, shared references, `toJSON`, ...) is not for it, except an
 * `undefined` in the places where frames usually have one, which is told apart.
 */
import { types } from "./builtins.ts";

// Taken before any task could replace them: what one task does must not disturb the next.
const { parse: parseJson, stringify: stringifyJson } = JSON;
const { getOwnPropertyDescriptor, getPrototypeOf, is, keys: keysOf } = Object;
const { isFinite, isInteger } = Number;
const { isArray } = Array;
const { isProxy } = types;
const objectPrototype = Object.prototype;
const arrayPrototype = Array.prototype;

const maxObjects = 24;
const maxItems = 64;

// An array can have properties beside its items, and counting them costs more than a long array saves.
const isDense = (value: ReadonlyArray<unknown>): boolean =>
  value.length <= maxItems && keysOf(value).length === value.length;

/** Decides for one user value. Holds what it has seen, because a value that is reached twice is no tree. */
class Inspection {
  private readonly seen: Array<object> = [];

  accepts(value: unknown): boolean {
    switch (typeof value) {
      case "string":
      case "boolean":
        return true;
      case "number":
        return isFinite(value) && !is(value, -0);
      case "object":
        return value === null || this.acceptsObject(value);
      default:
        return false;
    }
  }

  private acceptsObject(value: object): boolean {
    if (this.seen.length === maxObjects || this.hasSeen(value) || isProxy(value)) return false;
    this.seen[this.seen.length] = value;
    const prototype: unknown = getPrototypeOf(value);
    if (prototype === arrayPrototype) return isDense(value as Array<unknown>) && this.acceptsAll(value);
    return (prototype === objectPrototype || prototype === null) && this.acceptsAll(value);
  }

  private hasSeen(value: object): boolean {
    for (let index = 0; index < this.seen.length; index++) if (this.seen[index] === value) return true;
    return false;
  }

  private acceptsAll(value: object): boolean {
    const keys = keysOf(value);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      // What a getter gives, it may not give again.
      if (getOwnPropertyDescriptor(value, key)?.get !== undefined) return false;
      if (!this.accepts((value as Record<string, unknown>)[key])) return false;
    }
    return true;
  }
}

/** Where a batch has `undefined`: pairs of a frame's index and an element's, or `inValue`. */
type Gaps = Array<number>;
const inValue = -1;

const isPrimitive = (value: unknown): boolean => typeof value !== "object" || value === null;
const primitives = new Inspection();

const isEmptyOutcome = (value: unknown): value is { value: unknown } => {
  if (typeof value !== "object" || value === null || isProxy(value)) return false;
  if ((value as { value?: unknown }).value !== undefined) return false;
  const keys = keysOf(value);
  return (
    getPrototypeOf(value) === objectPrototype &&
    keys.length === 2 &&
    keys[0] === "_tag" &&
    keys[1] === "value" &&
    typeof (value as { _tag?: unknown })._tag === "string"
  );
};

const addGap = (gaps: Gaps, index: number, element: number): void => {
  gaps[gaps.length] = index;
  gaps[gaps.length] = element;
};

const inspectFrame = (frame: unknown, index: number, gaps: Gaps): boolean => {
  if (!isArray(frame) || frame.length > maxItems) return false;
  let inspection: Inspection | undefined;
  for (let element = 0; element < frame.length; element++) {
    const value: unknown = frame[element];
    if (value === undefined) {
      if (!(element in frame)) return false;
      addGap(gaps, index, element);
    } else if (isPrimitive(value)) {
      if (!primitives.accepts(value)) return false;
    } else if (element === 2 && isEmptyOutcome(value)) addGap(gaps, index, inValue);
    else if (!(inspection ??= new Inspection()).accepts(value)) return false;
  }
  return true;
};

// A method on these would be called for every object.
const hasToJson = (): boolean => "toJSON" in objectPrototype || "toJSON" in arrayPrototype;

/** The text of a batch, or nothing where JSON would not be exact. */
export const stringify = (frames: ReadonlyArray<unknown>): string | undefined => {
  if (hasToJson()) return undefined;
  const gaps: Gaps = [];
  for (let index = 0; index < frames.length; index++) {
    if (!inspectFrame(frames[index], index, gaps)) return undefined;
  }
  return stringifyJson(gaps.length === 0 ? [frames] : [frames, gaps]);
};

const isRecord = (u: unknown): u is { value: unknown } =>
  typeof u === "object" && u !== null && getPrototypeOf(u) === objectPrototype;

const isIndexIn = (index: unknown, list: ReadonlyArray<unknown>): index is number =>
  isInteger(index) && (index as number) >= 0 && (index as number) < list.length;

// The text is a worker's: a key that is no index could reach a prototype, which all of the host shares.
const openGap = (frames: ReadonlyArray<unknown>, index: unknown, element: unknown): void => {
  const frame: unknown = isIndexIn(index, frames) ? frames[index] : undefined;
  if (!isArray(frame)) throw new RangeError("a gap in no frame");
  if (isIndexIn(element, frame)) frame[element] = undefined;
  else if (element === inValue && isRecord(frame[2])) frame[2].value = undefined;
  else throw new RangeError("a gap in no element");
};

/** What `stringify` was given. Throws when the text is anything else. */
export const parse = (text: string): ReadonlyArray<unknown> => {
  const batch: unknown = parseJson(text);
  if (!isArray(batch)) throw new TypeError("a text that is no batch");
  const frames: unknown = batch[0];
  const gaps: unknown = batch.length > 1 ? batch[1] : [];
  if (!isArray(frames) || !isArray(gaps)) throw new TypeError("a text that is no batch");
  for (let at = 0; at < gaps.length; at += 2) openGap(frames, gaps[at], gaps[at + 1]);
  return frames;
};
