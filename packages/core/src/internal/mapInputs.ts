/**
 * Takes the inputs of a map from an iterable: one, or as many as may go into one message.
 */
import { alone, Copier, type Items, List, mostCharacters } from "../Items.ts";

/** An iterable that thinks for long about its next value must not keep those before it waiting. */
const mostMillis = 1;

// To look at the clock costs more than to take an input.
const longestStride = 64;

/** Inputs that go together. */
export interface Taken {
  readonly inputs: Items;
  /** Whether they may go together, and are encoded. What may not goes alone, as it came. */
  readonly isSeries: boolean;
}

const exhausted: unique symbol = Symbol("exhausted");

const usualIterator: unknown = Reflect.get(Array.prototype, Symbol.iterator);
const usualViewIterator: unknown = Reflect.get(Uint8Array.prototype, Symbol.iterator);

/** What an iterator of it gives, if that is what its indices give. */
const indexed = (source: Iterable<unknown>): ArrayLike<unknown> | undefined => {
  const iterate: unknown = source[Symbol.iterator];
  const isUsual =
    (Array.isArray(source) && iterate === usualIterator) ||
    (ArrayBuffer.isView(source) && iterate === usualViewIterator);
  return isUsual ? (source as unknown as ArrayLike<unknown>) : undefined;
};

/** It begins when the first input is taken; when it has ended, or thrown, there is no other. */
type State = "fresh" | "open" | "ended";

export class MapInputs {
  private readonly source: Iterable<unknown>;
  private readonly encode: ((input: unknown) => unknown) | undefined;
  private readonly copier = new Copier();
  private iterator: Iterator<unknown> | undefined;
  /** Instead of an iterator, where one would give the same. */
  private values: ArrayLike<unknown> | undefined;
  private at = 0;
  private state: State = "fresh";
  /** One that was taken and does not go with those before it. */
  private kept: { readonly input: unknown } | undefined;
  private thrown: { readonly error: unknown } | undefined;

  constructor(source: Iterable<unknown>, encode: ((input: unknown) => unknown) | undefined) {
    this.source = source;
    this.encode = encode;
  }

  /** How many there are at most, as far as one knows. */
  get most(): number {
    this.open();
    if (this.kept !== undefined || this.iterator !== undefined) return Number.POSITIVE_INFINITY;
    return this.values === undefined ? 1 : this.values.length - this.at;
  }

  /** At most that many inputs, and one at least; nothing when there is none left. Numbers come in the memory. Throws what the iterable throws. */
  take(most: number, memory?: Float64Array): Taken | undefined {
    const first = this.next();
    if (first === exhausted) return undefined;
    if (most === 1) return { inputs: [first], isSeries: false };
    const list = new List(most, memory);
    if (!this.add(list, first)) {
      this.kept = undefined;
      return { inputs: [first], isSeries: false };
    }
    this.addMore(list, most);
    return { inputs: list.toItems(), isSeries: true };
  }

  /** None of the rest is wanted. */
  close(): void {
    const { iterator } = this;
    this.ended();
    this.kept = undefined;
    iterator?.return?.();
  }

  private addMore(list: List, most: number): void {
    const endsAtMillis = performance.now() + mostMillis;
    let { characters } = this.copier;
    let checkAt = 2;
    this.addNumbers(list);
    while (list.length < most && characters < mostCharacters) {
      const input = this.nextOrKeep();
      if (input === exhausted || !this.add(list, input)) return;
      characters += this.copier.characters;
      if (list.length < checkAt) continue;
      if (performance.now() > endsAtMillis) return;
      checkAt += Math.min(list.length, longestStride);
    }
  }

  // Most arrays of numbers have nothing else.
  private addNumbers(list: List): void {
    const { at, encode, kept, values } = this;
    if (values !== undefined && encode === undefined && kept === undefined)
      this.at += list.addNumbers(values, at);
  }

  // False for one that does not go with others: it is kept.
  private add(list: List, input: unknown): boolean {
    const copy = this.copied(input);
    if (copy === alone) this.kept = { input };
    else list.add(copy);
    return copy !== alone;
  }

  // What cannot be encoded, or throws when it is looked at, goes alone and is refused then.
  private copied(input: unknown): unknown {
    const { copier, encode } = this;
    try {
      return copier.copy(encode === undefined ? input : encode(input));
    } catch {
      return alone;
    }
  }

  // What it throws is for the one who asks next: those before it are given first.
  private nextOrKeep(): unknown {
    try {
      return this.next();
    } catch (error) {
      this.thrown = { error };
      return exhausted;
    }
  }

  private next(): unknown {
    const { kept, thrown } = this;
    if (kept !== undefined) {
      this.kept = undefined;
      return kept.input;
    }
    if (thrown === undefined) return this.read();
    this.thrown = undefined;
    throw thrown.error;
  }

  private open(): void {
    if (this.state !== "fresh") return;
    this.state = "open";
    this.values = indexed(this.source);
    if (this.values === undefined) this.iterator = this.source[Symbol.iterator]();
  }

  private read(): unknown {
    this.open();
    const { iterator, values } = this;
    if (values !== undefined) return this.at < values.length ? values[this.at++] : exhausted;
    if (iterator === undefined) return exhausted;
    this.iterator = undefined;
    const step = iterator.next();
    if (step.done === true) return this.ended();
    this.iterator = iterator;
    return step.value;
  }

  private ended(): typeof exhausted {
    this.state = "ended";
    this.iterator = undefined;
    this.values = undefined;
    return exhausted;
  }
}
