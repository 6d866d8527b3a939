/**
 * The options that all pool runtimes share, checked by schema.
 *
 * @since 0.1.0
 */
import { availableParallelism } from "node:os";

import * as RuntimeError from "@heddle/core/RuntimeError";
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

const known = new Set([
  "size",
  "minSize",
  "idleTimeout",
  "prewarm",
  "recycle",
  "memoryLimitMiB",
  "quarantineAfter",
  "quarantineTime",
  "restarts",
  "maxQueue",
  "whenFull",
  "aging",
  "daemon",
  "grace",
  "startTimeout",
  "closeTimeout",
  "execArgv",
  "env",
]);

// setTimeout fires at once beyond 2^31 - 1 ms; nobody waits 24 days for a worker.
const longestMillis = 2 ** 31 - 1;

class Invalid {
  readonly option: string;
  readonly detail: string;
  constructor(option: string, detail: string) {
    this.option = option;
    this.detail = detail;
  }
}

const millis = (option: string, input: Duration.Input | undefined, otherwise: number): number => {
  if (input === undefined) return otherwise;
  const duration = Duration.fromInput(input);
  // Duration takes NaN for zero.
  const value =
    duration._tag === "Some" && !Number.isNaN(input) ? Duration.toMillis(duration.value) : Number.NaN;
  if (Number.isNaN(value) || value < 0) {
    throw new Invalid(option, `expected a duration such as 500 or "2 seconds", got ${JSON.stringify(input)}`);
  }
  return Math.min(value, longestMillis);
};

const check = (options: PoolOptions): Resolved => {
  for (const key of Object.keys(options)) {
    if (!known.has(key)) throw new Invalid(key, `no such option; there are ${[...known].join(", ")}`);
  }
  const size = options.size ?? availableParallelism();
  if (!Number.isInteger(size) || size < 1 || size > 4096) {
    throw new Invalid("size", `expected a whole number from 1 to 4096, got ${JSON.stringify(size)}`);
  }
  if (options.prewarm !== undefined && typeof options.prewarm !== "boolean") {
    throw new Invalid("prewarm", `expected true or false, got ${JSON.stringify(options.prewarm)}`);
  }
  return {
    size,
    minSize: options.minSize ?? 0,
    idleMillis: millis("idleTimeout", options.idleTimeout, Number.POSITIVE_INFINITY),
    prewarm: options.prewarm ?? false,
    recycleJobs: options.recycle?.jobs ?? Number.POSITIVE_INFINITY,
    recycleAgeMillis: millis("recycle.age", options.recycle?.age, Number.POSITIVE_INFINITY),
    recycleHeapMiB: options.recycle?.heapMiB ?? Number.POSITIVE_INFINITY,
    memoryLimitMiB: options.memoryLimitMiB,
    quarantineAfter: options.quarantineAfter ?? 3,
    quarantineMillis: millis("quarantineTime", options.quarantineTime, 30_000),
    maxRestarts: options.restarts?.max ?? 10,
    restartsMillis: millis("restarts.within", options.restarts?.within, 10_000),
    agingMillis: millis("aging", options.aging, 1000),
    daemon: options.daemon ?? false,
    graceMillis: millis("grace", options.grace, 1000),
    startMillis: millis("startTimeout", options.startTimeout, 10_000),
    closeMillis: millis("closeTimeout", options.closeTimeout, 5000),
    execArgv: options.execArgv,
    env: options.env,
  };
};

/**
 * Checks options and fills in the defaults.
 *
 * **Errors**
 *
 * `InvalidOptions` names the option and what was expected.
 *
 * @category constructors
 * @since 0.1.0
 */
export const resolve = (
  runtime: string,
  options: PoolOptions,
): Effect.Effect<Resolved, RuntimeError.RuntimeError> =>
  Effect.try({
    try: () => check(options),
    catch: (cause) => {
      if (!(cause instanceof Invalid)) throw cause;
      return RuntimeError.invalidOptions(runtime, cause.option, cause.detail);
    },
  });
