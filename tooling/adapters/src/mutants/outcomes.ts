/**
 * Mutants that are wrong about how a job ended.
 */
import type { Adapter } from "@heddle/core/Adapter";
import * as Outcome from "@heddle/core/Outcome";
import * as RuntimeError from "@heddle/core/RuntimeError";
import * as Effect from "effect/Effect";

import { answering, blaming, changing, executing, type Mutant, nothing } from "./mutant.ts";

const answeringTwice = (adapter: Adapter): Adapter => ({
  ...adapter,
  begin: (attempt) => {
    const fiber = Effect.runFork(adapter.execute(attempt));
    fiber.addObserver((exit) => attempt.ended(exit));
    fiber.addObserver((exit) => attempt.ended(exit));
    return { cancel: () => fiber.interruptUnsafe() };
  },
});

/** A job answers with what the job before it gave. */
const mixingUp = (adapter: Adapter): Adapter => {
  let before: Outcome.Outcome | undefined;
  return answering((outcome) => {
    if (outcome._tag !== "Success") return outcome;
    const answer = before ?? outcome;
    before = outcome;
    return answer;
  })(adapter);
};

const neverAnswering = (adapter: Adapter): Adapter => {
  let count = 0;
  return executing((job, execute) =>
    Effect.flatMap(execute(job), (outcome) => (++count % 3 === 0 ? Effect.never : Effect.succeed(outcome))),
  )(adapter);
};

const asDefect = (outcome: Outcome.Outcome): Outcome.Outcome =>
  outcome._tag === "Failure" ? Outcome.defect({ _tag: "Value", value: outcome.error }) : outcome;

const withoutCause = (outcome: Outcome.Outcome): Outcome.Outcome => {
  if (outcome._tag !== "Defect" || outcome.defect._tag !== "Error") return outcome;
  const { fields, message, name, stack } = outcome.defect;
  return Outcome.defect({ _tag: "Error", fields, message, name, stack });
};

const onlyTheMessage = (outcome: Outcome.Outcome): Outcome.Outcome => {
  if (outcome._tag !== "Defect" || outcome.defect._tag !== "Error") return outcome;
  const { message } = outcome.defect;
  return Outcome.defect({ _tag: "Error", name: "Error", message, stack: undefined, fields: {} });
};

const throughJson = (value: unknown): unknown => {
  const text = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "bigint" ? Number(inner) : inner,
  );
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
};

const runsTwice = executing((job, execute) =>
  Effect.andThen(execute(job), execute({ ...job, started: () => undefined })),
);

const blamingTheTask = blaming((reason) =>
  reason._tag === "ModuleFailed"
    ? new RuntimeError.TaskNotFound({ module: reason.module, detail: reason.detail })
    : reason,
);

const first = { base: "fibers", size: 1 } as const;

export const outcomes: ReadonlyArray<Mutant> = [
  {
    ...first,
    name: "loses a value",
    fault: "answers every call with undefined",
    caughtBy: "results/value",
    mutate: answering((outcome) => (outcome._tag === "Success" ? nothing : outcome)),
  },
  {
    ...first,
    name: "never answers",
    fault: "loses the end of every third job",
    caughtBy: "results/many",
    mutate: neverAnswering,
  },
  {
    ...first,
    name: "answers twice",
    fault: "tells the end of every job twice",
    caughtBy: "results/starts-and-ends-once",
    mutate: answeringTwice,
  },
  {
    ...first,
    name: "mixes answers up",
    fault: "answers a job with what the one before it gave",
    caughtBy: "results/many",
    mutate: mixingUp,
  },
  {
    ...first,
    name: "runs twice",
    fault: "runs every body twice",
    caughtBy: "results/once",
    mutate: runsTwice,
  },
  {
    ...first,
    name: "starts twice",
    fault: "tells the start of every job twice",
    caughtBy: "results/starts-and-ends-once",
    mutate: changing((job) => ({ started: (unit) => (job.started(unit), job.started(unit)) })),
  },
  {
    ...first,
    name: "never starts",
    fault: "does not tell when a job starts",
    caughtBy: "lifecycle/events",
    mutate: changing(() => ({ started: () => undefined })),
  },
  {
    ...first,
    name: "swallows what is thrown",
    fault: "a body that throws succeeds with nothing",
    caughtBy: "errors/die",
    mutate: answering((outcome) => (outcome._tag === "Defect" ? nothing : outcome)),
  },
  {
    ...first,
    name: "forgets the type of failures",
    fault: "a typed failure arrives as a defect",
    caughtBy: "errors/typed-effect",
    mutate: answering(asDefect),
  },
  {
    base: "threads",
    size: 1,
    name: "forgets causes",
    fault: "an error loses its cause",
    caughtBy: "errors/thrown-error",
    mutate: answering(withoutCause),
  },
  {
    base: "threads",
    size: 1,
    name: "keeps the message only",
    fault: "an error loses its name, code, fields and stack",
    caughtBy: "errors/thrown-own-class",
    mutate: answering(onlyTheMessage),
  },
  {
    base: "threads",
    size: 1,
    name: "speaks JSON",
    fault: "values cross as JSON, though it declares structured clone",
    caughtBy: "values/bigint",
    mutate: answering((outcome) =>
      outcome._tag === "Success" ? Outcome.success(throughJson(outcome.value)) : outcome,
    ),
  },
  {
    base: "threads",
    size: 1,
    name: "blames the task",
    fault: "a module that throws is told as a task that is not there",
    caughtBy: "errors/module-throws",
    mutate: blamingTheTask,
  },
];
