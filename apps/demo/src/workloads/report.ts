/** How a workload tells what happens, and how it calls a task so that its start and end are told. */
import * as Events from "@heddle/core/Events";
import * as Runtime from "@heddle/core/Runtime";
import type * as Task from "@heddle/core/Task";
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

import type { HostEvent } from "../protocol.ts";

/** The way out of the host, and the count of what ended well or not. */
export class Report extends Context.Service<
  Report,
  {
    readonly emit: (event: HostEvent) => void;
    /** A frame of the spinner was made. */
    readonly frame: (text: string) => void;
    readonly count: { ok: number; failed: number };
  }
>()("demo/Report") {}

type Ended = Extract<Events.Event, { readonly _tag: "JobEnded" }>;

const words: Record<string, string> = {
  Success: "ok",
  Failure: "failed",
  Defect: "failed",
  Interrupted: "cancelled",
};

const outcomeOf = (name: string): string =>
  words[name] ?? name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

/** One line that says why something failed. */
export const explain = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause);
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0] ?? "unknown failure";
};

const describeStart = (input: unknown, event: Exclude<Events.Event, Ended>): HostEvent =>
  event._tag === "JobStarted"
    ? { type: "task.start", task: event.task, input, lane: event.unit.lane }
    : { type: "problem", text: `the adapter broke its contract in ${event.task}: ${event.fault}` };

const describeEnd = (input: unknown, output: unknown, ended: Ended): HostEvent => ({
  type: "task.end",
  task: ended.task,
  input,
  output,
  lane: ended.unit?.lane ?? null,
  pid: ended.unit?.pid ?? null,
  threadId: ended.unit?.threadId ?? null,
  attempt: ended.attempt,
  outcome: outcomeOf(ended.outcome),
  queuedMs: round(ended.queuedMillis),
  runMs: round(ended.runMillis),
});

/** Milliseconds with three decimals. */
export const round = (millis: number): number => Math.round(millis * 1000) / 1000;

/** An answer and how long its body took. */
export interface Timed<A> {
  readonly output: A;
  readonly runMs: number;
}

/** Calls a task and tells about it; `shown` stands for an input of which little can be read, such as a handle. */
export const call = Effect.fnUntraced(function* <In, A, E, P>(
  task: Task.Task<string, In, A, E, "value", P>,
  input: In,
  shown: unknown = input,
) {
  const { emit } = yield* Report;
  const runtime = yield* Runtime.Runtime;
  let ended: Ended | undefined;
  const observer = (event: Events.Event): void => {
    if (event._tag === "JobEnded") ended = event;
    else emit(describeStart(shown, event));
  };
  const output = yield* runtime.run(task, ...args(input)).pipe(
    Effect.provideService(Events.Observer, observer),
    Effect.onExit((result) =>
      Effect.sync(() => {
        if (ended !== undefined)
          emit(describeEnd(shown, Exit.isSuccess(result) ? result.value : null, ended));
      }),
    ),
  );
  return { output, runMs: ended?.runMillis ?? 0 } satisfies Timed<A>;
});

/** Calls a task that is a piece of the workload: tells about it, and counts how it ended. */
export const run = <In, A, E, P>(
  task: Task.Task<string, In, A, E, "value", P>,
  input: In,
  shown: unknown = input,
) =>
  Effect.onExit(call(task, input, shown), (result) =>
    Effect.map(Report, ({ count }) => {
      if (Exit.isSuccess(result)) count.ok++;
      else if (!Cause.hasInterruptsOnly(result.cause)) count.failed++;
    }),
  );

const args = <In>(input: In): Runtime.Arguments<In, Runtime.RunOptions> =>
  [input] as unknown as Runtime.Arguments<In, Runtime.RunOptions>;

/** Tells about a job that is not waited for, such as a spinner. Its output stays its own. */
export const observed = <A, E, R>(
  input: unknown,
  submit: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R | Report> =>
  Effect.flatMap(Report, ({ emit }) =>
    Effect.provideService(submit, Events.Observer, (event) => {
      if (event._tag === "JobEnded") emit(describeEnd(input, null, event));
      else emit(describeStart(input, event));
    }),
  );

/** Runs a plain function as the serial program would, and tells about it in the same words. */
export const runSerially = <In, A>(
  task: string,
  input: In,
  body: (input: In) => A | Promise<A>,
): Effect.Effect<Timed<A>, never, Report> =>
  Effect.flatMap(Report, ({ count, emit }) =>
    Effect.promise(async () => {
      emit({ type: "task.start", task, input, lane: "serial/0" });
      const began = performance.now();
      const output = await body(input);
      const runMs = round(performance.now() - began);
      count.ok++;
      const unit = { lane: "serial/0", pid: process.pid, threadId: 0 };
      emit({ type: "task.end", task, input, output, ...unit, attempt: 1, outcome: "ok", queuedMs: 0, runMs });
      return { output, runMs };
    }),
  );

/** Writes a line of the program's own output. */
export const say = (text: string): Effect.Effect<void, never, Report> =>
  Effect.map(Report, ({ emit }) => emit({ type: "line", text }));
