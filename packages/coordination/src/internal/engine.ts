/**
 * What an engine does, per kind of object. There are two: `memory` (in this program; also behind the broker) and `shared` (in a
 * `SharedArrayBuffer`). The public modules, the timers, signals and Effects are written once over these interfaces.
 *
 * **Rules for all of them**
 *
 * - `unit` is who asks: 0 is the program, others are incarnations of workers, never used again, from 1 to 2^31 - 1.
 * - `try…` takes what is there for the taking without overtaking those who wait, or gives `undefined`.
 * - A wait (`acquire`, `wait`, `offer`, `take`) takes its place behind those who wait, and calls `settle` once, perhaps before it has
 *   returned. `Pending.cancel()` before that withdraws it: it gives `true`, nothing was taken, `settle` is never called. Or it gives
 *   `false`, as after the end: then `settle` was or will be called, with `Cancelled` when it was withdrawn, or with what had been
 *   granted before.
 *   An engine knows no timeouts and signals for these: its callers cancel.
 * - `…Blocking` is the same on this thread by `Atomics.wait`. It throws `TimedOut` and `Cancelled`, with nothing taken; it asks
 *   `isCancelled` at least every 20 ms. Only the shared engine has it.
 * - Waits do not keep the event loop alive: their callers do that.
 * - `abandon(unit)`: that unit has ended, nothing of it runs any more. Its waits are forgotten, what it held goes to the next, who is
 *   told once (`Held.abandoned`), what it had half done is mended or undone.
 * - `free()`: all waits fail with `Freed`, as does every later operation but `free` and `abandon`.
 * - All errors are `CoordinationError`.
 */
import type { CoordinationError } from "../CoordinationError.ts";

/** What an owner has in hand. Plain data. */
export interface Held {
  /** Unique within the object. */
  readonly token: number;
  /** Somebody who held it before ended without releasing it, and nobody was told of that yet. */
  readonly abandoned: boolean;
}

/** Takes the end of a wait; one of the two is called, once. */
export interface Settle<A> {
  readonly done: (value: A) => void;
  readonly failed: (error: CoordinationError) => void;
}

/** A wait under way. */
export interface Pending {
  readonly cancel: () => boolean;
}

/** Bounds of a blocking wait. */
export interface BlockingWait {
  /** `Infinity` for none. */
  readonly timeoutMillis: number;
  readonly isCancelled: () => boolean;
}

/** What all engines of one object have. */
export interface Engine {
  readonly abandon: (unit: number) => void;
  readonly free: () => void;
}

/** Not reentrant; first come, first served. */
export interface LockEngine extends Engine {
  readonly tryAcquire: (unit: number) => Held | undefined;
  readonly acquire: (unit: number, settle: Settle<Held>) => Pending;
  readonly acquireBlocking?: (unit: number, wait: BlockingWait) => Held;
  /** `NotOwner` unless that unit holds it with that token. */
  readonly release: (unit: number, token: number) => void;
  /** As `release`, of something that its owner never saw: the next is told of what `held` tells. */
  readonly giveBack: (unit: number, held: Held) => void;
  readonly isHeld: () => boolean;
}

/** Whoever waits for many permits is not overtaken by those who want few. */
export interface SemaphoreEngine extends Engine {
  /** Permits that are free. */
  readonly available: () => number;
  readonly tryAcquire: (unit: number, permits: number) => Held | undefined;
  readonly acquire: (unit: number, permits: number, settle: Settle<Held>) => Pending;
  readonly acquireBlocking?: (unit: number, permits: number, wait: BlockingWait) => Held;
  /** All permits of that token. */
  readonly release: (unit: number, token: number) => void;
  readonly giveBack: (unit: number, held: Held) => void;
}

/** Counts down to 0 once, and is open then for ever. */
export interface LatchEngine extends Engine {
  readonly count: () => number;
  /** Not below 0. */
  readonly countDown: (by: number) => void;
  readonly wait: (unit: number, settle: Settle<void>) => Pending;
  readonly waitBlocking?: (unit: number, wait: BlockingWait) => void;
}

/** Set or not. Whoever waits when it is set goes on, even if it is cleared before they run. */
export interface EventEngine extends Engine {
  readonly isSet: () => boolean;
  readonly set: () => void;
  readonly clear: () => void;
  readonly wait: (unit: number, settle: Settle<void>) => Pending;
  readonly waitBlocking?: (unit: number, wait: BlockingWait) => void;
}

/**
 * The last of `parties` lets all go on, and it begins anew. A wait gives the place of arrival, 0 for the first. A wait that is
 * cancelled, timed out, or of a unit that ended breaks it: all who wait, and all who come, fail with `Broken` until `reset`. `reset`
 * fails those who wait with `Broken` and mends it; `breakUp` breaks it. An empty one is not broken by `abandon`.
 */
