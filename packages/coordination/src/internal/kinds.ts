/**
 * The handles of all kinds and the options that they are made with. Types only.
 */
import type { BlockHandle } from "./blocks.ts";
import type { Held as EngineHeld } from "./engine.ts";
import type { Handle } from "./handle.ts";

/**
 * What an owner has in hand: plain data. `abandoned` tells that a worker ended while it held it, so that what the lock guards may
 * be half done; one owner is told.
 *
 * @category models
 * @since 0.1.0
 */
export interface Held extends EngineHeld {}

/**
 * The handle of a lock: plain data, to be passed to tasks.
 *
 * @category models
 * @since 0.1.0
 */
export interface Lock extends Handle<"Lock"> {}

/**
 * How many may wait at a time: 1,024 by default, up to a million. One more fails with `Exhausted`.
 *
 * @category models
 * @since 0.1.0
 */
export interface LockOptions {
  readonly maxWaiters?: number | undefined;
}

/**
 * The handle of a semaphore.
 *
 * @category models
 * @since 0.1.0
 */
export interface Semaphore extends Handle<"Semaphore"> {
  readonly permits: number;
}

/**
 * How many permits there are, and how many may wait at a time (1,024 by default).
 *
 * @category models
 * @since 0.1.0
 */
export interface SemaphoreOptions {
  readonly permits: number;
  readonly maxWaiters?: number | undefined;
}

/**
 * The handle of a latch.
 *
 * @category models
 * @since 0.1.0
 */
export interface Latch extends Handle<"Latch"> {}

/**
 * How often it has to be counted down until it opens: once by default; 0 makes an open one.
 *
 * @category models
 * @since 0.1.0
 */
export interface LatchOptions {
  readonly count?: number | undefined;
  readonly maxWaiters?: number | undefined;
}

/**
 * The handle of an event.
 *
 * @category models
 * @since 0.1.0
 */
export interface Event extends Handle<"Event"> {}

/**
 * Whether it is set from the beginning: not by default.
 *
 * @category models
 * @since 0.1.0
 */
export interface EventOptions {
  readonly isSet?: boolean | undefined;
  readonly maxWaiters?: number | undefined;
}

/**
 * The handle of a barrier.
 *
 * @category models
 * @since 0.1.0
 */
export interface Barrier extends Handle<"Barrier"> {}

/**
 * How many have to come until all go on.
 *
 * @category models
 * @since 0.1.0
 */
export interface BarrierOptions {
  readonly parties: number;
}

/**
 * The handle of a queue of values of type `A`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Queue<in out A> extends Handle<"Queue"> {
  readonly capacity: number;
  /** For the compiler alone. */
  readonly "~heddle/value"?: (value: A) => A;
}

/**
 * Options of a queue.
 *
 * **Details**
 *
 * - `order`: `fifo` (the default), `lifo`, or `priority`: the higher one first, and of one priority first in, first out.
 * - `capacity`: how many values it holds; whoever offers one more waits. `Infinity` by default.
 * - `maxBytes`: how many bytes the values may take where memory is shared, at least 64 each; 64 MiB by default, of which only what was
 *   once needed is memory. Whoever offers more fails with `Exhausted`.
 * - `maxWaiters`: how many may wait to offer, and how many to take; 1,024 by default.
 *
 * @category models
 * @since 0.1.0
 */
export interface QueueOptions {
  readonly order?: "fifo" | "lifo" | "priority" | undefined;
  readonly capacity?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly maxWaiters?: number | undefined;
}

/**
 * The handle of a counter: of numbers, or of `bigint`s.
 *
 * @category models
 * @since 0.1.0
 */
export interface Counter<out N extends number | bigint> extends Handle<"Counter"> {
  readonly initial: N;
}

/**
 * The handle of a block of bytes.
 *
 * @category models
 * @since 0.1.0
 */
export interface SharedBytes extends BlockHandle<"SharedBytes"> {}

/**
 * How long a block is, and a name that no other block of its runtime has.
 *
 * @category models
 * @since 0.1.0
 */
export interface SharedBytesOptions {
  readonly byteLength: number;
  readonly name?: string | undefined;
}

/**
 * The handle of a shared list.
 *
 * @category models
 * @since 0.1.0
 */
export interface SharedList extends BlockHandle<"SharedList"> {}

/**
 * Options of a shared list.
 *
 * **Details**
 *
 * `itemBytes`: how many bytes each item has room for at least, if it is text or bytes; 64 by default, and always enough for what
 * is in it at first. `name`: one that no other block of its runtime has.
 *
 * @category models
 * @since 0.1.0
 */
export interface SharedListOptions {
  readonly itemBytes?: number | undefined;
  readonly name?: string | undefined;
}
