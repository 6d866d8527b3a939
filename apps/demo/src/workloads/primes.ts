/** `demo primes`: the twenty numbers of the book, checked one per job or by workers that share queues. */
import * as Effect from "effect/Effect";

import type { PrimesSpec } from "../protocol.ts";
import { isOneThread, tasksOf, workersOf } from "../runtimes.ts";
import { inputsOf, tell, total } from "./checks.ts";
import { checkPrime, isPrime, isPrimeNapping } from "./primes.task.ts";
import { checkByQueues } from "./procs.ts";
import { explain, Report, run, runSerially, say } from "./report.ts";

const checkOn = (spec: PrimesSpec) => {
  const task = tasksOf(spec) === "pausing" ? isPrimeNapping : isPrime;
  return Effect.fnUntraced(function* (n: bigint) {
    const { output, runMs } = yield* run(task, n);
    yield* tell(spec, n, output, runMs);
  });
};

const checkByJobs = Effect.fnUntraced(function* (spec: PrimesSpec) {
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

export const program = Effect.fnUntraced(function* (spec: PrimesSpec) {
  yield* spec.procs === undefined ? checkByJobs(spec) : checkByQueues(spec, spec.procs);
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
