/** The question of the book's quick quiz, asked so often that a spinner beside it is worth watching. */
import * as Task from "@heddle/core/Task";

import { checkPrime, trialDivision } from "./primes.task.ts";

export interface Quiz {
  readonly n: bigint;
  readonly times: number;
}

function* askNapping({ n, times }: Quiz): Generator<undefined, boolean> {
  let answer = false;
  for (let i = 0; i < times; i++) answer = yield* trialDivision(n);
  return answer;
}

/** The same without a nap. */
export const ask = ({ n, times }: Quiz): boolean => {
  let answer = false;
  for (let i = 0; i < times; i++) answer = checkPrime(n);
  return answer;
};

export const quiz = Task.make({
  name: "nap/quiz",
  module: import.meta.url,
  body: (input: Quiz) => ask(input),
});

export const quizNapping = Task.make({
  name: "nap/quizNapping",
  module: import.meta.url,
  body: (input: Quiz) => askNapping(input),
});
