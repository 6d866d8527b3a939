/**
 * The parts that are loaded when they are needed; see `late.ts`.
 */
export { forTask } from "../Codec.ts";
export * as Maps from "./maps.ts";
export * as Streams from "./streams.ts";
