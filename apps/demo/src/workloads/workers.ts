/** `demo workers`: five workers sleep at the same time, so five naps take as long as one. */
import * as Runtime from "@heddle/core/Runtime";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { WorkersSpec } from "../protocol.ts";
import { identity, own } from "./identity.ts";
import { observed, Report, runSerially, say } from "./report.ts";
import { sleepBlocking } from "./spinner.task.ts";
import { type Shift, workShift } from "./workers.task.ts";

const shiftsOf = ({ seconds }: WorkersSpec): ReadonlyArray<Shift> =>
  [1, 2, 3, 4, 5].map((worker) => ({ worker, seconds }));

const total = (began: number): string =>
  `5 workers finished in ${((performance.now() - began) / 1000).toFixed(2)}s`;

export const program = Effect.fnUntraced(function* (spec: WorkersSpec) {
  const { count } = yield* Report;
  const runtime = yield* Runtime.Runtime;
  const began = performance.now();
  const work = Effect.fnUntraced(function* (shift: Shift) {
    yield* observed(shift, Stream.runForEach(runtime.stream(workShift, shift), say));
    count.ok++;
  });
  yield* Effect.forEach(shiftsOf(spec), work, { concurrency: "unbounded", discard: true });
  yield* say(total(began));
});

/** The serial version. */
export const serial = Effect.fnUntraced(function* (spec: WorkersSpec) {
  const began = performance.now();
  for (const shift of shiftsOf(spec)) {
    yield* say(`Worker ${shift.worker} started   ${identity(own)}`);
    yield* runSerially(workShift.name, shift, () => sleepBlocking(shift.seconds));
    yield* say(`Worker ${shift.worker} finished`);
  }
  yield* say(total(began));
});
