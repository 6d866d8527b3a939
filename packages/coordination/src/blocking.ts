/**
 * Objects that tasks share, for synchronous bodies on threads. Loads no Effect.
 *
 * @since 0.1.0
 */
export * as Barrier from "./blocking/Barrier.ts";
export * as CoordinationError from "./CoordinationError.ts";
export * as Counter from "./blocking/Counter.ts";
export * as Event from "./blocking/Event.ts";
export * as Latch from "./blocking/Latch.ts";
export * as Lock from "./blocking/Lock.ts";
export * as Queue from "./blocking/Queue.ts";
export * as Semaphore from "./blocking/Semaphore.ts";
export * as SharedBytes from "./blocking/SharedBytes.ts";
export * as SharedList from "./blocking/SharedList.ts";
