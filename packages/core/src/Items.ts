/**
 * Values side by side, as they travel together: numbers in a `Float64Array`, whatever else in an array.
 *
 * Nothing here loads Effect, so worker entries stay small.
 *
 * @since 0.1.0
 */
import { isProxy } from "./Platform.ts";

/**
 * Values in order.
 *
 * @category models
 * @since 0.1.0
 */
export type Items = ReadonlyArray<unknown> | Float64Array;

/**
 * How many values travel together at most.
 *
 * @category constants
 * @since 0.1.0
 */
export const mostItems = 16_384;

/**
 * With how many characters of text values travel together; one that is longer travels alone.
 *
 * @category constants
 * @since 0.1.0
 */
export const mostCharacters = 65_536;

/**
 * Whether a value is no object: then it may travel with others as it is.
 *
 * @category guards
 * @since 0.1.0
 */
export const isPrimitive = (value: unknown): boolean =>
  value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol");

/**
 * What stands for a value that has to travel alone.
 *
 * @category constants
 * @since 0.1.0
 */
export const alone: unique symbol = Symbol("alone");

// Taken before any task could replace them: what one task does must not disturb the next.
const { getPrototypeOf, keys: keysOf } = Object;
const objectPrototype = Object.prototype;
const arrayPrototype = Array.prototype;

const mostObjects = 32;
const objectCharacters = 16;
const bigintCharacters = 16;

/**
 * Copies values, so that they may travel with others. What is in one message belongs together: an object that two values
 * share, or that changes before it is sent, would be wrong on the other side.
 *
 * **Details**
 *
 * Primitive values, and small trees of plain objects and dense arrays of them. All others travel alone.
 *
 * @category models
 * @since 0.1.0
 */
export class Copier {
  /** How much room the last value takes, about. */
  characters = 0;
  private seen: Array<object> = [];

  /** The value or its copy, or {@link alone}. Throws what a getter of it throws. */
  copy(value: unknown): unknown {
    this.characters = 0;
    if (this.seen.length > 0) this.seen = [];
    const copied = this.copyPart(value);
    return this.characters > mostCharacters ? alone : copied;
  }

  private copyPart(value: unknown): unknown {
    switch (typeof value) {
      case "string":
        this.characters += value.length;
        return value;
      case "bigint":
        this.characters += BigInt.asIntN(64, value) === value ? bigintCharacters : mostCharacters + 1;
        return value;
      case "function":
      case "symbol":
        return alone;
      case "object":
        return value === null ? value : this.copyObject(value);
      default:
        this.characters++;
        return value;
    }
  }

  private copyObject(value: object): unknown {
    if (this.seen.length === mostObjects || this.hasSeen(value) || isProxy(value)) return alone;
    this.seen[this.seen.length] = value;
    this.characters += objectCharacters;
    const prototype: unknown = getPrototypeOf(value);
    if (prototype === objectPrototype || prototype === null) return this.copyRecord(value);
    return prototype === arrayPrototype && Array.isArray(value) ? this.copyArray(value) : alone;
  }

  private copyRecord(value: object): unknown {
    const copy: Record<string, unknown> = {};
    const keys = keysOf(value);
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] as string;
      // To assign it would change the prototype of the copy.
      if (key === "__proto__") return alone;
      const part = this.copyPart((value as Record<string, unknown>)[key]);
      if (part === alone) return alone;
      copy[key] = part;
    }
    this.characters += keys.length;
    return copy;
  }

  private copyArray(value: ReadonlyArray<unknown>): unknown {
    const { length } = value;
    // One with holes, or with properties besides its items, has not as many keys as items.
    if (length > mostCharacters || keysOf(value).length !== length) return alone;
    const copy: Array<unknown> = [];
    for (let at = 0; at < length; at++) {
      const part = this.copyPart(value[at]);
      if (part === alone) return alone;
      copy[at] = part;
    }
    return copy;
  }

  private hasSeen(value: object): boolean {
    for (let at = 0; at < this.seen.length; at++) if (this.seen[at] === value) return true;
    return false;
  }
}

/**
 * Collects values: as numbers, as long as they are.
 *
 * @category models
 * @since 0.1.0
 */
export class List {
  length = 0;
  private numbers: Float64Array | undefined;
  private values: Array<unknown> = [];

  /** For numbers there is as much room as in the memory, which is new unless there is some. */
  constructor(room: number, memory: Float64Array = new Float64Array(room)) {
    this.numbers = memory;
  }

  /** Adds a value, for which there is room. */
  add(value: unknown): void {
    const { numbers } = this;
    if (numbers !== undefined && typeof value === "number") numbers[this.length] = value;
    else this.addOther(value);
    this.length++;
  }

  /** Adds what numbers there are from an index on, as far as there is room; gives how many those are. */
  addNumbers(source: ArrayLike<unknown>, from: number): number {
    const { numbers } = this;
    if (numbers === undefined) return 0;
    const most = Math.min(source.length - from, numbers.length - this.length);
    let count = 0;
    for (; count < most; count++) {
      const value = source[from + count];
      if (typeof value !== "number") break;
      numbers[this.length + count] = value;
    }
    this.length += count;
    return count;
  }

  /** All of them. The list is not used after that. */
  toItems(): Items {
    const { length, numbers, values } = this;
    if (numbers === undefined) return values;
    if (numbers.length === length) return numbers;
    // What is not shared is sent with all of its buffer.
    return numbers.buffer instanceof ArrayBuffer ? numbers.slice(0, length) : numbers.subarray(0, length);
  }

  // No method of arrays: a task may have replaced those.
  private addOther(value: unknown): void {
    const { length, numbers, values } = this;
    if (numbers !== undefined) {
      this.numbers = undefined;
      for (let at = 0; at < length; at++) values[at] = numbers[at];
    }
    values[length] = value;
  }
}
