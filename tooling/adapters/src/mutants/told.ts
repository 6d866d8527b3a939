/**
 * Mutants that lose or mix up what a body tells, or what it is given, only now and then.
 */
import type { Job, JobEvent } from "@heddle/core/Job";
import * as Outcome from "@heddle/core/Outcome";
import type * as Task from "@heddle/core/Task";
import * as Effect from "effect/Effect";

import { answering, changing, claiming, executing, type Mutant } from "./mutant.ts";

/** The events of each job go through a filter of its own, which may pass on another one, or none. */
const filtering = (filterOf: (job: Job) => (event: JobEvent) => JobEvent | undefined) =>
  changing((job) => {
    const filter = filterOf(job);
    return {
      emit: (event) => {
        const passed = filter(event);
        return passed === undefined ? Effect.void : job.emit(passed);
      },
    };
  });

const droppingEqualLines = filtering(() => {
  let before: string | undefined;
  return (event) => {
    if (event._tag !== "Log") return event;
    const line = String(event.message);
    const isRepeated = line === before;
    before = line;
    return isRepeated ? undefined : event;
  };
});

/** Log lines go out when the body has succeeded. */
const keepingLinesOfFailures = executing((job, execute) =>
  Effect.suspend(() => {
    const held: Array<JobEvent> = [];
    const emit: Job["emit"] = (event) =>
      event._tag === "Log" ? Effect.sync(() => void held.push(event)) : job.emit(event);
    return Effect.tap(execute({ ...job, emit }), (outcome) =>
      outcome._tag === "Success" ? Effect.forEach(held, job.emit) : Effect.void,
    );
  }),
);

const droppingEqualElements = filtering(() => {
  let before: unknown = droppingEqualElements;
  return (event) => {
    if (event._tag !== "Chunk") return event;
    const values = event.values.filter((value) => {
      const isRepeated = Object.is(value, before);
      before = value;
      return !isRepeated;
    });
    return { ...event, values };
  };
});

const withoutMinusZero = (value: unknown): unknown => (Object.is(value, -0) ? 0 : value);

const throughJson = (value: unknown): unknown => {
  const text = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "bigint" ? Number(inner) : inner,
  );
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
};

/** What a job reports goes to the one that was begun last. */
const mixingUpProgress = (): ReturnType<typeof changing> => {
  let last: Job["emit"];
  return changing((job) => {
    last = job.emit;
    return { emit: (event) => (event._tag === "Progress" ? last(event) : job.emit(event)) };
  });
};

const knowingTasksByName = (): ReturnType<typeof changing> => {
  const known = new Map<string, Task.Any>();
  return changing(({ task }) => {
    const first = known.get(task.name) ?? task;
    known.set(task.name, first);
    return { task: first };
  });
};

const frozen = <A>(value: A): A => {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const inner of Object.values(value)) frozen(inner);
    Object.freeze(value);
  }
  return value;
};

/** The fields of a typed failure as JSON keeps them. */
const failuresThroughJson = answering((outcome) =>
  outcome._tag === "Failure" ? Outcome.failure(throughJson(outcome.error)) : outcome,
);

const cuttingMessages = answering((outcome) => {
  if (outcome._tag !== "Defect" || outcome.defect._tag !== "Error") return outcome;
  return Outcome.defect({ ...outcome.defect, message: outcome.defect.message.slice(0, 1000) });
});

const whenNested = (change: (job: Job) => Partial<Job>): ReturnType<typeof changing> =>
  changing((job) => (job.depth === 0 ? {} : change(job)));

const fibers = { base: "fibers", size: 1 } as const;
const threads = { base: "threads", size: 1 } as const;

const ofWhatIsTold: ReadonlyArray<Mutant> = [
  {
    ...fibers,
    name: "drops equal log lines",
    fault: "a log line that is equal to the one before never arrives",
    caughtBy: "context/log-equal",
    mutate: droppingEqualLines,
  },
  {
    ...fibers,
    name: "drops the log lines of failures",
    fault: "what a body logs before it throws never arrives",
    caughtBy: "context/log-of-failure",
    mutate: keepingLinesOfFailures,
  },
  {
    ...fibers,
    name: "drops equal elements",
    fault: "an element that is equal to the one before never arrives",
    caughtBy: "streaming/equal-elements",
    mutate: droppingEqualElements,
  },
  {
    ...fibers,
    name: "drops undefined elements",
    fault: "an element that is undefined never arrives",
    caughtBy: "streaming/values",
    mutate: filtering(
      () => (event) =>
        event._tag === "Chunk"
          ? { ...event, values: event.values.filter((value) => value !== undefined) }
          : event,
    ),
  },
  {
    ...fibers,
    name: "loses the sign of zero in elements",
    fault: "minus zero arrives as zero in streams",
    caughtBy: "streaming/values",
    mutate: filtering(
      () => (event) =>
        event._tag === "Chunk" ? { ...event, values: event.values.map(withoutMinusZero) } : event,
    ),
  },
  {
    ...fibers,
    name: "drops falsy progress",
    fault: "progress of 0 or false never arrives",
    caughtBy: "progress/falsy",
    mutate: filtering(() => (event) => (event._tag === "Progress" && !event.value ? undefined : event)),
  },
  {
    ...threads,
    name: "speaks JSON in progress",
    fault: "progress crosses as JSON, though it declares structured clone",
    caughtBy: "progress/values",
    mutate: filtering(
      () => (event) => (event._tag === "Progress" ? { ...event, value: throughJson(event.value) } : event),
    ),
  },
  {
    ...fibers,
    size: 4,
    name: "mixes progress up",
    fault: "what a body reports reaches the caller of another one",
    caughtBy: "progress/own-call",
    mutate: mixingUpProgress(),
  },
  {
    ...threads,
    name: "speaks JSON in failures",
    fault: "typed failures cross as JSON, though it declares structured clone",
    caughtBy: "errors/typed-values",
    mutate: failuresThroughJson,
  },
  {
    ...threads,
    name: "cuts messages",
    fault: "the message of an error is cut after a thousand characters",
    caughtBy: "errors/long-message",
    mutate: cuttingMessages,
  },
];

