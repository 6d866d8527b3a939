/**
 * What the two threads of the demo say to each other: a plan goes in, past-tense events come out.
 *
 * The main thread draws and decides; the host thread runs the workload and may be blocked by it.
 */

import type { RuntimeName } from "./adapters.ts";

export type { RuntimeName } from "./adapters.ts";

export type NumbersName = "book" | "small";

/** How workers that share a queue learn that nothing more comes. */
export type Stopping = "pills" | "end";

interface Base {
  readonly runtime: RuntimeName;
  /** How many units work at a time, or `undefined` for one per core. */
  readonly workers: number | undefined;
}

export interface SpinnerSpec extends Base {
  readonly workload: "spinner";
  readonly seconds: number;
}
export interface PrimesSpec extends Base {
  readonly workload: "primes";
  readonly numbers: NumbersName;
  /** How many times the numbers are checked within the run. */
  readonly repeat: number;
  /** As in the book's procs.py, with two queues between the program and its workers; otherwise one job per number. */
  readonly procs: Stopping | undefined;
}
export interface PrintNumbersSpec extends Base {
  readonly workload: "print-numbers";
  readonly seconds: number;
}
export interface WorkersSpec extends Base {
  readonly workload: "workers";
  readonly seconds: number;
}
export interface SleepVsCrunchSpec extends Base {
  readonly workload: "sleep-vs-crunch";
  readonly seconds: number;
}
export interface NapSpec extends Base {
  readonly workload: "nap";
}

export interface CounterSpec extends Base {
  readonly workload: "counter";
}

/** One run: a workload on a runtime. */
export type RunSpec =
  | SpinnerSpec
  | PrimesSpec
  | PrintNumbersSpec
  | WorkersSpec
  | SleepVsCrunchSpec
  | NapSpec
  | CounterSpec;

export type WorkloadName = RunSpec["workload"];

/** The spec of one workload. */
export type SpecOf<W extends WorkloadName> = Extract<RunSpec, { readonly workload: W }>;

/** The runs of one command, in order. */
export type Plan = ReadonlyArray<RunSpec>;

export interface RunStart {
  readonly type: "run.start";
  readonly workload: WorkloadName;
  readonly runtime: RuntimeName;
  readonly workers: number;
  readonly node: string;
  readonly cores: number;
}

/** A run that was not made, and why: this platform, or the runtime, lacks something. */
export interface RunSkipped {
  readonly type: "run.skipped";
  readonly workload: WorkloadName;
  readonly runtime: RuntimeName;
  readonly reason: string;
}

interface TaskStart {
  readonly type: "task.start";
  readonly task: string;
  readonly input: unknown;
  readonly lane: string;
}

interface TaskEnd {
  readonly type: "task.end";
  readonly task: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly lane: string | null;
  readonly pid: number | null;
  readonly threadId: number | null;
  readonly attempt: number;
  /** `ok`, `failed`, `cancelled`, or what the runtime says: `worker_lost`, `task_timeout`, … */
  readonly outcome: string;
  readonly queuedMs: number;
  readonly runMs: number;
}

/** What became of a number that several units counted up at the same time. */
export interface Counted {
  readonly type: "counted";
  readonly runtime: RuntimeName;
  /** With nothing but the memory, or with one of the cures. */
  readonly way: "raw" | "lock" | "counter";
  readonly expected: number;
  readonly seen: number;
  /** How many rounds it took until an update was lost, or how many were made in vain. */
  readonly rounds: number;
}

export interface SpinnerReport {
  readonly frames: number;
  /** Ten a second. */
  readonly expected: number;
  /** The longest time between two frames, less the tenth of a second that belongs there. */
  readonly longestFreezeMs: number;
}

export interface RunEnd {
  readonly type: "run.end";
  readonly workload: WorkloadName;
  readonly runtime: RuntimeName;
  readonly workers: number;
  readonly ok: number;
  readonly failed: number;
  readonly wallMs: number;
  readonly spinner: SpinnerReport;
}

export type HostEvent =
  | RunStart
  | RunSkipped
  | TaskStart
  | TaskEnd
  | RunEnd
  | Counted
  /** The host's loop turned; in most workloads this is the spinner's clock. */
  | { readonly type: "beat"; readonly frames: number }
  /** The spinner made a frame. */
  | { readonly type: "frame"; readonly text: string }
  /** The spinner has stopped: its line is to be wiped. */
  | { readonly type: "wipe" }
  /** A line of the program's own output. */
  | { readonly type: "line"; readonly text: string }
  /** A remark about the run. */
  | { readonly type: "note"; readonly text: string }
  /** Something is wrong: the command will exit with 1. */
  | { readonly type: "problem"; readonly text: string }
  | { readonly type: "child.started"; readonly pid: number }
  | { readonly type: "child.exited"; readonly pid: number }
  /** The whole plan was carried out. */
  | { readonly type: "done" };

export const frameMillis = 100;
