/**
 * Objects that tasks share, in promise form. Loads no Effect.
 *
 * @since 0.1.0
 */
export * as Barrier from "./promised/Barrier.ts";
export * as CoordinationError from "./CoordinationError.ts";
export * as Counter from "./promised/Counter.ts";
export * as Event from "./promised/Event.ts";
export * as Latch from "./promised/Latch.ts";
export * as Lock from "./promised/Lock.ts";
export * as Queue from "./promised/Queue.ts";
export * as Semaphore from "./promised/Semaphore.ts";
export * as SharedBytes from "./promised/SharedBytes.ts";
export * as SharedList from "./promised/SharedList.ts";
