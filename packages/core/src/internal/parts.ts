/**
 * The parts that are loaded when they are needed; see `late.ts`.
 */
export { forTask } from "../Codec.ts";
export * as Streams from "./streams.ts";
