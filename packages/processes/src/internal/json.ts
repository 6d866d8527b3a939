/**
 * The fast way for batches of small plain values: JSON, where it gives exactly what structured clone gives.
 *
 * It is taken for trees of strings, finite numbers, booleans, `null`, plain objects and short dense arrays. Whatever
 * JSON would change (`undefined`, `-0`, `NaN`, holes, classes, shared references, `toJSON`, ...) is not for it, except an
 * `undefined` in the places where frames usually have one, which is told apart.
 */
import { types } from "node:util";

const maxObjects = 24;
const maxItems = 64;

// An array can have properties beside its items, and counting them costs more than a long array saves.
const isDense = (value: ReadonlyArray<unknown>): boolean =>
  value.length <= maxItems && Object.keys(value).length === value.length;

/** Decides for one user value. Holds what it has seen, because a value that is reached twice is no tree. */
class Inspection {
  private readonly seen: Array<object> = [];

  accepts(value: unknown): boolean {
    switch (typeof value) {
      case "string":
      case "boolean":
        return true;
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0);
      case "object":
        return value === null || this.acceptsObject(value);
      default:
        return false;
    }
  }

  private acceptsObject(value: object): boolean {
    if (this.seen.length === maxObjects || this.seen.includes(value) || types.isProxy(value)) return false;
    this.seen.push(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Array.prototype) return isDense(value as Array<unknown>) && this.acceptsAll(value);
    return (prototype === Object.prototype || prototype === null) && this.acceptsAll(value);
  }

  private acceptsAll(value: object): boolean {
    for (const key of Object.keys(value)) {
      // What a getter gives, it may not give again.
      if (Object.getOwnPropertyDescriptor(value, key)?.get !== undefined) return false;
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
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  if ((value as { value?: unknown }).value !== undefined) return false;
  const keys = Object.keys(value);
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    keys.length === 2 &&
    keys[0] === "_tag" &&
    keys[1] === "value" &&
    typeof (value as { _tag?: unknown })._tag === "string"
  );
};

const inspectFrame = (frame: unknown, index: number, gaps: Gaps): boolean => {
  if (!Array.isArray(frame) || frame.length > maxItems) return false;
  let inspection: Inspection | undefined;
  for (let element = 0; element < frame.length; element++) {
    const value: unknown = frame[element];
    if (value === undefined) {
      if (!(element in frame)) return false;
      gaps.push(index, element);
    } else if (isPrimitive(value)) {
      if (!primitives.accepts(value)) return false;
    } else if (element === 2 && isEmptyOutcome(value)) gaps.push(index, inValue);
    else if (!(inspection ??= new Inspection()).accepts(value)) return false;
  }
  return true;
};

// A method on these would be called for every object.
const hasToJson = (): boolean => "toJSON" in Object.prototype || "toJSON" in Array.prototype;

/** The text of a batch, or nothing where JSON would not be exact. */
export const stringify = (frames: ReadonlyArray<unknown>): string | undefined => {
  if (hasToJson()) return undefined;
  const gaps: Gaps = [];
  for (let index = 0; index < frames.length; index++) {
    if (!inspectFrame(frames[index], index, gaps)) return undefined;
  }
  return JSON.stringify(gaps.length === 0 ? [frames] : [frames, gaps]);
};

/** What `stringify` was given. Throws when the text is anything else. */
export const parse = (text: string): unknown => {
  const [frames, gaps = []] = JSON.parse(text) as [Array<Array<unknown>>, Gaps?];
  for (let at = 0; at < gaps.length; at += 2) {
    const frame = frames[gaps[at] ?? 0];
    const element = gaps[at + 1] ?? 0;
    if (frame === undefined) throw new RangeError("a gap in no frame");
    if (element === inValue) (frame[2] as { value: unknown }).value = undefined;
    else frame[element] = undefined;
  }
  return frames;
};