export interface BarrierEngine extends Engine {
  readonly parties: () => number;
  readonly waiting: () => number;
  readonly isBroken: () => boolean;
  readonly wait: (unit: number, settle: Settle<number>) => Pending;
  readonly waitBlocking?: (unit: number, wait: BlockingWait) => number;
  readonly reset: () => void;
  readonly breakUp: () => void;
}

/** What was taken, with the priority of each where the queue orders by it, so that it can be put back. */
export interface Taken {
  readonly values: ReadonlyArray<unknown>;
  readonly priorities?: ReadonlyArray<number> | undefined;
}

/**
 * Values in the order of `QueueOptions.order`; of one priority first in, first out; the higher priority first. Those who offer and
 * those who take wait in order, each kind in a line of its own.
 *
 * After `end`, offers fail with `Ended` and so do those that wait; what is in is still taken; then takers fail with `Ended`.
 */
export interface QueueEngine extends Engine {
  readonly size: () => number;
  readonly isEnded: () => boolean;
  /** As many of the first as there is room for and nobody waits in front; gives how many. */
  readonly tryOffer: (unit: number, values: ReadonlyArray<unknown>, priority: number) => number;
  /** All of them at once, when there is room for all. At most `capacity`, else `BadInput`. */
  readonly offer: (
    unit: number,
    values: ReadonlyArray<unknown>,
    priority: number,
    settle: Settle<void>,
  ) => Pending;
  readonly offerBlocking?: (
    unit: number,
    values: ReadonlyArray<unknown>,
    priority: number,
    wait: BlockingWait,
  ) => void;
  /** From 0 to `max` of them; throws `Ended` when it has ended and is empty. */
  readonly tryTake: (unit: number, max: number) => Taken;
  /** From 1 to `max` of them. */
  readonly take: (unit: number, max: number, settle: Settle<Taken>) => Pending;
  readonly takeBlocking?: (unit: number, max: number, wait: BlockingWait) => Taken;
  /** Back to the front of its line, even beyond the capacity or after `end`: it was taken for somebody who never saw it. */
  readonly giveBack: (unit: number, taken: Taken) => void;
  readonly end: () => void;
}

/** A whole number of 64 bits that wraps around. */
export interface CounterEngine extends Engine {
  readonly get: () => bigint;
  /** Gives the new value. */
  readonly add: (by: bigint) => bigint;
  readonly exchange: (value: bigint) => bigint;
  readonly compareAndSet: (expected: bigint, value: bigint) => boolean;
}

/** Options per kind; they were checked before. */
export interface OptionsOf {
  readonly Lock: { readonly maxWaiters: number };
  readonly Semaphore: { readonly permits: number; readonly maxWaiters: number };
  readonly Latch: { readonly count: number; readonly maxWaiters: number };
  readonly Event: { readonly isSet: boolean; readonly maxWaiters: number };
  readonly Barrier: { readonly parties: number };
  readonly Queue: {
    readonly order: "fifo" | "lifo" | "priority";
    /** How many values it holds; `Infinity` for no limit but memory. */
    readonly capacity: number;
    /** How many bytes the values may take in shared memory, which is set aside as it is needed where the platform can. */
    readonly maxBytes: number;
    readonly maxWaiters: number;
  };
  readonly Counter: { readonly value: bigint };
}

/** The engine per kind. */
export interface EngineOf {
  readonly Lock: LockEngine;
  readonly Semaphore: SemaphoreEngine;
  readonly Latch: LatchEngine;
  readonly Event: EventEngine;
  readonly Barrier: BarrierEngine;
  readonly Queue: QueueEngine;
  readonly Counter: CounterEngine;
}

export type Kind = keyof EngineOf;

/** What an engine in shared memory stands on. */
export interface Tools {
  /** The unit whose realm opens it: it is named as the one that is changing the object. 0 is the program, which alone calls `abandon`. */
  readonly unit: number;
  /** Values that are not encoded by hand. Throws for what cannot be cloned. */
  readonly serialize: (value: unknown) => Uint8Array;
  readonly deserialize: (bytes: Uint8Array) => unknown;
}

/** One kind in shared memory: what `create` makes is opened by each unit that is given it. */
interface SharedKind<K extends Kind> {
  readonly create: (options: OptionsOf[K]) => SharedArrayBuffer;
  readonly open: (memory: SharedArrayBuffer, tools: Tools) => Required<EngineOf[K]>;
}

/** What `internal/shared/engines.ts` exports as `engines`. */
export type SharedEngines = { readonly [K in Kind]: SharedKind<K> };
