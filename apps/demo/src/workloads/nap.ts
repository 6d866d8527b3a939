/** `demo nap`: a prime and a spinner. On one thread the spinner lives only if the computation naps. */
import * as Effect from "effect/Effect";

import type { NapSpec } from "../protocol.ts";
import { checkPrime, isPrime, isPrimeNapping } from "./primes.task.ts";
import { run, runSerially, say } from "./report.ts";
import { spinWhile } from "./spinner.ts";

/** The number of the book's quick quiz. */
const quizNumber = 5_000_111_000_222_021n;

const verdict = (isIt: boolean): string => `${quizNumber.toLocaleString("en")} is ${isIt ? "" : "not "}prime`;

export const program = Effect.fnUntraced(function* ({ runtime }: NapSpec) {
  const task = runtime === "fibers-yield" ? isPrimeNapping : isPrime;
  const { output } = yield* spinWhile("thinking!", run(task, quizNumber));
  yield* say(verdict(output));
});

/** The serial version. */
export const serial = Effect.fnUntraced(function* (_: NapSpec) {
  const { output } = yield* runSerially(isPrime.name, quizNumber, checkPrime);
  yield* say(verdict(output));
});
