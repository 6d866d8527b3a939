/** The numbers to check and what is known about them, as text: a number as such would lose the last digits of some. */
import type { Params } from "./contract.ts";

type Known = readonly [number: string, isPrime: boolean];

const known = (text: string): ReadonlyArray<Known> =>
  text
    .trim()
    .split(/\s+/)
    .map((item) => [item.replace("P", ""), item.endsWith("P")]);

const book = known(`
  2P 142702110479723P 299593572317531P 3333333333333301P 3333333333333333 3333335652092209 4444444444444423P
  4444444444444444 4444444488888889 5555553133149889 5555555555555503P 5555555555555555 6666666666666666
  6666666666666719P 6666667141414921 7777777536340681 7777777777777753P 7777777777777777 9999999999999917P
  9999999999999999`);

const small = known(`
  2P 52631578946 105263157891 157894736837P 210526315777P 263157714121 315789473684 368421052631 421052631547P
  473684210521P 526276251601 578947368420 631578947367 684210526313P 736842105257P 789430473001 842105263156
  894736842105 947368421029P 999999999989P`);

/** `repeat` times the book's numbers, or the small ones where `isSmall` is 1. */
export const numbersOf = ({ isSmall, repeat }: Params): ReadonlyArray<Known> =>
  Array.from({ length: repeat ?? 1 }, () => (isSmall === 1 ? small : book)).flat();
