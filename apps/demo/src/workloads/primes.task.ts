/** Trial division, as in the book: nothing clever, so that the time goes where everybody expects it. */
import * as Task from "@heddle/core/Task";

const isqrt = (n: bigint): bigint => {
  let root = BigInt(Math.floor(Math.sqrt(Number(n))));
  while (root * root > n) root--;
  while ((root + 1n) * (root + 1n) <= n) root++;
  return root;
};

// In cells of 64 bits V8 divides bigints like machine words from the first call on; with plain variables the same
// loop took up to ten times as long in a worker that had just started.
const cells = new BigInt64Array(2);

const hasDivisor = (n: bigint, from: bigint, to: bigint): boolean => {
  cells[0] = n;
  cells[1] = from;
  for (let left = Number((to - from) / 2n); left >= 0; left--) {
    if (cells[0] % cells[1] === 0n) return true;
    cells[1] += 2n;
  }
  return false;
};

const largest = 2n ** 63n - 1n;

// About a tenth of a millisecond of work.
const slice = 32_768n;

/** Decides whether `n` is prime and stops for breath after each slice of divisors. */
export function* trialDivision(n: bigint): Generator<undefined, boolean> {
  if (n > largest) throw new RangeError(`${n} does not fit 64 bits`);
  if (n < 2n) return false;
  if (n === 2n) return true;
  if (n % 2n === 0n) return false;
  const root = isqrt(n);
  for (let from = 3n; from <= root; from += slice) {
    const last = from + slice - 2n;
    if (hasDivisor(n, from, last < root ? last : root)) return false;
    yield;
  }
  return true;
}

/** The same without a pause: it holds its thread until it has the answer. */
export const checkPrime = (n: bigint): boolean => {
  const division = trialDivision(n);
  for (;;) {
    const step = division.next();
    if (step.done === true) return step.value;
  }
};

export const isPrime = Task.make({
  name: "primes/isPrime",
  module: import.meta.url,
  body: (n: bigint) => checkPrime(n),
});

/** The cooperative form: a runtime that shares one thread may let others run at each pause. */
export const isPrimeNapping = Task.make({
  name: "primes/isPrimeNapping",
  module: import.meta.url,
  body: (n: bigint) => trialDivision(n),
});
