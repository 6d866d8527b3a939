/**
 * What every runtime must do, as data: the cases, by group and by level.
 *
 * **When to use**
 *
 * To look at the cases, or to choose some of them. `@heddle/conformance/Runner` puts a runtime through them, and
 * `./vitest` and `./nodeTest` make tests of them.
 *
 * @since 0.1.0
 */
import type { Case } from "./Case.ts";
import { addressing } from "./suites/addressing.ts";
import { backPressure } from "./suites/backPressure.ts";
import { cancellation } from "./suites/cancellation.ts";
import { capabilities } from "./suites/capabilities.ts";
import { capabilitiesRefused } from "./suites/capabilitiesRefused.ts";
import { chunks } from "./suites/chunks.ts";
import { context } from "./suites/context.ts";
import { coordinationBarriers } from "./suites/coordinationBarriers.ts";
import { coordinationCrowds } from "./suites/coordinationCrowds.ts";
import { coordinationDeaths } from "./suites/coordinationDeaths.ts";
import { coordinationEnds } from "./suites/coordinationEnds.ts";
import { coordinationHandles } from "./suites/coordinationHandles.ts";
import { coordinationLife } from "./suites/coordinationLife.ts";
import { coordinationLocks } from "./suites/coordinationLocks.ts";
import { coordinationMemory } from "./suites/coordinationMemory.ts";
import { coordinationPermits } from "./suites/coordinationPermits.ts";
import { coordinationQueues } from "./suites/coordinationQueues.ts";
import { coordinationSignals } from "./suites/coordinationSignals.ts";
import { deadline } from "./suites/deadline.ts";
import { elasticity } from "./suites/elasticity.ts";
import { errors } from "./suites/errors.ts";
import { faults } from "./suites/faults.ts";
import { hostile } from "./suites/hostile.ts";
import { isolation } from "./suites/isolation.ts";
import { life } from "./suites/life.ts";
import { lifecycle } from "./suites/lifecycle.ts";
import { nesting } from "./suites/nesting.ts";
import { ordering } from "./suites/ordering.ts";
import { output } from "./suites/output.ts";
import { portedCalls } from "./suites/portedCalls.ts";
import { portedDeadlocks } from "./suites/portedDeadlocks.ts";
import { portedMaps } from "./suites/portedMaps.ts";
import { portedPools } from "./suites/portedPools.ts";
import { progress } from "./suites/progress.ts";
import { quarantines } from "./suites/quarantine.ts";
import { queueing } from "./suites/queueing.ts";
import { results } from "./suites/results.ts";
import { shutdown } from "./suites/shutdown.ts";
import { streaming } from "./suites/streaming.ts";
import { supervision } from "./suites/supervision.ts";
import { together } from "./suites/together.ts";
import { togetherEnds } from "./suites/togetherEnds.ts";
import { told } from "./suites/told.ts";
import { toldNested } from "./suites/toldNested.ts";
import { transfers } from "./suites/transfer.ts";
import { values } from "./suites/values.ts";

const names = [
  "results",
  "values",
  "transfer",
  "errors",
  "streaming",
  "progress",
  "context",
  "ordering",
  "back-pressure",
  "hostile",
  "cancellation",
  "deadline",
  "nesting",
  "lifecycle",
  "capabilities",
  "isolation",
  "coordination",
  "output",
  "supervision",
  "elasticity",
  "shutdown",
] as const;

/**
 * The name of a group of cases.
 *
 * @category models
 * @since 0.1.0
 */
export type GroupName = (typeof names)[number];

/** Each case leaves its runtime as it was, unless it asks for options. */
const sharing = (cases: ReadonlyArray<Case>): ReadonlyArray<Case> =>
  cases.map((entry) => ({ shares: entry.options === undefined, ...entry }));

/** In any order: a case is in the group that its id begins with. */
const unsorted: ReadonlyArray<Case> = [
  ...sharing(results),
  ...sharing(values),
  ...sharing(transfers),
  ...sharing(errors),
  ...sharing(streaming),
  ...sharing(progress),
  ...sharing(context),
  ...sharing(ordering),
  ...sharing(hostile),
  ...sharing(deadline),
  ...queueing,
  ...backPressure,
  ...cancellation,
  ...addressing,
  ...nesting,
  ...lifecycle,
  ...shutdown,
  ...supervision,
  ...quarantines,
  ...elasticity,
  ...faults,
  ...life,
  ...portedCalls,
  ...portedMaps,
  ...portedDeadlocks,
  ...portedPools,
  ...capabilities,
  ...capabilitiesRefused,
  ...isolation,
  ...sharing(coordinationHandles),
  ...sharing(coordinationLocks),
  ...sharing(coordinationPermits),
  ...sharing(coordinationSignals),
  ...sharing(coordinationBarriers),
  ...sharing(coordinationQueues),
  ...sharing(coordinationCrowds),
  ...sharing(coordinationEnds),
  ...sharing(coordinationMemory),
  ...coordinationLife,
  ...coordinationDeaths,
  ...output,
  ...told,
  ...toldNested,
  ...sharing(together),
  ...sharing(togetherEnds),
  ...sharing(chunks),
];

/**
 * The name of the group that a case belongs to: what its id has before the slash.
 *
 * @category groups
 * @since 0.1.0
 */
export const groupOf = ({ id }: Pick<Case, "id">): string => id.slice(0, id.indexOf("/"));

/**
 * The cases by group, each in the order in which they are run.
 *
 * @category groups
 * @since 0.1.0
 */
export const groups = Object.fromEntries(
  names.map((name) => [name, unsorted.filter((entry) => groupOf(entry) === name)]),
) as unknown as Readonly<Record<GroupName, ReadonlyArray<Case>>>;

/**
 * All cases, group after group.
 *
 * @category cases
 * @since 0.1.0
 */
export const cases: ReadonlyArray<Case> = Object.values(groups).flat();

/**
 * Tells whether a case is of the base level: it applies to every runtime.
 *
 * @category levels
 * @since 0.1.0
 */
export const isBase = ({ needs }: Pick<Case, "needs">): boolean => (needs ?? []).length === 0;

/**
 * The cases that apply to every runtime.
 *
 * @category levels
 * @since 0.1.0
 */
export const base: ReadonlyArray<Case> = cases.filter(isBase);
