/**
 * How maps are asked for; `Runtime` shows these as its own.
 */
import type { RunOptions } from "../Runtime.ts";

type EachOptions = Pick<RunOptions, "timeout" | "queueTimeout" | "priority" | "retry">;

/**
 * Options of `map`.
 *
 * **Details**
 *
 * Short jobs may run together, one after the other in one place: how many, is decided by how long they take. `chunk` says
 * how many at most, and to begin with as many; 1 is for bodies that wait for one another. With `timeout`, `queueTimeout` or `retry`
 * each job is on its own.
 *
 * **Ordering**
 *
 * Results come in the order of the inputs, unless `ordered` is `false`: then in the order of completion.
 *
 * **Back-pressure**
 *
 * At most `concurrency` inputs are taken ahead of what was consumed. The default is 16, or twice the runtime's parallelism
 * if that is more; while short jobs run together, as many as take a few milliseconds, and at most 32,768 for each place.
 *
 * @category models
 * @since 0.1.0
 */
export interface MapOptions extends EachOptions {
  readonly concurrency?: number | undefined;
  readonly ordered?: boolean | undefined;
  readonly chunk?: number | undefined;
}

/**
 * Options of `mapChunks`.
 *
 * **Details**
 *
 * `chunk` is how many elements go to one job; by default as many as take a few milliseconds, found out on the way.
 *
 * **Back-pressure**
 *
 * At most `concurrency` chunks are under way; the default is two for each place.
 *
 * @category models
 * @since 0.1.0
 */
export interface ChunkOptions extends EachOptions {
  readonly chunk?: number | undefined;
  readonly concurrency?: number | undefined;
}

/**
 * An array of numbers in memory, of any kind.
 *
 * @category models
 * @since 0.1.0
 */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;
