/**
 * What a runtime can do, declared by its adapter, enforced by core and checked by tests.
 *
 * @since 0.1.0
 */

import type { Sharing } from "./Coordination.ts";

/**
 * The manifest of an adapter.
 *
 * **Details**
 *
 * - `isolation`: what a crash or a busy loop of one job cannot harm. `none` shares the caller's event loop.
 * - `parallelism`: how many synchronous bodies can make progress at the same instant.
 * - `values`: how values cross. `reference` hands over the very object, `structured-clone` copies it with
 *   `bigint`, `Map`, `Date` and typed arrays intact, `json` needs a schema for anything that JSON cannot say.
 * - `transfer`: objects can be moved instead of copied. Without it, the option `transfer` is refused.
 * - `sharedMemory`: a `SharedArrayBuffer` means the same memory on both sides.
 * - `forceKill`: a body that never looks at its signal can still be stopped.
 * - `streaming`: a body may give a stream of values.
 * - `elastic`: workers can be added, retired and replaced while the runtime is open.
 * - `durability`: accepted jobs survive the death of the program.
 * - `coordination`: where the objects are that tasks share (`@heddle/coordination`), `none` if they share none. In a body it is always
 *   `none`: such objects are made in the program.
 * - `delivery`: how often one attempt of a job may run, should its worker or the program die.
 *
 * @category models
 * @since 0.1.0
 */
export interface Capabilities {
  readonly isolation: "none" | "isolate" | "process" | "machine";
  readonly parallelism: number;
  readonly values: "reference" | "structured-clone" | "json";
  readonly transfer: boolean;
  readonly sharedMemory: boolean;
  readonly forceKill: boolean;
  readonly streaming: boolean;
  readonly elastic: boolean;
  readonly durability: boolean;
  readonly coordination: Sharing | "none";
  readonly delivery: "at-most-once" | "at-least-once";
}
