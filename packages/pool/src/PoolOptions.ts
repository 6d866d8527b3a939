/**
 * The options that all pool runtimes share, checked by schema.
 *
 * @since 0.1.0
 */
import * as Options from "@heddle/core/Options";
import { availableParallelism } from "@heddle/core/Platform";
import { invalidOptions, type RuntimeError } from "@heddle/core/RuntimeError";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";

/**
 * Options of a pool of workers.
 *
 * **Details**
 *
 * - `size`: how many workers at most; they start when work needs them. Default: `availableParallelism()`.
 * - `minSize`: how many workers `idleTimeout` leaves. Default: 0.
 * - `idleTimeout`: how long a worker may be without work before it retires. Default: `"Infinity"`, never.
 * - `prewarm`: start all workers before the runtime opens. Default: false.
 * - `recycle`: when a worker has run `jobs` jobs, is older than `age`, or holds more than `heapMiB` of heap after a
 *   job, it ends and a new one takes its place. Default: never.
 * - `memoryLimitMiB`: the heap of one worker; one that reaches it dies, and its job ends with `OutOfMemory`.
 *   Default: the platform's own limit.
 * - `quarantineAfter`: a task that kills this many workers in a row is refused with `Quarantined` for
 *   `quarantineTime`. Defaults: 3, and 30 seconds.
 * - `restarts`: workers that may die within `within` before new ones are started ever more slowly. Default: 10 in 10 seconds.
 * - `maxQueue`: how many jobs may wait for a place. Default: `Infinity`.
 * - `whenFull`: whether a job too many waits until there is room, or is refused with `QueueFull`. Default: `"wait"`.
 * - `aging`: how long a job waits until it counts as one priority higher. Default: 1 second.
 * - `daemon`: workers never keep the program alive, not even with work. Default: false.
 * - `grace`: how long a cancelled body, or a worker asked to close, may take before its worker is killed. Default: 1 second.
 * - `startTimeout`: how long a new worker may take to report. Default: 10 seconds.
 * - `closeTimeout`: how long accepted jobs may take when the runtime closes. Default: 5 seconds.
 * - `execArgv`, `env`: for the workers; the parent's by default.
 *
 * @category models
 * @since 0.1.0
 */
