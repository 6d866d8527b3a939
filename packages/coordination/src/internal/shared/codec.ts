/**
 * Values as words. Small simple ones are encoded by hand, which is many times faster than a serializer; all others by the platform's.
 */
import type { Tools } from "../engine.ts";
import { isJsonExact } from "./plain.ts";

const undefinedTag = 0;
const nullTag = 1;
const falseTag = 2;
const trueTag = 3;
const intTag = 4;
const doubleTag = 5;
const latinTag = 6;
const utf16Tag = 7;
const bigTag = 8;
const otherTag = 9;
const jsonLatinTag = 10;
const jsonUtf16Tag = 11;

// The first word of a value: its tag, and how many bytes, or units of UTF-16, follow.
const tagBits = 4;
const tagMask = 2 ** tagBits - 1;
const longest = 2 ** (31 - tagBits) - 1;

const asDouble = new Float64Array(1);
const asBig = new BigInt64Array(asDouble.buffer);
const asHalves = new Int32Array(asDouble.buffer);

/** The two words of a double. */
export const halvesOf = (value: number): readonly [low: number, high: number] => {
  asDouble[0] = value;
  return [asHalves[0] as number, asHalves[1] as number];
};

/** The double of two words. */
export const doubleOf = (low: number, high: number): number => {
  asHalves[0] = low;
  asHalves[1] = high;
  return asDouble[0] as number;
};

const firstRoom = 256;

/** Encoded values, one after the other, in memory of this unit alone. */
export class Packed {
  words = new Int32Array(firstRoom);
  /** Where each begins, and behind the last where that ends. */
  starts: Array<number> = [0];
  private readonly tools: Tools;

  constructor(tools: Tools) {
    this.tools = tools;
  }

  clear(): void {
    this.starts.length = 1;
  }

  get count(): number {
    return this.starts.length - 1;
  }

  /** Room for one more, which is `length` words; gives where it begins. */
  extend(length: number): number {
    const at = this.starts[this.starts.length - 1] as number;
    const end = at + length;
    if (end > this.words.length) {
      const wider = new Int32Array(Math.max(end, this.words.length * 2));
      wider.set(this.words);
      this.words = wider;
    }
    this.starts.push(end);
    return at;
  }

  add(value: unknown): void {
    if (typeof value === "number") return this.addNumber(value);
    if (typeof value === "string") return this.addText(value, latinTag, utf16Tag);
    if (typeof value === "boolean") return this.addTag(value ? trueTag : falseTag);
    if (value === undefined) return this.addTag(undefinedTag);
    if (value === null) return this.addTag(nullTag);
    if (typeof value === "bigint" && BigInt.asIntN(64, value) === value) return this.addBig(value);
    if (isJsonExact(value)) return this.addText(JSON.stringify(value), jsonLatinTag, jsonUtf16Tag);
    this.addBytes(this.tools.serialize(value));
  }

  /** The value at that place. */
  get(index: number): unknown {
    const at = this.starts[index] as number;
    const first = this.words[at] as number;
    const length = first >>> tagBits;
    switch (first & tagMask) {
      case undefinedTag:
        return undefined;
      case nullTag:
        return null;
      case falseTag:
        return false;
      case trueTag:
        return true;
      case intTag:
        return this.words[at + 1];
      case latinTag:
        return this.latin(at + 1, length);
      case utf16Tag:
        return this.utf16(at + 1, length);
      case jsonLatinTag:
        return JSON.parse(this.latin(at + 1, length));
      case jsonUtf16Tag:
        return JSON.parse(this.utf16(at + 1, length));
      case otherTag:
        return this.tools.deserialize(new Uint8Array(this.words.buffer, (at + 1) * 4, length).slice());
      default:
        return this.wide(first & tagMask, at + 1);
    }
  }

  /** All of them. */
  values(): Array<unknown> {
    const found: Array<unknown> = [];
    for (let index = 0; index < this.count; index++) found.push(this.get(index));
    return found;
  }

  private addTag(tag: number): void {
    this.words[this.extend(1)] = tag;
  }

  private addNumber(value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) {
      const at = this.extend(2);
      this.words[at] = intTag;
      this.words[at + 1] = value;
      return;
    }
    asDouble[0] = value;
    this.addWide(doubleTag);
  }

  private addBig(value: bigint): void {
    asBig[0] = value;
    this.addWide(bigTag);
  }

  private addWide(tag: number): void {
    const at = this.extend(3);
    this.words[at] = tag;
    this.words[at + 1] = asHalves[0] as number;
    this.words[at + 2] = asHalves[1] as number;
  }

  private wide(tag: number, at: number): number | bigint {
    asHalves[0] = this.words[at] as number;
    asHalves[1] = this.words[at + 1] as number;
    return tag === bigTag ? (asBig[0] as bigint) : (asDouble[0] as number);
  }

  private addText(value: string, forLatin: number, forUtf16: number): void {
    const { length } = value;
    let isLatin = true;
    for (let index = 0; isLatin && index < length; index++) isLatin = value.charCodeAt(index) < 256;
    if (length > longest) throw new RangeError(`A text of ${length} characters is too large.`);
    const perWord = isLatin ? 4 : 2;
    const at = this.extend(1 + Math.ceil(length / perWord));
    this.words[at] = (length << tagBits) | (isLatin ? forLatin : forUtf16);
    const { buffer } = this.words;
    if (isLatin) writeCodes(new Uint8Array(buffer, (at + 1) * 4, length), value);
    else writeCodes(new Uint16Array(buffer, (at + 1) * 4, length), value);
  }

  private latin(at: number, length: number): string {
    return textOf(new Uint8Array(this.words.buffer, at * 4, length));
  }

  private utf16(at: number, length: number): string {
    return textOf(new Uint16Array(this.words.buffer, at * 4, length));
  }

  private addBytes(bytes: Uint8Array): void {
    if (bytes.length > longest) throw new RangeError(`A value of ${bytes.length} bytes is too large.`);
    const at = this.extend(1 + Math.ceil(bytes.length / 4));
    this.words[at] = (bytes.length << tagBits) | otherTag;
    new Uint8Array(this.words.buffer, (at + 1) * 4, bytes.length).set(bytes);
  }
}

const writeCodes = (target: Uint8Array | Uint16Array, text: string): void => {
  for (let index = 0; index < text.length; index++) target[index] = text.charCodeAt(index);
};

// More arguments at once may overflow the stack.
const mostAtOnce = 4096;

const textOf = (units: Uint8Array | Uint16Array): string => {
  if (units.length <= mostAtOnce) return String.fromCharCode(...units);
  let text = "";
  for (let at = 0; at < units.length; at += mostAtOnce) {
    text += String.fromCharCode(...units.subarray(at, at + mostAtOnce));
  }
  return text;
};
