/**
 * What a contender, a probe and a workload are. A contender knows nothing of workloads, a probe nothing of contenders.
 */
import type { BodyName } from "./bodies.ts";

/** A pool of workers under measurement, whoever made it. */
export interface Pool {
  /** Runs one of the bodies; resolves with its value. `transfer` moves the buffers there and, for `*Moved` bodies, back. */
  readonly run: (body: BodyName, input: unknown, transfer?: ReadonlyArray<ArrayBuffer>) => Promise<unknown>;
  /** `double` over all inputs, the way the library's users would write it; `each` hears the results in order. */
  readonly map?: (inputs: ReadonlyArray<number>, each: (output: number) => void) => Promise<void>;
  /** `scaleMoved` over all of an array, where the library cuts it. Default: chunks that are cut by hand. */
  readonly scale?: (values: Float64Array<ArrayBuffer>) => Promise<Float64Array>;
  /** `count` no-op calls with their number as input, `inFlight` at a time, checked. Default: a loop over `run`. */
  readonly runMany?: (count: number, inFlight: number) => Promise<void>;
  /** Runs a body on all inputs at once; resolves with the values in order. Default: `Promise.all` over `run`. */
  readonly runAll?: (body: BodyName, inputs: ReadonlyArray<number>) => Promise<ReadonlyArray<unknown>>;
  /** Starts fibers that wait until they are released, and resolves when all of them have started. */
  readonly park?: (count: number) => Promise<Parked>;
  readonly close: () => Promise<void>;
}

export interface Parked {
  /** Lets all of them end and resolves with the sum of what they gave: each gives 1. */
  readonly release: () => Promise<number>;
}

/** What one child process found out. */
export interface Measured {
  readonly figures: Readonly<Record<string, number>>;
  /** CPU time of all threads and worker processes, per task. */
  readonly cpuMicros?: number | undefined;
}

/** Numbers, so that the parent can hand them to a child; the probe says which it needs. */
export type Params = Readonly<Record<string, number>>;

/** `threads` and `processes` have workers; the CPU time of `processes` and `python` is also that of their children. */
export type ContenderKind = "threads" | "processes" | "fibers" | "inline" | "python";

/** Only a `peer` can be the best peer: `raw` is the platform without a library, a `reference` no pool for this platform. */
export type Role = "heddle" | "peer" | "raw" | "reference";

export interface Contender {
  readonly id: string;
  readonly title: string;
  readonly kind: ContenderKind;
  readonly role: Role;
  /** The file in `contenders/` that has it. */
  readonly file: string;
  /** Loads the library and opens a pool; loading is part of it, since a cold start pays for that. */
  readonly open: (size: number) => Promise<Pool>;
  /** For what does not run in Node: takes the place of the probe. */
  readonly measure?: (request: MeasureRequest) => Promise<Measured>;
}

interface MeasureRequest {
  readonly probe: string;
  readonly size: number;
  readonly params: Params;
}

/** Where a probe runs: in a fresh process, with one contender. */
export interface Bench {
  /** Opens a pool; all that were opened are closed after the probe, unless it abandons them. */
  readonly open: (size?: number) => Promise<Pool>;
  readonly size: number;
  readonly kind: ContenderKind;
  /** Fails when the workload does not give this one. */
  readonly param: (name: string) => number;
  /** Leaves the open pools as they are; the process ends with them. */
  readonly abandon: () => void;
}

export type Probe = (bench: Bench) => Promise<Measured>;

/** What Heddle is compared with: the best peer, the best raw contender, the best of some named ones, or nothing. */
type Against = "bestPeer" | "bestRaw" | "nothing" | ReadonlyArray<string>;

/** One line of the measures of done. */
export interface Goal {
  /** The contender that has to reach it. */
  readonly subject: string;
  readonly against: Against;
  /** Subject divided by, or minus, the other; or the plain figure where there is no other. */
  readonly compare: "ratio" | "difference" | "figure";
  readonly bound: "atLeast" | "atMost";
  readonly limit: number;
}

export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly better: "lower" | "higher";
  /** Workloads with the same probe, params and contenders share their measurements and differ in the figure. */
  readonly probe: string;
  readonly figure: string;
  readonly size: number;
  readonly params: Params;
  readonly smokeParams: Params;
  readonly contenders: ReadonlyArray<string>;
  /** Which of them a smoke run takes. */
  readonly smoke: ReadonlyArray<string>;
  readonly rounds: number;
  readonly goals: ReadonlyArray<Goal>;
  readonly timeLimitSeconds?: number;
  readonly note?: string;
}
