/** `demo sleep-vs-crunch`: four naps and four computations, one after the other and on a runtime. */
import * as Effect from "effect/Effect";

import type { SleepVsCrunchSpec } from "../protocol.ts";
import { identity, own } from "./identity.ts";
import { run, runSerially, say } from "./report.ts";
import { crunch, crunchNumbers, onlySleep } from "./sleepVsCrunch.task.ts";
import { sleepBlocking } from "./spinner.task.ts";

const times = [1, 2, 3, 4];
// About half a second on the machine this was written on.
const steps = 1_500_000_000;

const timed = <E, R>(title: string, work: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function* () {
    yield* say(title);
    const began = performance.now();
    yield* work;
    yield* say(`  took ${((performance.now() - began) / 1000).toFixed(2)}s`);
  });

export const program = Effect.fnUntraced(function* ({ runtime, seconds }: SleepVsCrunchSpec) {
  const each = <E, R>(call: Effect.Effect<{ readonly output: string }, E, R>) =>
    Effect.forEach(times, () => Effect.flatMap(call, ({ output }) => say(`  ${output}`)), {
      concurrency: "unbounded",
      discard: true,
    });
  yield* timed(`only_sleep × 4 on ${runtime}`, each(run(onlySleep, seconds)));
  yield* timed(`crunch_numbers × 4 on ${runtime}`, each(run(crunchNumbers, steps)));
});

/** The serial version. */
export const serial = Effect.fnUntraced(function* ({ seconds }: SleepVsCrunchSpec) {
  const each = (name: string, input: number, body: (input: number) => unknown) =>
    Effect.forEach(times, () => Effect.andThen(runSerially(name, input, body), say(`  ${identity(own)}`)), {
      discard: true,
    });
  yield* timed("only_sleep × 4 serially", each(onlySleep.name, seconds, sleepBlocking));
  yield* timed("crunch_numbers × 4 serially", each(crunchNumbers.name, steps, crunch));
});
