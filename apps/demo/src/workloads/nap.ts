/** `demo nap`: a prime and a spinner. On one thread the spinner lives only if the computation naps. */
import * as Effect from "effect/Effect";

import type { NapSpec } from "../protocol.ts";
import { tasksOf } from "../runtimes.ts";
import { ask, quiz, quizNapping, type Quiz } from "./nap.task.ts";
import { run, runSerially, say } from "./report.ts";
import { spinWhile } from "./spinner.ts";

const question: Quiz = { n: 5_000_111_000_222_021n, times: 10 };

const verdict = (isIt: boolean): string => `${question.n.toLocaleString("en")} is ${isIt ? "" : "not "}prime`;

export const program = Effect.fnUntraced(function* (spec: NapSpec) {
  const task = tasksOf(spec) === "pausing" ? quizNapping : quiz;
  const { output } = yield* spinWhile("thinking!", run(task, question));
  yield* say(verdict(output));
});

/** The serial version. */
export const serial = Effect.fnUntraced(function* (_: NapSpec) {
  const { output } = yield* runSerially(quiz.name, question, ask);
  yield* say(verdict(output));
});
