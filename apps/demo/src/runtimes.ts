/**
 * The composition root: from a name on the command line to a runtime. Nothing else in the demo knows the adapters.
 *
 * Each adapter is loaded when it is asked for, so that a run pays only for its own.
 */
import { availableParallelism } from "node:os";

import type * as Runtime from "@heddle/core/Runtime";
import type { RuntimeError } from "@heddle/core/RuntimeError";
import type { BlockReport } from "@heddle/fibers";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";

import type { RunSpec, RuntimeName } from "./protocol.ts";

type RuntimeLayer = Layer.Layer<Runtime.Runtime, RuntimeError>;

// A spinner needs a unit beside the one that works.
const unitsOfSpinner = 2;
const unitsOfBook: Partial<Record<RunSpec["workload"], number>> = {
  spinner: unitsOfSpinner,
  nap: unitsOfSpinner,
  workers: 5,
  "print-numbers": 1,
};

/** Whether all units of a runtime share one thread. */
export const isOneThread = (runtime: RuntimeName): boolean =>
  runtime !== "threads" && runtime !== "processes";

/** How many units work at the same time in a run. */
export const workersOf = (spec: RunSpec): number =>
  isOneThread(spec.runtime) ? 1 : (spec.workers ?? unitsOfBook[spec.workload] ?? availableParallelism());

/** The layer of a run's runtime; `onBlocked` hears of tasks that hold the loop that they share. */
export const layerOf = (spec: RunSpec, onBlocked: (report: BlockReport) => void): RuntimeLayer => {
  const size = workersOf(spec);
  switch (spec.runtime) {
    case "threads":
      return lazily(async () => (await import("@heddle/threads")).layer({ size }));
    case "processes":
      return lazily(async () => (await import("@heddle/processes")).layer({ size }));
    default:
      return lazily(async () => (await import("@heddle/fibers")).layer({ onBlocked }));
  }
};

const lazily = (load: () => Promise<RuntimeLayer>): RuntimeLayer => Layer.unwrap(Effect.promise(load));
