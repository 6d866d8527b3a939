/**
 * Trial division, as in the book of the demo; `python/pool.py` has the same loop.
 *
 * Two of the numbers do not fit a double, so all are bigints.
 */
const isqrt = (n: bigint): bigint => {
  let root = BigInt(Math.floor(Math.sqrt(Number(n))));
  while (root * root > n) root--;
  while ((root + 1n) * (root + 1n) <= n) root++;
  return root;
};

// In cells of 64 bits V8 divides bigints like machine words.
const cells = new BigInt64Array(2);

const hasOddDivisor = (n: bigint, to: bigint): boolean => {
  cells[0] = n;
  cells[1] = 3n;
  for (let left = Number((to - 3n) / 2n); left >= 0; left--) {
    if (cells[0] % cells[1] === 0n) return true;
    cells[1] += 2n;
  }
  return false;
};

export const isPrime = (n: bigint): boolean => {
  if (n < 2n) return false;
  if (n % 2n === 0n) return n === 2n;
  const root = isqrt(n);
  return root < 3n || !hasOddDivisor(n, root);
};
