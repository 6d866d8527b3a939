/**
 * A job: one invocation of a task, encoded and ready to be carried anywhere.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect";

import type { Envelope } from "./Envelope.ts";
import type * as Task from "./Task.ts";
import type { Unit } from "./TaskContext.ts";

/**
 * What a running body sends to its caller besides its outcome.
 *
 * @category models
 * @since 0.1.0
 */
export type JobEvent =
  | { readonly _tag: "Chunk"; readonly values: ReadonlyArray<unknown> }
  | { readonly _tag: "Progress"; readonly value: unknown }
  | { readonly _tag: "Log"; readonly message: ReadonlyArray<unknown> };

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
  readonly attempt: number;
  readonly envelope: Envelope;
  readonly mode: Task.Mode;
  readonly emit: (event: JobEvent) => Effect.Effect<void>;
  /** To be called once, when the body is about to start, with the place where it runs. */
  readonly started: (unit: Unit) => void;
}
