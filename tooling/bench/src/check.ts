/** A wrong answer fails its contender: nothing that is fast and wrong may look good. */
class WrongAnswer extends Error {
  override readonly name = "WrongAnswer";
}

/** Gives `output` back, or throws when it is not `expected`. */
export const sameAs = <A>(expected: A, output: unknown): A => {
  if (output !== expected)
    throw new WrongAnswer(`expected ${String(expected)}, got ${String(output)} (${typeof output})`);
  return expected;
};

/** Throws when two lists differ anywhere. */
export const sameList = (expected: ArrayLike<unknown>, output: ArrayLike<unknown>): void => {
  sameAs(expected.length, output.length);
  for (let i = 0; i < expected.length; i++) sameAs(expected[i], output[i]);
};
