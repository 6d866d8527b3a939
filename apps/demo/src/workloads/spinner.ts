/** `demo spinner`: 10 frames a second from one unit while another one works. */
import { Event } from "@heddle/coordination";
import * as Runtime from "@heddle/core/Runtime";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { SpinnerSpec } from "../protocol.ts";
import { tasksOf } from "../runtimes.ts";
import { observed, Report, run, runSerially, say } from "./report.ts";
import { sleepBlocking, slow, slowBlocking, spin } from "./spinner.task.ts";

/**
 * Spins while `work` runs. Each frame is a progress value of the task `spin`, which ends when its event is set: the line
 * is wiped when it has really stopped. Where `work` fails, it is cancelled with the scope.
 */
export const spinWhile = Effect.fnUntraced(function* <A, E, R>(
  message: string,
  work: Effect.Effect<A, E, R>,
) {
  const { emit, frame } = yield* Report;
  const runtime = yield* Runtime.Runtime;
  const done = yield* Event.makeScoped();
  const spinner = yield* observed(message, runtime.submit(spin, { message, done }));
  yield* say(`spinner object: ${String(spinner)}`);
  const frames = Stream.runForEach(spinner.progress, (text) => Effect.sync(() => frame(text)));
  yield* Effect.forkScoped(frames);
  const answer = yield* work;
  yield* Event.set(done);
  yield* spinner.await;
  emit({ type: "wipe" });
  return answer;
}, Effect.scoped);

export const program = Effect.fnUntraced(function* (spec: SpinnerSpec) {
  const work = tasksOf(spec) === "blocking" ? slowBlocking : slow;
  const { output } = yield* spinWhile("thinking!", run(work, spec.seconds));
  yield* say(`Answer: ${output}`);
});

/** The serial version: nobody is left to turn the spinner. */
export const serial = Effect.fnUntraced(function* ({ seconds }: SpinnerSpec) {
  const { output } = yield* runSerially(slowBlocking.name, seconds, sleepBlocking);
  yield* say(`Answer: ${output}`);
});
