/** Trial division, as in the book: nothing clever, so that the time goes where everybody expects it. */
import * as Task from "@heddle/core/Task";

const isqrt = (n: bigint): bigint => {
  let root = BigInt(Math.floor(Math.sqrt(Number(n))));
  while (root * root > n) root--;
  while ((root + 1n) * (root + 1n) <= n) root++;
  return root;
};

const hasDivisor = (n: bigint, from: bigint, to: bigint): boolean => {
  for (let i = from; i <= to; i += 2n) if (n % i === 0n) return true;
  return false;
};

// About half a millisecond of work.
const slice = 32_768n;

/** Decides whether `n` is prime and stops for breath after each slice of divisors. */
export function* trialDivision(n: bigint): Generator<undefined, boolean> {
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
