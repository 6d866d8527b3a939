/**
 * Checks the options of this runtime and fills in the defaults.
 */
import * as Check from "@heddle/core/Options";
import { invalidOptions, type RuntimeError } from "@heddle/core/RuntimeError";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";

import type { Options } from "../Fibers.ts";

export interface Resolved {
  readonly concurrency: number;
  readonly agingMillis: number;
  readonly budgetMillis: number;
  readonly thresholdMillis: number;
}

const isFunction = (u: unknown): u is NonNullable<Options["onBlocked"]> => typeof u === "function";

const checks: Readonly<Record<keyof Options, Check.Check>> = {
  concurrency: Check.wholeNumber(1, Number.POSITIVE_INFINITY),
  maxQueue: Check.wholeNumber(0, Number.POSITIVE_INFINITY),
  whenFull: Check.whenFull,
  aging: Check.duration,
  yieldBudget: Check.duration,
  blockThreshold: Check.duration,
  closeTimeout: Check.duration,
  onBlocked: Check.guard(isFunction, "a function"),
};

export const resolve = (options: Options): Effect.Effect<Resolved, RuntimeError> =>
  Effect.flatMap(Check.check("fibers", checks, options), () => {
    const budgetMillis = Duration.toMillis(options.yieldBudget ?? 8);
    const thresholdMillis = Duration.toMillis(options.blockThreshold ?? 100);
    if (thresholdMillis <= budgetMillis && Number.isFinite(thresholdMillis)) {
      const detail = `expected more than the yield budget of ${budgetMillis} ms, got ${thresholdMillis} ms`;
      return Effect.fail(invalidOptions("fibers", "blockThreshold", detail));
    }
    return Effect.succeed({
      concurrency: options.concurrency ?? Number.POSITIVE_INFINITY,
      agingMillis: Duration.toMillis(options.aging ?? "1 second"),
      budgetMillis,
      thresholdMillis,
    });
  });