export interface PoolOptions {
  readonly size?: number | undefined;
  readonly minSize?: number | undefined;
  readonly idleTimeout?: Duration.Input | undefined;
  readonly prewarm?: boolean | undefined;
  readonly recycle?:
    | {
        readonly jobs?: number | undefined;
        readonly age?: Duration.Input | undefined;
        readonly heapMiB?: number | undefined;
      }
    | undefined;
  readonly memoryLimitMiB?: number | undefined;
  readonly quarantineAfter?: number | undefined;
  readonly quarantineTime?: Duration.Input | undefined;
  readonly restarts?: { readonly max: number; readonly within: Duration.Input } | undefined;
  readonly maxQueue?: number | undefined;
  readonly whenFull?: "wait" | "reject" | undefined;
  readonly aging?: Duration.Input | undefined;
  readonly daemon?: boolean | undefined;
  readonly grace?: Duration.Input | undefined;
  readonly startTimeout?: Duration.Input | undefined;
  readonly closeTimeout?: Duration.Input | undefined;
  readonly execArgv?: ReadonlyArray<string> | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Options after checking, with every default filled in. Durations are in milliseconds; `Infinity` means never.
 *
 * @category models
 * @since 0.1.0
 */
export interface Resolved {
  readonly size: number;
  readonly minSize: number;
  readonly idleMillis: number;
  readonly prewarm: boolean;
  readonly recycleJobs: number;
  readonly recycleAgeMillis: number;
  readonly recycleHeapMiB: number;
  readonly memoryLimitMiB: number | undefined;
  readonly quarantineAfter: number;
  readonly quarantineMillis: number;
  readonly maxRestarts: number;
  readonly restartsMillis: number;
  readonly agingMillis: number;
  readonly daemon: boolean;
  readonly graceMillis: number;
  readonly startMillis: number;
  readonly closeMillis: number;
  readonly execArgv: ReadonlyArray<string> | undefined;
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
}

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null && !Array.isArray(u);

const isStrings = (u: unknown): u is ReadonlyArray<string> =>
  Array.isArray(u) && u.every((item) => typeof item === "string");

const isEnv = (u: unknown): u is NonNullable<PoolOptions["env"]> =>
  isObject(u) && Object.values(u).every((value) => value === undefined || typeof value === "string");

const isMiB = (u: unknown): u is number => typeof u === "number" && u > 0;

const { boolean, duration, wholeNumber } = Options;

const checks = {
  size: Options.poolSize,
  minSize: wholeNumber(0, 4096),
  idleTimeout: duration,
  prewarm: boolean,
  recycle: Options.guard(isObject, "an object with jobs, age or heapMiB"),
  memoryLimitMiB: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  quarantineAfter: wholeNumber(1, Number.POSITIVE_INFINITY),
  quarantineTime: duration,
  restarts: Options.guard(isObject, "an object with max and within"),
  maxQueue: wholeNumber(0, Number.POSITIVE_INFINITY),
  whenFull: Options.whenFull,
  aging: duration,
  daemon: boolean,
  grace: duration,
  startTimeout: duration,
  closeTimeout: duration,
  execArgv: Options.guard(isStrings, "an array of strings"),
  env: Options.guard(isEnv, "an object of strings"),
} satisfies Record<keyof PoolOptions, Options.Check>;

const recycleChecks = {
  jobs: wholeNumber(1, Number.POSITIVE_INFINITY),
  age: duration,
  heapMiB: Options.guard(isMiB, "a number above 0"),
} satisfies Record<keyof NonNullable<PoolOptions["recycle"]>, Options.Check>;

const restartsChecks = {
  max: wholeNumber(0, Number.POSITIVE_INFINITY),
  within: duration,
} satisfies Record<keyof NonNullable<PoolOptions["restarts"]>, Options.Check>;

type Problem = ReturnType<typeof Options.findProblem>;

const within = (option: string, problem: Problem): Problem =>
  problem === undefined ? undefined : { option: `${option}.${problem.option}`, detail: problem.detail };

const problemOf = (options: PoolOptions, size: number): Problem => {
  const { minSize, recycle, restarts } = options;
  const problem =
    Options.findProblem(checks, options) ??
    within("recycle", Options.findProblem(recycleChecks, recycle ?? {})) ??
    within("restarts", Options.findProblem(restartsChecks, restarts ?? {}));
  if (problem !== undefined) return problem;
  if (minSize !== undefined && minSize > size) {
    return { option: "minSize", detail: `expected at most the size of ${size}, got ${minSize}` };
  }
  for (const name of ["max", "within"] as const) {
    if (restarts !== undefined && restarts[name] === undefined) {
      const { expected } = restartsChecks[name];
      return { option: `restarts.${name}`, detail: `expected ${expected}, got nothing` };
    }
  }
  return undefined;
};

const millis = (input: Duration.Input | undefined, otherwise: number): number =>
  input === undefined ? otherwise : Duration.toMillis(input);

const fillIn = (options: PoolOptions, size: number): Resolved => {
  const { recycle, restarts } = options;
  const never = Number.POSITIVE_INFINITY;
  return {
    size,
    minSize: options.minSize ?? 0,
    idleMillis: millis(options.idleTimeout, never),
    prewarm: options.prewarm ?? false,
    recycleJobs: recycle?.jobs ?? never,
    recycleAgeMillis: millis(recycle?.age, never),
    recycleHeapMiB: recycle?.heapMiB ?? never,
    memoryLimitMiB: options.memoryLimitMiB,
    quarantineAfter: options.quarantineAfter ?? 3,
    quarantineMillis: millis(options.quarantineTime, 30_000),
    maxRestarts: restarts?.max ?? 10,
    restartsMillis: millis(restarts?.within, 10_000),
    agingMillis: millis(options.aging, 1000),
    daemon: options.daemon ?? false,
    graceMillis: millis(options.grace, 1000),
    startMillis: millis(options.startTimeout, 10_000),
    closeMillis: millis(options.closeTimeout, 5000),
    execArgv: options.execArgv,
    env: options.env,
  };
};

/**
 * Checks options and fills in the defaults.
 *
 * **Details**
 *
 * Only own properties count. A duration of zero is allowed: with `grace: 0` a cancelled body is killed at once.
 *
 * **Errors**
 *
 * `InvalidOptions` names the option, what was expected and what was given.
 *
 * @category constructors
 * @since 0.1.0
 */
export const resolve = (runtime: string, options: PoolOptions): Effect.Effect<Resolved, RuntimeError> =>
  Effect.suspend(() => {
    const own = Options.own(options);
    if (isObject(own.recycle)) Object.assign(own, { recycle: Options.own(own.recycle) });
    if (isObject(own.restarts)) Object.assign(own, { restarts: Options.own(own.restarts) });
    const size = own.size ?? availableParallelism();
    const problem = problemOf(own, size);
    if (problem === undefined) return Effect.succeed(fillIn(own, size));
    return Effect.fail(invalidOptions(runtime, problem.option, problem.detail));
  });

/**
 * Throws `InvalidOptions` when a pool cannot have that size.
 *
 * @category guards
 * @since 0.1.0
 */
export const checkSize = (runtime: string, size: number): void => {
  const problem = Options.findProblem({ size: checks.size }, { size });
  if (problem !== undefined) throw invalidOptions(runtime, problem.option, problem.detail);
};
