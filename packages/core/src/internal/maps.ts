/**
 * What maps need, and no other call: without schemas and streams. Loaded with the first map; see `late.ts`.
 */
export { mapChunks } from "./mapChunks.ts";
export { iterate } from "./mapIterator.ts";
export * as MapTerms from "./mapTerms.ts";
