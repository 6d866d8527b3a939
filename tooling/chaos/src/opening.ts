/** How a runtime is opened and closed this time. */
import type { PromisedRuntime } from "@heddle/core/Promised";

import type { RuntimeName, Surroundings } from "./kinds.ts";
import type { Random } from "./random.ts";

/** The options that both runtimes have and that the run uses. */
export interface OpenOptions {
  readonly size: number;
  readonly minSize?: number;
  readonly idleTimeout?: number;
  readonly prewarm: boolean;
  readonly recycle?: { readonly jobs: number };
  readonly memoryLimitMiB?: number;
  readonly quarantineAfter?: number;
  readonly quarantineTime: number;
  readonly restarts: { readonly max: number; readonly within: number };
  readonly maxQueue?: number;
  readonly whenFull?: "wait" | "reject";
  readonly grace: number;
  readonly startTimeout: number;
  readonly closeTimeout: number;
}

/** A runtime under test. */
export interface Subject {
  readonly name: RuntimeName;
  readonly open: (options: OpenOptions) => Promise<PromisedRuntime>;
}

/** `drain`: let all end, then close. `close`: the same in one call. `abrupt`: cancel what has not ended. */
type Ending = "drain" | "close" | "abrupt";

export interface Opening extends Surroundings {
  readonly options: OpenOptions;
  readonly ending: Ending;
}

const quarantineByDefault = 3;
const patientMillis = 60_000;

/** How often a task may kill before it may be refused. */
export const quarantineAfterOf = ({ quarantineAfter }: OpenOptions): number =>
  quarantineAfter ?? quarantineByDefault;

const drawQueue = (random: Random, size: number): Pick<OpenOptions, "maxQueue" | "whenFull"> =>
  random.chance(0.3) ? { maxQueue: 8 * size, whenFull: random.pick(["wait", "reject"]) } : {};

const drawIdling = (random: Random, size: number): Pick<OpenOptions, "idleTimeout" | "minSize"> =>
  random.chance(0.3) ? { idleTimeout: random.int(20, 500), minSize: random.int(0, size) } : {};

/** Draws the nth opening; every other one has no quarantine. */
export const drawOpening = (random: Random, runtime: RuntimeName, n: number, size: number): Opening => {
  const ending = random.pick<Ending>(["drain", "drain", "close", "abrupt"]);
  const hasMemoryLimit = random.chance(0.4);
  const options: OpenOptions = {
    size,
    prewarm: random.chance(0.3),
    quarantineTime: random.int(200, 2000),
    // Deaths are frequent here on purpose; workers that start ever more slowly would leave nothing to test.
    restarts: { max: 1000, within: 1000 },
    grace: random.int(30, 200),
    startTimeout: patientMillis,
    closeTimeout: ending === "abrupt" ? random.int(0, 500) : patientMillis,
    ...(n % 2 === 0 ? { quarantineAfter: Number.POSITIVE_INFINITY } : {}),
    ...(hasMemoryLimit ? { memoryLimitMiB: 128 } : {}),
    ...(random.chance(0.3) ? { recycle: { jobs: random.int(40, 400) } } : {}),
    ...drawQueue(random, size),
    ...drawIdling(random, size),
  };
  return { runtime, hasMemoryLimit, options, ending };
};
