/**
 * A counter: one word of 64 bits. Each operation is one of Atomics, so a death leaves nothing half done.
 */
import { CoordinationError } from "../../CoordinationError.ts";
import type { CounterEngine, OptionsOf } from "../engine.ts";

/** What of `Atomics` is used of 64 bits; `Atomics` is one. */
export type BigAtomics = Pick<typeof Atomics, "load" | "store" | "add" | "exchange" | "compareExchange">;

const valueAt = 0;
const freedAt = 1;

/** A counter in shared memory. */
export class SharedCounter implements CounterEngine {
  private readonly words: BigInt64Array;
  private readonly atomics: BigAtomics;

  constructor(buffer: SharedArrayBuffer, atomics: BigAtomics = Atomics) {
    this.words = new BigInt64Array(buffer);
    this.atomics = atomics;
  }

  get(): bigint {
    this.refuseFreed();
    return this.atomics.load(this.words, valueAt);
  }

  add(by: bigint): bigint {
    this.refuseFreed();
    return BigInt.asIntN(64, this.atomics.add(this.words, valueAt, by) + by);
  }

  exchange(value: bigint): bigint {
    this.refuseFreed();
    return this.atomics.exchange(this.words, valueAt, value);
  }

  compareAndSet(expected: bigint, value: bigint): boolean {
    this.refuseFreed();
    const wrapped = BigInt.asIntN(64, expected);
    return this.atomics.compareExchange(this.words, valueAt, wrapped, value) === wrapped;
  }

  abandon(_unit: number): void {}

  free(): void {
    this.atomics.store(this.words, freedAt, 1n);
  }

  private refuseFreed(): void {
    if (this.atomics.load(this.words, freedAt) === 0n) return;
    throw new CoordinationError(
      "Counter",
      "Freed",
      "it was freed, or its runtime was closed; make another one",
    );
  }
}

/** Memory for a counter. */
export const createCounter = (options: OptionsOf["Counter"]): SharedArrayBuffer => {
  const buffer = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);
  new BigInt64Array(buffer)[valueAt] = options.value;
  return buffer;
};
