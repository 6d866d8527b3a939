/**
 * Mutants that declare what they do not do.
 */
import type { Adapter } from "@heddle/core/Adapter";
import * as Effect from "effect/Effect";

import { changing, claiming, type Mutant } from "./mutant.ts";

const unshared = (value: unknown): unknown =>
  value instanceof Int32Array && value.buffer instanceof SharedArrayBuffer
    ? new Int32Array(value.buffer.slice(0))
    : value;

const copyingSharedMemory = changing(({ input }) => ({
  input:
    typeof input === "object" && input !== null && !ArrayBuffer.isView(input) && !Array.isArray(input)
      ? Object.fromEntries(Object.entries(input).map(([key, value]) => [key, unshared(value)]))
      : unshared(input),
}));

/** It has the methods, and they do nothing. */
const inelastic = (adapter: Adapter): Adapter => ({
  ...claiming({ elastic: true })(adapter),
  elastic: { resize: () => undefined, recycle: Effect.void },
});

const fibers = { base: "fibers", size: 1 } as const;
const threads = { base: "threads", size: 1 } as const;

export const capabilities: ReadonlyArray<Mutant> = [
  {
    ...fibers,
    name: "lies about copies",
    fault: "declares structured clone and hands over the very object",
    caughtBy: "values/copied",
    mutate: claiming({ values: "structured-clone" }),
  },
  {
    ...threads,
    name: "lies about transfer",
    fault: "declares that it moves objects and copies them",
    caughtBy: "transfer/in",
    mutate: changing(() => ({ transfer: [] })),
  },
  {
    ...threads,
    name: "lies about shared memory",
    fault: "declares shared memory and copies it",
    caughtBy: "values/shared-memory",
    mutate: copyingSharedMemory,
  },
  {
    ...fibers,
    name: "lies about force",
    isLie: true,
    fault: "declares that it can stop any body and cannot",
    caughtBy: "cancellation/force",
    mutate: claiming({ forceKill: true }),
  },
  {
    ...fibers,
    name: "lies about isolation",
    isLie: true,
    fault: "declares an isolate of its own and runs on the caller's loop",
    caughtBy: "results/off-the-loop",
    mutate: claiming({ isolation: "isolate" }),
  },
  {
    ...threads,
    name: "lies about processes",
    fault: "declares processes and runs threads",
    caughtBy: "capabilities/isolation",
    mutate: claiming({ isolation: "process" }),
  },
  {
    ...threads,
    name: "lies about durability",
    isLie: true,
    fault: "declares that jobs outlive the program",
    caughtBy: "capabilities/durability",
    mutate: claiming({ durability: true }),
  },
  {
    ...fibers,
    name: "lies about elasticity",
    isLie: true,
    fault: "declares workers that can be replaced and has none",
    caughtBy: "elasticity/prewarm",
    mutate: inelastic,
  },
  {
    ...threads,
    name: "ignores resize",
    fault: "stays at its size whatever it is told",
    caughtBy: "elasticity/resize",
    mutate: (adapter) => ({ ...adapter, elastic: { ...adapter.elastic!, resize: () => undefined } }),
  },
  {
    ...threads,
    name: "ignores recycle",
    fault: "keeps its workers when it is told to replace them",
    caughtBy: "elasticity/recycle",
    mutate: (adapter) => ({ ...adapter, elastic: { ...adapter.elastic!, recycle: Effect.void } }),
  },
];
