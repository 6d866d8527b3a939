/**
 * Counters in memory.
 */
import type { CounterEngine } from "../engine.ts";
import { Life } from "./line.ts";

const wrapped = (value: bigint): bigint => BigInt.asIntN(64, value);

export const makeCounter = (options: { readonly value: bigint }): CounterEngine => {
  const life = new Life("Counter");
  let { value } = options;
  return {
    get: () => {
      life.check();
      return value;
    },
    add: (by) => {
      life.check();
      value = wrapped(value + by);
      return value;
    },
    exchange: (next) => {
      life.check();
      const before = value;
      value = wrapped(next);
      return before;
    },
    compareAndSet: (expected, next) => {
      life.check();
      if (value !== expected) return false;
      value = wrapped(next);
      return true;
    },
    abandon: () => undefined,
    free: () => void life.end(),
  };
};
