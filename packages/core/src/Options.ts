/**
 * Checks of options, the same for every runtime: unknown names and senseless values are refused with one kind of error.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";

import { inspect } from "./Platform.ts";
import { invalidOptions, type RuntimeError } from "./RuntimeError.ts";

/**
 * What an option may be, and how to say so.
 *
 * @category models
 * @since 0.1.0
 */
export interface Check {
  readonly accepts: (u: unknown) => boolean;
  readonly expected: string;
}

const units = new Set([
  "weeks",
  "days",
  "hours",
  "minutes",
  "seconds",
  "milliseconds",
  "microseconds",
  "nanoseconds",
]);

const isUnits = (u: object): boolean => {
  const parts = Object.entries(u);
  return parts.length > 0 && parts.every(([unit, count]) => units.has(unit) && Number.isFinite(count));
};

/**
 * Whether a value is a duration of zero or more. Effect itself reads `NaN` and units that it does not know as zero.
 *
 * @category guards
 * @since 0.1.0
 */
export const isDuration = (u: unknown): u is Duration.Input => {
  if (Number.isNaN(u)) return false;
  const isObject = typeof u === "object" && u !== null && !Array.isArray(u);
  if (isObject && !Duration.isDuration(u) && !isUnits(u)) return false;
  const duration = Duration.fromInput(u as Duration.Input);
  return duration._tag === "Some" && Duration.toMillis(duration.value) >= 0;
};

/**
 * A duration of zero or more.
 *
 * @category checks
 * @since 0.1.0
 */
export const duration: Check = {
  accepts: isDuration,
  expected: 'a duration of zero or more, such as 500 or "2 seconds"',
};

/**
 * A whole number within bounds; `Infinity` where `max` is `Infinity`.
 *
 * @category checks
 * @since 0.1.0
 */
export const wholeNumber = (min: number, max: number): Check => ({
  accepts: (u) => typeof u === "number" && (Number.isInteger(u) || u === max) && u >= min && u <= max,
  expected:
    max === Number.POSITIVE_INFINITY
      ? `a whole number of ${min} or more, or Infinity`
      : `a whole number from ${min} to ${max}`,
});

/**
 * How many workers a pool may have.
 *
 * @category checks
 * @since 0.1.0
 */
export const poolSize: Check = wholeNumber(1, 4096);

/**
 * Anything that a guard accepts.
 *
 * @category checks
 * @since 0.1.0
 */
export const guard = (accepts: (u: unknown) => boolean, expected: string): Check => ({ accepts, expected });

/**
 * A switch.
 *
 * @category checks
 * @since 0.1.0
 */
export const boolean: Check = guard((u) => typeof u === "boolean", "true or false");

/**
 * What a runtime does with a job too many; the same option of every runtime.
 *
 * @category checks
 * @since 0.1.0
 */
export const whenFull: Check = guard((u) => u === "wait" || u === "reject", '"wait" or "reject"');

/**
 * The first thing that is wrong with some options, if anything is.
 *
 * **Details**
 *
 * Only own properties count, so nothing can be smuggled in through a prototype. `undefined` means absent.
 *
 * @category checks
 * @since 0.1.0
 */
export const findProblem = (
  checks: Readonly<Record<string, Check>>,
  options: object,
): { readonly option: string; readonly detail: string } | undefined => {
  for (const [option, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, option)) {
      return { option, detail: `there is no such option; there are ${Object.keys(checks).join(", ")}` };
    }
    const { accepts, expected } = checks[option] as Check;
    if (value !== undefined && !accepts(value)) {
      return { option, detail: `expected ${expected}, got ${inspect(value)}` };
    }
  }
  return undefined;
};

/**
 * Refuses options that make no sense.
 *
 * **Errors**
 *
 * `InvalidOptions` names the option, what was expected and what was given.
 *
 * @category checks
 * @since 0.1.0
 */
export const check = (
  runtime: string,
  checks: Readonly<Record<string, Check>>,
  options: object,
): Effect.Effect<void, RuntimeError> =>
  Effect.suspend(() => {
    const problem = findProblem(checks, options);
    return problem === undefined
      ? Effect.void
      : Effect.fail(invalidOptions(runtime, problem.option, problem.detail));
  });

/**
 * The own properties of options, so that what was checked is what is used: nothing is read through a prototype, be it
 * one of the caller's or a polluted `Object.prototype`. What is no object is given back as it is.
 *
 * @category conversions
 * @since 0.1.0
 */
export const own = <A extends object | undefined>(options: A): A => {
  if (options === null || typeof options !== "object") return options;
  return Object.assign(Object.create(null), options) as A;
};
