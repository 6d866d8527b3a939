/**
 * Checks the options of this runtime and fills in the defaults.
 */
import { inspect } from "node:util";

import { invalidOptions, type RuntimeError } from "@heddle/core/RuntimeError";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";

import type { Options } from "../Fibers.ts";

export interface Resolved {
  readonly concurrency: number | undefined;
  readonly budgetMillis: number;
  readonly thresholdMillis: number;
}

const isConcurrency = (u: unknown): u is number =>
  u === Number.POSITIVE_INFINITY || (Number.isInteger(u) && (u as number) >= 1);

const isDuration = (u: unknown): u is Duration.Input => {
  // Effect reads NaN as zero.
  if (Number.isNaN(u)) return false;
  const duration = Duration.fromInput(u as Duration.Input);
  return duration._tag === "Some" && Duration.toMillis(duration.value) >= 0;
};

const isFunction = (u: unknown): u is NonNullable<Options["onBlocked"]> => typeof u === "function";

const duration = {
  schema: Schema.declare(isDuration),
  expected: 'a duration of zero or more, such as 8 or "100 millis"',
};

const checks = {
  concurrency: { schema: Schema.declare(isConcurrency), expected: "a whole number of 1 or more" },
  yieldBudget: duration,
  blockThreshold: duration,
  closeTimeout: duration,
  onBlocked: { schema: Schema.declare(isFunction), expected: "a function" },
} satisfies Record<keyof Options, { readonly schema: Schema.Constraint; readonly expected: string }>;

const isOption = (name: string): name is keyof Options => Object.hasOwn(checks, name);

const problem = (name: string, value: unknown): string | undefined => {
  if (!isOption(name)) return `there is no such option; there are ${Object.keys(checks).join(", ")}`;
  const { expected, schema } = checks[name];
  if (value === undefined || Schema.is(schema)(value)) return undefined;
  return `expected ${expected}, got ${inspect(value)}`;
};

export const resolve = (options: Options): Effect.Effect<Resolved, RuntimeError> =>
  Effect.suspend(() => {
    for (const [name, value] of Object.entries(options)) {
      const detail = problem(name, value);
      if (detail !== undefined) return Effect.fail(invalidOptions("fibers", name, detail));
    }
    const budgetMillis = Duration.toMillis(options.yieldBudget ?? 8);
    const thresholdMillis = Duration.toMillis(options.blockThreshold ?? 100);
    if (thresholdMillis <= budgetMillis && Number.isFinite(thresholdMillis)) {
      const detail = `expected more than the yield budget of ${budgetMillis} ms, got ${thresholdMillis} ms`;
      return Effect.fail(invalidOptions("fibers", "blockThreshold", detail));
    }
    return Effect.succeed({
      concurrency: options.concurrency === Number.POSITIVE_INFINITY ? undefined : options.concurrency,
      budgetMillis,
      thresholdMillis,
    });
  });
