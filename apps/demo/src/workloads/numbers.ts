/**
 * The numbers and what is known about them.
 *
 * Two of the book's do not fit a double: as a `number`, 9999999999999917 becomes its even neighbour and looks
 * composite at once, which would be wrong and flattering.
 */
import type { NumbersName } from "../protocol.ts";

const known = (text: string): ReadonlyMap<bigint, boolean> =>
  new Map(
    text
      .trim()
      .split(/\s+/)
      .map((item) => [BigInt(item.replace("P", "")), item.endsWith("P")]),
  );

const book = known(`
  2P 142702110479723P 299593572317531P 3333333333333301P 3333333333333333 3333335652092209 4444444444444423P
  4444444444444444 4444444488888889 5555553133149889 5555555555555503P 5555555555555555 6666666666666666
  6666666666666719P 6666667141414921 7777777536340681 7777777777777753P 7777777777777777 9999999999999917P
  9999999999999999`);

const small = known(`
  2P 52631578946 105263157891 157894736837P 210526315777P 263157714121 315789473684 368421052631 421052631547P
  473684210521P 526276251601 578947368420 631578947367 684210526313P 736842105257P 789430473001 842105263156
  894736842105 947368421029P 999999999989P`);

const fixtures = { book, small };

/** The numbers of a set, in order. */
export const numbersOf = (name: NumbersName): ReadonlyArray<bigint> => [...fixtures[name].keys()];

/** What is wrong with an answer, if anything. */
export const objection = (name: NumbersName, n: bigint, answer: unknown): string | undefined => {
  const expected = fixtures[name].get(n);
  if (expected === undefined || answer === expected) return undefined;
  return `wrong answer: ${n} is ${expected ? "" : "not "}prime, but the task said ${String(answer)}`;
};
