/**
 * A job: one invocation of a task, encoded and ready to be carried anywhere.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect";

import type { Envelope } from "./Envelope.ts";
import type { Items } from "./Items.ts";
import type { Outcome } from "./Outcome.ts";
import type { RuntimeError } from "./RuntimeError.ts";
import type * as Task from "./Task.ts";
import type { Unit } from "./TaskContext.ts";

/**
 * The severity of a log line that a body writes.
 *
 * @category models
 * @since 0.1.0
 */
export type LogLevel = "Fatal" | "Error" | "Warn" | "Info" | "Debug" | "Trace";

/**
 * What happened to a span that a body opened, as data. Ids are those of W3C Trace Context; instants are
 * nanoseconds since the epoch.
 *
 * @category models
 * @since 0.1.0
 */
export type SpanEvent =
  | {
      readonly _tag: "Started";
      readonly spanId: string;
      readonly parentSpanId: string;
      readonly name: string;
      readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
      readonly startEpochNanos: bigint;
    }
  | {
      readonly _tag: "Noted";
      readonly spanId: string;
      readonly name: string;
      readonly epochNanos: bigint;
      readonly attributes: Readonly<Record<string, unknown>>;
    }
  | {
      readonly _tag: "Ended";
      readonly spanId: string;
      readonly endEpochNanos: bigint;
      readonly attributes: Readonly<Record<string, unknown>>;
      /** The message of what it failed with; nothing when it ended well. */
      readonly failure: string | undefined;
    };

/**
 * What a running body sends to its caller besides its outcome.
 *
 * @category models
 * @since 0.1.0
 */
export type JobEvent =
  | { readonly _tag: "Chunk"; readonly values: ReadonlyArray<unknown> }
  | { readonly _tag: "Progress"; readonly value: unknown }
  | {
      readonly _tag: "Log";
      readonly message: ReadonlyArray<unknown>;
      /** `"Info"` when absent. */
      readonly level?: LogLevel | undefined;
      /** What the body added to the caller's annotations. */
      readonly annotations?: Readonly<Record<string, unknown>> | undefined;
    }
  | { readonly _tag: "Span"; readonly event: SpanEvent };

/**
 * What an adapter is given to execute.
 *
 * **Back-pressure**
 *
 * `emit` completes when the caller has room for more; an adapter must not let a stream run further ahead than
 * a bounded number of chunks beyond that.
 *
 * @category models
 * @since 0.1.0
 */
export interface Job {
  readonly id: string;
  readonly task: Task.Any;
  /** The input as `Capabilities.values` of the adapter says: by reference, cloneable, or JSON. */
  readonly input: unknown;
  /** Objects to move instead of copy; empty unless the adapter declares `transfer`. */
  readonly transfer: ReadonlyArray<unknown>;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly envelope: Envelope;
  readonly mode: Task.Mode;
  /** Where jobs wait, those of higher priority start first; 0 is usual. A whole number from -10 to 10. */
  readonly priority: number;
  /**
   * 0 for a job that was submitted from outside, one more for each body that stands above it. A nested job must be
   * able to run while the body above waits for it, even where that one holds the only place.
   */
  readonly depth: number;
  /** How long the body may take. Core cancels it then; adapters pass the instant on to the body. */
  readonly timeoutMillis: number | undefined;
  readonly emit: (event: JobEvent) => Effect.Effect<void>;
  /** To be called once, when the body is about to start, with the place where it runs. */
  readonly started: (unit: Unit) => void;
  /** Runs another job for this one's body, on the same runtime. An adapter interrupts what is left of them when the body ends. */
  readonly nest: (job: NestedJob) => Effect.Effect<Outcome, RuntimeError>;
}

/**
 * A job that a body asks for; the runtime adds what depends on the job above it.
 *
 * @category models
 * @since 0.1.0
 */
export type NestedJob = Omit<Job, "id" | "attempt" | "depth" | "nest">;

/**
 * Jobs of one task that an adapter is given together, each with an input of its own, and all else the same for all of
 * them. They have no limit of time, nothing to move, and nobody who observes each of them.
 *
 * **Details**
 *
 * `id` is that of the first job, a whole number; that of the one at an index is so many more. `inputs`
 * share no object with one another: primitive values and plain objects. Numbers alone may come as a `Float64Array`, with
 * the capability `sharedMemory` in memory that is shared: it is used again when the series has ended. `started` is called once, for the
 * first job; `emit` and `nest` are for the job that runs.
 *
 * @category models
 * @since 0.1.0
 */
export interface Series extends Omit<Job, "input" | "transfer" | "attempt" | "mode" | "timeoutMillis"> {
  readonly inputs: Items;
  /**
   * Takes outputs of jobs that succeeded, the next ones in their order, and how long those took, in microseconds. An adapter tells
   * them early: what it holds when its worker dies is lost.
   */
  readonly finished: (outputs: Items, micros: number) => void;
  /**
   * The job behind those whose outputs were told takes longer, and none behind it will begin in this series. They are given to
   * another place at once; the output of that one job may still be told.
   */
  readonly alone: () => void;
}
