/**
 * Objects that tasks share, in Effect form.
 *
 * @since 0.1.0
 */
export * as Barrier from "./Barrier.ts";
export * as CoordinationError from "./CoordinationError.ts";
export * as Counter from "./Counter.ts";
export * as Event from "./Event.ts";
export * as Latch from "./Latch.ts";
export * as Lock from "./Lock.ts";
export * as Queue from "./Queue.ts";
export * as Semaphore from "./Semaphore.ts";
export * as SharedBytes from "./SharedBytes.ts";
export * as SharedList from "./SharedList.ts";
