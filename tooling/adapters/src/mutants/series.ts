/**
 * Mutants that are wrong about jobs that run together.
 */
import type { Adapter } from "@heddle/core/Adapter";
import type { Items } from "@heddle/core/Items";
import type { Series } from "@heddle/core/Job";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

import type { Mutant } from "./mutant.ts";

type ExecuteMany = NonNullable<Adapter["executeMany"]>;

/** The values that the capabilities tell change with the size: they are asked for each time. */
const runningMany =
  (other: (series: Series, executeMany: ExecuteMany) => ReturnType<ExecuteMany>) =>
  (adapter: Adapter): Adapter => {
    const { executeMany } = adapter;
    if (executeMany === undefined) throw new TypeError("the adapter runs no series");
    return {
      name: adapter.name,
      get capabilities() {
        return adapter.capabilities;
      },
      execute: adapter.execute,
      begin: adapter.begin,
      executeMany: (series) => other(series, executeMany),
      workers: adapter.workers,
      elastic: adapter.elastic,
    };
  };

/** Outputs reach core in another way. */
const finishing = (
  finish: (outputs: Array<unknown>, series: Series) => Items,
): ((adapter: Adapter) => Adapter) =>
  runningMany((series, executeMany) =>
    executeMany({
      ...series,
      finished: (outputs, micros) => series.finished(finish([...outputs], series), micros),
    }),
  );

/** All that a series gave comes at its end, and nothing when that is none of its own. */
const telling = (isTold: (exit: Exit.Exit<unknown, unknown>) => boolean): ((adapter: Adapter) => Adapter) =>
  runningMany((series, executeMany) =>
    Effect.suspend(() => {
      const kept: Array<unknown> = [];
      const finished = (outputs: Items): void => void kept.push(...outputs);
      return Effect.onExit(executeMany({ ...series, finished }), (exit) =>
        Effect.sync(() => (isTold(exit) ? series.finished(kept, 1) : undefined)),
      );
    }),
  );

const succeeded = (exit: Exit.Exit<unknown, unknown>): boolean =>
  Exit.isSuccess(exit) && exit.value === undefined;

const goesOnAfterFailure = runningMany((series, executeMany) =>
  Effect.suspend(() => {
    let done = 0;
    const finished: Series["finished"] = (outputs, micros) => {
      done += outputs.length;
      series.finished(outputs, micros);
    };
    return Effect.tap(executeMany({ ...series, finished }), (outcome) => {
      const rest = series.inputs.slice(done + 1);
      const quiet = { ...series, inputs: rest, started: () => undefined, finished: () => undefined };
      return outcome === undefined || rest.length === 0 ? Effect.void : Effect.asVoid(executeMany(quiet));
    });
  }),
);

const mixingUp = (): ((adapter: Adapter) => Adapter) => {
  let last: unknown;
  return finishing((outputs) => {
    const first = outputs[0];
    if (last !== undefined) outputs[0] = last;
    last = first;
    return outputs;
  });
};

const threads = { base: "threads", size: 1 } as const;
const values = "ordering/together-numbers";

export const series: ReadonlyArray<Mutant> = [
  {
    ...threads,
    name: "drops one of many",
    fault: "loses an output of each series",
    caughtBy: values,
    mutate: finishing((outputs) => outputs.toSpliced(outputs.length >> 1, outputs.length > 2 ? 1 : 0)),
  },
  {
    ...threads,
    name: "doubles one of many",
    fault: "gives an output of each series twice",
    caughtBy: values,
    mutate: finishing((outputs) => (outputs.length > 2 ? [outputs[0], ...outputs] : outputs)),
  },
  {
    ...threads,
    name: "turns many round",
    fault: "gives the outputs of a series in another order",
    caughtBy: values,
    mutate: finishing((outputs) => outputs.toReversed()),
  },
  {
    ...threads,
    size: 4,
    name: "mixes series up",
    fault: "gives an output of one series as one of another",
    caughtBy: values,
    mutate: mixingUp(),
  },
  {
    ...threads,
    name: "forgets what came before a failure",
    fault: "the outputs before the job that fails are lost",
    caughtBy: "ordering/together-stops-at-failure",
    mutate: telling(succeeded),
  },
  {
    ...threads,
    name: "goes on after a failure",
    fault: "runs the jobs behind the one that failed",
    caughtBy: "ordering/together-stops-at-failure",
    mutate: goesOnAfterFailure,
  },
  {
    ...threads,
    name: "swallows the failure of one of many",
    fault: "a series that fails is told as one that stopped",
    caughtBy: "ordering/together-stops-at-failure",
    mutate: runningMany((given, executeMany) => Effect.as(executeMany(given), undefined)),
  },
  {
    ...threads,
    name: "does not stop many",
    fault: "nobody is told that a series is cancelled",
    caughtBy: "ordering/together-told",
    mutate: runningMany((given, executeMany) => Effect.uninterruptible(executeMany(given))),
  },
  {
    ...threads,
    size: 4,
    name: "holds what is behind a job that waits",
    fault: "the jobs behind one that takes longer are not run before its end",
    caughtBy: "ordering/together-waits",
    mutate: runningMany((given, executeMany) => executeMany({ ...given, alone: () => undefined })),
  },
  {
    ...threads,
    name: "gives the same id to many",
    fault: "each job of a series has the id of the first",
    caughtBy: "ordering/together-ids",
    mutate: runningMany((given, executeMany) => executeMany({ ...given, id: "1" })),
  },
  {
    ...threads,
    name: "runs the lost again",
    fault: "a series whose worker dies runs once more",
    caughtBy: "supervision/together-dies",
    mutate: runningMany((given, executeMany) =>
      Effect.catchCause(executeMany(given), () => executeMany({ ...given, started: () => undefined })),
    ),
  },
];