const ofNested: ReadonlyArray<Mutant> = [
  {
    ...threads,
    name: "drops the log lines of nested bodies",
    fault: "what a nested body logs never arrives",
    caughtBy: "nesting/log",
    mutate: whenNested(({ emit }) => ({
      emit: (event) => (event._tag === "Log" ? Effect.void : emit(event)),
    })),
  },
  {
    ...threads,
    name: "loses nested traces",
    fault: "a nested body is not in the trace of the caller",
    caughtBy: "nesting/trace",
    mutate: whenNested(({ envelope }) => ({ envelope: { ...envelope, trace: undefined } })),
  },
  {
    ...threads,
    name: "loses nested annotations",
    fault: "log lines of a nested body lack what the body above added",
    caughtBy: "nesting/annotations",
    mutate: whenNested(({ emit }) => ({
      emit: (event) => emit(event._tag === "Log" ? { ...event, annotations: undefined } : event),
    })),
  },
  {
    ...fibers,
    name: "knows no back-pressure between bodies",
    fault: "a nested producer runs ahead of a slow body without bound",
    caughtBy: "nesting/stream-back-pressure",
    mutate: whenNested(({ emit }) => ({
      emit: (event) => Effect.asVoid(Effect.forkDetach(emit(event), { startImmediately: true })),
    })),
  },
];

const ofWhatIsGiven: ReadonlyArray<Mutant> = [
  {
    ...fibers,
    name: "tells a wrong id",
    fault: "every body is told the same id",
    caughtBy: "results/id",
    mutate: changing(() => ({ id: "7" })),
  },
  {
    ...threads,
    name: "starts elsewhere",
    fault: "the observer is told of another thread than the body",
    caughtBy: "lifecycle/started-unit",
    mutate: changing((job) => ({
      started: (unit) => job.started({ ...unit, threadId: unit.threadId + 1 }),
    })),
  },
  {
    ...fibers,
    name: "knows tasks by their names only",
    fault: "of two tasks of one name the first is run for both",
    caughtBy: "results/same-name",
    mutate: knowingTasksByName(),
  },
  {
    ...fibers,
    name: "freezes what it is given",
    isLie: true,
    fault: "a body gets a copy that it cannot change",
    caughtBy: "values/input-own",
    mutate: (adapter) =>
      claiming({ values: "structured-clone" })(
        changing(({ input }) => ({ input: frozen(structuredClone(input)) }))(adapter),
      ),
  },
  {
    ...threads,
    name: "moves the first only",
    fault: "of several objects only the first moves",
    caughtBy: "transfer/several",
    mutate: changing(({ transfer }) => ({ transfer: transfer.slice(0, 1) })),
  },
  {
    ...fibers,
    name: "moves nothing out",
    isLie: true,
    fault: "declares that it moves objects, and a body keeps what it gave to context.transfer",
    caughtBy: "transfer/deep",
    mutate: claiming({ transfer: true }),
  },
  {
    ...threads,
    name: "mends surrogates",
    fault: "a lone surrogate arrives as the replacement character",
    caughtBy: "values/lone-surrogates",
    mutate: answering((outcome) =>
      outcome._tag === "Success" && Array.isArray(outcome.value)
        ? Outcome.success(
            outcome.value.map((value: unknown) => (typeof value === "string" ? value.toWellFormed() : value)),
          )
        : outcome,
    ),
  },
  {
    ...threads,
    name: "fills holes",
    fault: "the holes of a sparse array arrive as undefined",
    caughtBy: "values/sparse-array",
    mutate: answering((outcome) =>
      outcome._tag === "Success" && Array.isArray(outcome.value)
        ? Outcome.success(Array.from(outcome.value as ReadonlyArray<unknown>))
        : outcome,
    ),
  },
];

export const told: ReadonlyArray<Mutant> = [...ofWhatIsTold, ...ofNested, ...ofWhatIsGiven];
