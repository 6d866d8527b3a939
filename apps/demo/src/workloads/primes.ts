/** `demo primes`: the twenty numbers of the book, checked one per job. */
import * as Effect from "effect/Effect";

import type { PrimesSpec } from "../protocol.ts";
import { isOneThread, tasksOf, workersOf } from "../runtimes.ts";
import { numbersOf, objection } from "./numbers.ts";
import { checkPrime, isPrime, isPrimeNapping } from "./primes.task.ts";
import { explain, Report, run, runSerially, say } from "./report.ts";

const inputsOf = ({ numbers, repeat }: PrimesSpec): ReadonlyArray<bigint> =>
  Array.from({ length: repeat }, () => numbersOf(numbers)).flat();

const seconds = (millis: number): string => (millis / 1000).toFixed(6);

const tell = Effect.fnUntraced(function* (spec: PrimesSpec, n: bigint, answer: boolean, elapsed: number) {
  const { count, emit } = yield* Report;
  const wrong = objection(spec.numbers, n, answer);
  if (wrong !== undefined) {
    count.ok--;
    count.failed++;
    emit({ type: "problem", text: `${wrong} (on ${spec.runtime})` });
  }
  yield* say(`${String(n).padStart(16)}  ${answer ? "P" : " "} ${seconds(elapsed).padStart(9)}s`);
});

const checkOn = (spec: PrimesSpec) => {
  const task = tasksOf(spec) === "pausing" ? isPrimeNapping : isPrime;
  return Effect.fnUntraced(function* (n: bigint) {
    const { output, runMs } = yield* run(task, n);
    yield* tell(spec, n, output, runMs);
  });
};

const total = (spec: PrimesSpec, began: number): string => {
  const checks = inputsOf(spec).length;
  return `${checks} checks in ${((performance.now() - began) / 1000).toFixed(2)}s`;
};

export const program = Effect.fnUntraced(function* (spec: PrimesSpec) {
  const { emit } = yield* Report;
  const inputs = inputsOf(spec);
  const units = isOneThread(spec.runtime) ? "one thread" : `${workersOf(spec)} ${spec.runtime}`;
  yield* say(`Checking ${inputs.length} numbers with ${units} (${spec.runtime}):`);
  const began = performance.now();
  const check = checkOn(spec);
  const problems = new Set<string>();
  const settled = (n: bigint) =>
    Effect.catchCause(check(n), (cause) => Effect.sync(() => void problems.add(explain(cause))));
  yield* Effect.forEach(inputs, settled, { concurrency: "unbounded", discard: true });
  for (const text of problems) emit({ type: "problem", text });
  yield* say(total(spec, began));
});

/** The serial version: the same checks in a loop, without a runtime. */
export const serial = Effect.fnUntraced(function* (spec: PrimesSpec) {
  const inputs = inputsOf(spec);
  yield* say(`Checking ${inputs.length} numbers one after the other (no runtime):`);
  const began = performance.now();
  for (const n of inputs) {
    const { output, runMs } = yield* runSerially(isPrime.name, n, checkPrime);
    yield* tell(spec, n, output, runMs);
  }
  yield* say(total(spec, began));
});
