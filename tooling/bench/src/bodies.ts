/** What all contenders run: plain functions, so that every library calls the very same code. */
import { isPrime } from "./primes.ts";

/**
 * Work without memory traffic; its result depends on every step, so nothing can be left out.
 * The parent finds out how many steps a millisecond has and gives every contender the same number of steps.
 */
export const burn = (steps: number): number => {
  let x = 1;
  for (let i = 0; i < steps; i++) x = (Math.imul(x, 1_103_515_245) + 12_345) | 0;
  return x;
};

const scale = (values: Float64Array): Float64Array => {
  for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * 2 + 1;
  return values;
};

export const bodies = {
  noop: (x: number): number => x,
  double: (x: number): number => x * 2,
  doubleAll: (xs: ReadonlyArray<number>): ReadonlyArray<number> => xs.map((x) => x * 2),
  burn,
  burnAll: (list: ReadonlyArray<number>): ReadonlyArray<number> => list.map(burn),
  /** Copied there and back. */
  echo: (bytes: Uint8Array): Uint8Array => bytes,
  /** Moved there and back: a worker file sends the result with its buffer. */
  echoMoved: (bytes: Uint8Array): Uint8Array => bytes,
  scaleMoved: scale,
  isPrime: (text: string): boolean => isPrime(BigInt(text)),
} as const;

export type BodyName = keyof typeof bodies;

/** By name and without types, as a worker gets it. */
export const callBody = (name: string, input: unknown): unknown =>
  (bodies as Readonly<Record<string, (input: never) => unknown>>)[name]?.(input as never);

/** The buffer that has to leave with the result, if any. */
export const movedBy = (name: string, output: unknown): ReadonlyArray<ArrayBuffer> =>
  name.endsWith("Moved") ? [(output as Uint8Array<ArrayBuffer>).buffer] : [];
