/**
 * Simple answers of a thread, in memory that it shares with its host: a ring of records which the thread alone writes and
 * the host alone reads. What a thread has answered stays there when it dies.
 *
 * A message per answer would cost more than most short bodies. The thread sends one only when the host does not know yet
 * that there is something to read.
 */
import { success } from "@heddle/core/Outcome";
import { Kind, type WorkerFrame, type WorkerFrameOf } from "@heddle/pool/Frame";

/** What a thread sends when there are answers to read. */
export const bell = 0;

// A power of two, and more than a thread holds calls: it is full only of what the host has not come to.
const records = 256;
const recordBytes = 32;
const headerBytes = 4 * Int32Array.BYTES_PER_ELEMENT;

/** How much memory they need; it begins at a multiple of 8. */
export const answerBytes = headerBytes + records * recordBytes;

const writtenWord = 0;
const readWord = 1;
const bellWord = 2;

// Of a record, in doubles: the number of its call comes first.
const valueAt = 1;
const microsAt = 3;
// In words of 4 bytes.
const sentWord = 4;
const kindWord = 5;

const unknownMicros = -1;

const Value = { undefined: 0, null: 1, false: 2, true: 3, number: 4 } as const;

interface Views {
  readonly header: Int32Array<SharedArrayBuffer>;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly doubles: Float64Array<SharedArrayBuffer>;
}

const viewsOf = (block: SharedArrayBuffer, byteOffset: number): Views => ({
  header: new Int32Array(block, byteOffset, headerBytes / 4),
  words: new Int32Array(block, byteOffset + headerBytes, (records * recordBytes) / 4),
  doubles: new Float64Array(block, byteOffset + headerBytes, (records * recordBytes) / 8),
});

const kindOf = (value: unknown): number | undefined => {
  switch (value) {
    case undefined:
      return Value.undefined;
    case null:
      return Value.null;
    case false:
      return Value.false;
    case true:
      return Value.true;
  }
  return typeof value === "number" ? Value.number : undefined;
};

const constants: ReadonlyArray<unknown> = [undefined, null, false, true];

/** The thread's end. */
export class AnswerWriter {
  private readonly views: Views;
  private written = 0;
  /** How many messages the thread has sent, but for the bell. */
  private sent = 0;

  constructor(block: SharedArrayBuffer, byteOffset: number) {
    this.views = viewsOf(block, byteOffset);
  }

  /** The thread sends a message of another kind. */
  sentMessage(): void {
    this.sent = (this.sent + 1) | 0;
  }

  /** Writes an answer; false when it is not a simple one, or when there is no room. */
  write(frame: WorkerFrame): boolean {
    if (frame[0] !== Kind.outcome) return false;
    const [, call, outcome, micros] = frame;
    if (outcome._tag !== "Success") return false;
    const kind = kindOf(outcome.value);
    const { header } = this.views;
    if (kind === undefined || ((this.written - Atomics.load(header, readWord)) | 0) >= records) return false;
    this.put(kind, call, outcome.value, micros);
    this.written = (this.written + 1) | 0;
    Atomics.store(header, writtenWord, this.written);
    return true;
  }

  /** Whether the host has to be told; it is once, until it looks. */
  mustRing(): boolean {
    return Atomics.exchange(this.views.header, bellWord, 1) === 0;
  }

  private put(kind: number, call: number, value: unknown, micros: number | undefined): void {
    const { doubles, words } = this.views;
    const index = this.written & (records - 1);
    const double = (index * recordBytes) / 8;
    const word = (index * recordBytes) / 4;
    doubles[double] = call;
    if (kind === Value.number) doubles[double + valueAt] = value as number;
    words[word + sentWord] = this.sent;
    words[word + kindWord] = kind;
    doubles[double + microsAt] = micros ?? unknownMicros;
  }
}

/** The host's end. */
export class AnswerReader {
  private readonly views: Views;
  private read = 0;
  /** How many messages the host has taken, but for the bell. */
  private taken = 0;

  constructor(block: SharedArrayBuffer, byteOffset: number) {
    this.views = viewsOf(block, byteOffset);
  }

  /** The host has taken a message of another kind. */
  tookMessage(): void {
    this.taken = (this.taken + 1) | 0;
  }

  /** From now on the thread rings; what it has written before is to be taken. */
  listen(): void {
    Atomics.store(this.views.header, bellWord, 0);
  }

  /** From now on the thread does not ring: the host looks by itself. */
  mute(): void {
    Atomics.store(this.views.header, bellWord, 1);
  }

  /**
   * The answers whose turn it is: none that was written after a message which the host has not taken. Nobody can forge one,
   * since bodies have no way to this memory, but they are frames like all others and judged as such.
   */
  take(): ReadonlyArray<WorkerFrame> {
    const { header } = this.views;
    const written = Atomics.load(header, writtenWord);
    if (written === this.read) return [];
    const frames: Array<WorkerFrame> = [];
    for (; this.read !== written && this.isNext(); this.read = (this.read + 1) | 0) frames.push(this.frame());
    Atomics.store(header, readWord, this.read);
    return frames;
  }

  private get word(): number {
    return ((this.read & (records - 1)) * recordBytes) / 4;
  }

  private isNext(): boolean {
    return this.views.words[this.word + sentWord] === this.taken;
  }

  private frame(): WorkerFrameOf<"outcome"> {
    const { doubles, words } = this.views;
    const { word } = this;
    const kind = words[word + kindWord] as number;
    const micros = doubles[word / 2 + microsAt] as number;
    const value = kind === Value.number ? doubles[word / 2 + valueAt] : constants[kind];
    const call = doubles[word / 2] as number;
    return [Kind.outcome, call, success(value), micros === unknownMicros ? undefined : micros];
  }
}
