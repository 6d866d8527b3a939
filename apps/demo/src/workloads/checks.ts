/** What both ways of checking the numbers have in common: the numbers, and the lines that are told of them. */
import * as Effect from "effect/Effect";

import type { PrimesSpec } from "../protocol.ts";
import { numbersOf, objection } from "./numbers.ts";
import { Report, say } from "./report.ts";

export const inputsOf = ({ numbers, repeat }: PrimesSpec): ReadonlyArray<bigint> =>
  Array.from({ length: repeat }, () => numbersOf(numbers)).flat();

const seconds = (millis: number): string => (millis / 1000).toFixed(6);

/** Tells an answer that was counted as a good one, and takes it back if it is wrong. */
export const tell = Effect.fnUntraced(function* (
  spec: PrimesSpec,
  n: bigint,
  answer: boolean,
  elapsed: number,
) {
  const { count, emit } = yield* Report;
  const wrong = objection(spec.numbers, n, answer);
  if (wrong !== undefined) {
    count.ok--;
    count.failed++;
    emit({ type: "problem", text: `${wrong} (on ${spec.runtime})` });
  }
  yield* say(`${String(n).padStart(16)}  ${answer ? "P" : " "} ${seconds(elapsed).padStart(9)}s`);
});

export const total = (spec: PrimesSpec, began: number): string => {
  const checks = inputsOf(spec).length;
  return `${checks} checks in ${((performance.now() - began) / 1000).toFixed(2)}s`;
};
