/** From the name of a workload to its two programs: on a runtime, and serially. */
import type { CoordinationError } from "@heddle/coordination/promised";
import type * as Runtime from "@heddle/core/Runtime";
import type { RuntimeError } from "@heddle/core/RuntimeError";
import type * as Effect from "effect/Effect";

import type { RunSpec, SpecOf, WorkloadName } from "../protocol.ts";
import type { Report } from "./report.ts";

interface Workload<S> {
  readonly program: (
    spec: S,
  ) => Effect.Effect<void, RuntimeError | CoordinationError.CoordinationError, Runtime.Runtime | Report>;
  readonly serial: (spec: S) => Effect.Effect<void, never, Report>;
}

const loaders: { readonly [W in WorkloadName]: () => Promise<Workload<SpecOf<W>>> } = {
  spinner: () => import("./spinner.ts"),
  primes: () => import("./primes.ts"),
  "print-numbers": () => import("./printNumbers.ts"),
  workers: () => import("./workers.ts"),
  "sleep-vs-crunch": () => import("./sleepVsCrunch.ts"),
  nap: () => import("./nap.ts"),
  counter: () => import("./counter.ts"),
};

/** Loads a workload when it is needed. */
export const load = (spec: RunSpec): Promise<Workload<RunSpec>> =>
  loaders[spec.workload]() as Promise<Workload<RunSpec>>;

/** Whether the workload turns a spinner of its own; in the others the host's loop does. */
export const hasOwnSpinner = ({ workload }: RunSpec): boolean => workload === "spinner" || workload === "nap";
