/** Tasks that compute: how near to the ideal a pool brings them. */
import type { Params, Workload } from "../contract.ts";
import {
  barelyWarm,
  heddleProcesses,
  heddleThreads,
  ratioAtMost,
  smokeThreads,
  threadPeers,
  warm,
} from "./common.ts";

interface Tasks {
  readonly tasks: number;
  readonly micros: number;
  readonly firstTasks?: number;
  readonly firstMicros?: number;
  readonly isMixed?: 0 | 1;
  readonly noopsBefore?: number;
}

const paramsOf = (given: Tasks, warmUp: Params): Params => ({
  ...warmUp,
  firstTasks: 0,
  firstMicros: 0,
  isMixed: 0,
  noopsBefore: 0,
  ...given,
});

const makespan = (id: string, title: string, given: Tasks, goals: Workload["goals"]): Workload => ({
  id,
  title,
  unit: "ms",
  better: "lower",
  probe: "makespan",
  figure: "makespanMillis",
  size: 2,
  params: paramsOf(given, warm),
  smokeParams: paramsOf(
    { ...given, tasks: Math.ceil(given.tasks / 20), micros: 10, firstTasks: 2, firstMicros: 50 },
    barelyWarm,
  ),
  contenders: [heddleThreads, ...threadPeers, "raw-threads", "ideal"],
  smoke: [...smokeThreads, "ideal"],
  rounds: 5,
  goals,
});

const overIdeal = (limit: number) => ratioAtMost(limit, ["ideal"]);

const primes = (id: string, title: string, repeat: number): Workload => ({
  id,
  title,
  unit: "s",
  better: "lower",
  probe: "primes",
  figure: "seconds",
  size: 2,
  params: { repeat, isSmall: 0 },
  smokeParams: { repeat: 1, isSmall: 1 },
  contenders: [heddleThreads, heddleProcesses, "piscina", "inline", "python-threads", "python-processes"],
  smoke: [heddleThreads, heddleProcesses, "piscina", "inline", "python-processes"],
  rounds: 3,
  timeLimitSeconds: 300,
  goals: [heddleThreads, heddleProcesses].flatMap((subject) => [
    ratioAtMost(1 / 1.85, ["inline"], subject),
    ratioAtMost(1 / 8, ["python-processes"], subject),
  ]),
  note: "The same trial division everywhere. The goals are at least 1.85 times the speed of one thread, and 8 times that of Python's two processes.",
});

export const workloads: ReadonlyArray<Workload> = [
  makespan("cpu-100us", "2,000 tasks of 100 µs", { tasks: 2000, micros: 100 }, [
    ratioAtMost(1, "bestPeer"),
    overIdeal(1.03),
  ]),
  makespan("cpu-5ms", "100 tasks of 5 ms", { tasks: 100, micros: 5000 }, [
    ratioAtMost(1, "bestPeer"),
    overIdeal(1.03),
  ]),
  makespan(
    "mixed-at-once",
    "50 tasks of 5 ms spread among 950 of 10 µs",
    { tasks: 950, micros: 10, firstTasks: 50, firstMicros: 5000, isMixed: 1 },
    [overIdeal(1.1)],
  ),
  makespan(
    "mixed-long-first",
    "20 tasks of 10 ms, then 2,000 of 10 µs",
    { tasks: 2000, micros: 10, firstTasks: 20, firstMicros: 10_000 },
    [overIdeal(1.1)],
  ),
  makespan(
    "mixed-phases",
    "41 tasks of 5 ms, right after 20,000 no-ops",
    { tasks: 41, micros: 5000, noopsBefore: 20_000 },
    [overIdeal(1.1)],
  ),
  primes("primes", "The primes of the book, twice", 2),
];
