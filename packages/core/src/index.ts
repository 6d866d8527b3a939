/**
 * Heddle's core: define a task once, run it on any runtime.
 *
 * One call, one direction:
 *
 * ```text
 * Task -> Runtime.run (check, encode) -> Adapter.execute -> … where the body runs … -> Outcome -> decode -> caller
 * ```
 *
 * @since 0.1.0
 */
export * as Adapter from "./Adapter.ts";
export * as Body from "./Body.ts";
export * as BodyResult from "./BodyResult.ts";
export * as Capabilities from "./Capabilities.ts";
export * as Cloneable from "./Cloneable.ts";
export * as Codec from "./Codec.ts";
export * as Coordination from "./Coordination.ts";
export * as Defect from "./Defect.ts";
export * as DispatchQueue from "./DispatchQueue.ts";
export * as Envelope from "./Envelope.ts";
export * as Events from "./Events.ts";
export * as InProcess from "./InProcess.ts";
export * as Items from "./Items.ts";
export * as Job from "./Job.ts";
export * as JobContext from "./JobContext.ts";
export * as Nested from "./Nested.ts";
export * as Options from "./Options.ts";
export * as Outcome from "./Outcome.ts";
export * as Places from "./Places.ts";
export * as Platform from "./Platform.ts";
export * as Promised from "./Promised.ts";
export * as Runtime from "./Runtime.ts";
export * as RuntimeError from "./RuntimeError.ts";
export * as RuntimeErrorData from "./RuntimeErrorData.ts";
export * as RuntimeLayer from "./RuntimeLayer.ts";
export * as Stats from "./Stats.ts";
export * as Task from "./Task.ts";
export * as TaskContext from "./TaskContext.ts";
export * as TaskLayers from "./TaskLayers.ts";
export * as Timers from "./Timers.ts";
export * as Transfers from "./Transfers.ts";
