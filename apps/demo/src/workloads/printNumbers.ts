/** `demo print-numbers`: a unit prints 0 to 4, and the main program's last line really comes last. */
import * as Runtime from "@heddle/core/Runtime";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { PrintNumbersSpec } from "../protocol.ts";
import { printNumbers } from "./printNumbers.task.ts";
import { observed, Report, runSerially, say } from "./report.ts";
import { sleepBlocking } from "./spinner.task.ts";

const finished = say("Main thread: execution finished");

export const program = Effect.fnUntraced(function* ({ runtime: name, seconds }: PrintNumbersSpec) {
  const { count } = yield* Report;
  const runtime = yield* Runtime.Runtime;
  const numbers = runtime.stream(printNumbers, seconds);
  yield* observed(
    seconds,
    Stream.runForEach(numbers, (n) => say(`${name}: ${n}`)),
  );
  count.ok++;
  yield* finished;
});

/** The serial version. */
export const serial = Effect.fnUntraced(function* ({ seconds }: PrintNumbersSpec) {
  for (let n = 0; n < 5; n++) {
    yield* runSerially(printNumbers.name, seconds, sleepBlocking);
    yield* say(`serial: ${n}`);
  }
  yield* finished;
});
