/** `demo primes --procs`: the book's procs.py, one queue of jobs and one of answers between the program and its workers. */
import { type CoordinationError, Queue } from "@heddle/coordination";
import type * as Runtime from "@heddle/core/Runtime";
import type { RuntimeError } from "@heddle/core/RuntimeError";
import * as Effect from "effect/Effect";

import type { PrimesSpec, Stopping } from "../protocol.ts";
import { crewOf, isOneThread, tasksOf } from "../runtimes.ts";
import { inputsOf, tell, total } from "./checks.ts";
import { type Answer, type Bench, type Check, pill, untilEnd, untilPill } from "./procs.task.ts";
import { call, explain, Report, say } from "./report.ts";

type Fault = CoordinationError.CoordinationError;

interface Queues {
  readonly jobs: Queue.Queue<bigint>;
  readonly answers: Queue.Queue<Answer>;
  readonly crew: number;
}

/** One way to tell workers that nothing more comes, and to learn that all answers have come. */
interface Way {
  readonly words: string;
  readonly task: typeof untilPill | typeof untilEnd;
  readonly noMoreJobs: (queues: Queues) => Effect.Effect<void, Fault>;
  /** After a worker has failed. */
  readonly lost: (queues: Queues, worker: number) => Effect.Effect<void, Fault>;
  /** After all workers have ended, one way or the other. */
  readonly allOver: (queues: Queues) => Effect.Effect<void, Fault>;
  readonly eachAnswer: <R>(
    queues: Queues,
    use: (check: Check) => Effect.Effect<void, never, R>,
  ) => Effect.Effect<void, Fault, R>;
}

/** A pill for each worker, and a goodbye of each. Who dies says none, so the program has to say it for it. */
const pills: Way = {
  words: "a poison pill for each",
  task: untilPill,
  noMoreJobs: ({ crew, jobs }) =>
    Queue.offerAll(
      jobs,
      Array.from({ length: crew }, () => pill),
    ),
  lost: ({ answers }, worker) => Queue.offer(answers, { goodbye: worker }),
  allOver: () => Effect.void,
  eachAnswer: Effect.fnUntraced(function* ({ answers, crew }, use) {
    const gone = new Set<number>();
    while (gone.size < crew) {
      const answer = yield* Queue.take(answers);
      if ("goodbye" in answer) gone.add(answer.goodbye);
      else yield* use(answer);
    }
  }),
};

/** Each queue is ended by whoever fills it, and nobody has to count. */
const end: Way = {
  words: "the queue's end",
  task: untilEnd,
  noMoreJobs: ({ jobs }) => Queue.end(jobs),
  lost: () => Effect.void,
  allOver: ({ answers }) => Queue.end(answers),
  eachAnswer: ({ answers }, use) =>
    Queue.forEach(answers, (answer) => ("goodbye" in answer ? Effect.void : use(answer))),
};

const ways: { readonly [S in Stopping]: Way } = { pills, end };

/** Runs all workers to their end; gives what went wrong, each fault once. */
const work = Effect.fnUntraced(function* (spec: PrimesSpec, way: Way, queues: Queues) {
  const problems = new Set<string>();
  const naps = tasksOf(spec) === "pausing";
  const { answers, crew, jobs } = queues;
  const one = (_: unknown, worker: number) => {
    const bench: Bench = { worker, jobs, answers, naps };
    return call(way.task, bench, `worker ${worker}`).pipe(
      Effect.asVoid,
      Effect.catchCause((cause) => {
        problems.add(explain(cause));
        return way.lost(queues, worker);
      }),
    );
  };
  yield* Effect.forEach(Array.from({ length: crew }), one, { concurrency: "unbounded", discard: true });
  yield* way.allOver(queues);
  return problems;
});

/** Checks the numbers by workers that share two queues. What a worker had in hand when it died is counted as failed. */
export const checkByQueues: (
  spec: PrimesSpec,
  stopping: Stopping,
) => Effect.Effect<void, RuntimeError | Fault, Runtime.Runtime | Report> = Effect.fnUntraced(function* (
  spec,
  stopping,
) {
  const { count, emit } = yield* Report;
  const way = ways[stopping];
  const inputs = inputsOf(spec);
  const queues: Queues = {
    jobs: yield* Queue.makeScoped<bigint>(),
    answers: yield* Queue.makeScoped<Answer>(),
    crew: crewOf(spec),
  };
  const place = isOneThread(spec.runtime) ? "workers on one thread" : spec.runtime;
  yield* say(
    `Checking ${inputs.length} numbers with ${queues.crew} ${place}, two queues and ${way.words} (${spec.runtime}):`,
  );
  const began = performance.now();
  yield* Queue.offerAll(queues.jobs, inputs);
  yield* way.noMoreJobs(queues);
  const take = ({ isIt, n, runMs }: Check) => {
    count.ok++;
    return tell(spec, n, isIt, runMs);
  };
  const both = [work(spec, way, queues), way.eachAnswer(queues, take)] as const;
  const [problems] = yield* Effect.all(both, { concurrency: "unbounded" });
  count.failed += inputs.length - count.ok - count.failed;
  for (const text of problems) emit({ type: "problem", text });
  yield* say(total(spec, began));
}, Effect.scoped);
