/** From a name on the command line to a runtime, and what is known of it. */
import { availableParallelism } from "node:os";

import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";

import {
  type Adapter,
  type AdapterName,
  adapters,
  type RuntimeLayer,
  type RuntimeName,
  type Start,
  variants,
} from "./adapters.ts";
import type { RunSpec, WorkloadName } from "./protocol.ts";

interface Variant {
  readonly name: RuntimeName;
  readonly adapter: AdapterName;
  readonly tasks: "pausing" | "blocking";
  readonly workloads: ReadonlyArray<WorkloadName>;
  readonly description: string;
}

const known: ReadonlyArray<Adapter & { readonly name: RuntimeName }> = adapters;
const others: ReadonlyArray<Variant> = variants;

// A spinner needs a unit beside the one that works.
const unitsOfSpinner = 2;
// An update is lost when two units count at the same time.
const unitsOfCounter = 2;
const unitsOfBook: Partial<Record<WorkloadName, number>> = {
  spinner: unitsOfSpinner,
  nap: unitsOfSpinner,
  workers: 5,
  "print-numbers": 1,
  counter: unitsOfCounter,
};

const variantOf = (runtime: RuntimeName): Variant | undefined => others.find(({ name }) => name === runtime);

/** The row of a runtime's adapter; none of `serial`. */
export const adapterOf = (runtime: RuntimeName): Adapter | undefined => {
  const wanted = variantOf(runtime)?.adapter ?? runtime;
  return known.find(({ name }) => name === wanted);
};

/** All runtimes that a workload can be asked to run on: each adapter, followed by its variants. */
export const namesFor = (workload: WorkloadName): ReadonlyArray<RuntimeName> =>
  known.flatMap((row) => [
    row.name,
    ...others
      .filter(({ adapter, workloads }) => adapter === row.name && workloads.includes(workload))
      .map(({ name }) => name),
  ]);

/** How the tasks of a run are written. */
export const tasksOf = ({ runtime }: RunSpec): "usual" | Variant["tasks"] =>
  variantOf(runtime)?.tasks ?? "usual";

/** What to expect of a runtime. */
export const descriptionOf = (runtime: RuntimeName): string | undefined =>
  (variantOf(runtime) ?? adapterOf(runtime))?.description;

/** Whether all units of a runtime share one thread. */
export const isOneThread = (runtime: RuntimeName): boolean => {
  const bodies = adapterOf(runtime)?.bodies;
  return bodies !== "in threads" && bodies !== "in processes";
};

/** What a run asks of its runtime: the name of its workload, or of a variant that asks for more. */
export type Demand = WorkloadName | "procs";

const shares = new Set<Demand>(["spinner", "nap", "counter", "procs"]);
const spins = new Set<Demand>(["spinner", "nap"]);

/** What a run asks of its runtime. */
export const demandOf = (spec: RunSpec): Demand =>
  spec.workload === "primes" && spec.procs !== undefined ? "procs" : spec.workload;

/** Why something cannot run there, if it cannot: the platform lacks something, or the runtime does. */
export const reasonAgainst = (runtime: RuntimeName, demand: Demand): string | undefined => {
  const adapter = adapterOf(runtime);
  if (adapter === undefined) return undefined;
  const missing = adapter.unavailable?.();
  if (missing !== undefined) return missing;
  if (shares.has(demand) && adapter.sharing === undefined)
    return "its tasks cannot share events, queues or memory: its adapter has no coordination";
  if (spins.has(demand) && adapter.bodies === "one by one")
    return "it runs one body at a time, and a spinner needs another one beside it";
  return demand === "counter" && isOneThread(runtime)
    ? "its units share one thread, where nothing comes between a read and the write after it"
    : undefined;
};

/** How many units work at the same time in a run. */
export const workersOf = (spec: RunSpec): number =>
  isOneThread(spec.runtime) ? 1 : (spec.workers ?? unitsOfBook[spec.workload] ?? availableParallelism());

/** How many workers share the queues of a run: they may take turns on one thread. */
export const crewOf = ({ workers }: RunSpec): number => workers ?? availableParallelism();

/** The layer of a run's runtime; `onBlocked` hears of tasks that hold the loop that they share. */
export const layerOf = (spec: RunSpec, onBlocked: Start["onBlocked"]): RuntimeLayer => {
  const adapter = adapterOf(spec.runtime);
  if (adapter === undefined) throw new TypeError(`${spec.runtime} has no runtime`);
  return Layer.unwrap(Effect.promise(() => adapter.load({ workers: workersOf(spec), onBlocked })));
};
