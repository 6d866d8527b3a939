/**
 * Whether inputs of a map may go together, and how.
 */
import * as BodyResult from "../BodyResult.ts";
import * as Options from "../Options.ts";
import type { MapOptions } from "../Runtime.ts";
import { InvalidOptions, type RuntimeError } from "../RuntimeError.ts";
import * as Task from "../Task.ts";
import type { Caller } from "./caller.ts";
import type { Engine } from "./engine.ts";
import type { MapTerms } from "./mapRun.ts";

const checks = { chunk: Options.wholeNumber(1, Number.POSITIVE_INFINITY) };

/** What is wrong with the option that only a map has. */
export const refusalOf = (
  engine: Engine,
  task: unknown,
  options: MapOptions | undefined,
): RuntimeError | undefined => {
  const problem = Options.findProblem(checks, { chunk: options?.chunk });
  return problem === undefined ? undefined : engine.error(task, new InvalidOptions(problem));
};

// Each of these is about one job.
const asksForJobs = ({ queueTimeout, retry, timeout }: MapOptions): boolean =>
  queueTimeout !== undefined || retry !== undefined || timeout !== undefined;

const isWatched = ({ envelope, observer }: Caller): boolean =>
  observer !== undefined || envelope.deadlineEpochMillis !== undefined;

// Where jobs are counted to let them in or not, each is one of them.
const takesSeries = ({ adapter, entrance, isNested }: Engine): boolean =>
  adapter.executeMany !== undefined && !isNested && entrance.room.maxQueue === Number.POSITIVE_INFINITY;

// Those are there one by one.
const comesLater = (inputs: object): boolean =>
  Symbol.asyncIterator in inputs || BodyResult.needsEffect(inputs);

const isIterable = (inputs: unknown): inputs is Iterable<unknown> =>
  typeof inputs === "string" ||
  (typeof inputs === "object" && inputs !== null && Symbol.iterator in inputs && !comesLater(inputs));

const atLeastOne = (concurrency: number): number => (concurrency >= 1 ? concurrency : 1);

/** The terms of a map over inputs that are there when they are asked for; nothing for others, or where each job has a span. */
export const of = (
  caller: Caller,
  task: Task.Any,
  inputs: unknown,
  given: MapOptions | undefined,
): MapTerms | undefined => {
  if (caller.isTraced || !isIterable(inputs)) return undefined;
  const options = Options.own(given ?? {});
  const { chunk, concurrency, ordered, ...each } = options;
  const mayBeTogether =
    Task.isTask(task) && takesSeries(caller.engine) && !isWatched(caller) && !asksForJobs(options);
  return {
    task,
    inputs,
    options: Object.keys(each).length === 0 ? undefined : each,
    isOrdered: ordered !== false,
    mostAhead: concurrency === undefined ? undefined : atLeastOne(concurrency),
    chunk: mayBeTogether ? chunk : 1,
  };
};
