/**
 * A barrier: those who come wait until all are there, time and again.
 *
 * @since 0.1.0
 */
import type { Runtime } from "@heddle/core/Runtime";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";

import type { CoordinationError } from "./CoordinationError.ts";
import * as Form from "./internal/effectForm.ts";
import type { Barrier, BarrierOptions } from "./internal/kinds.ts";
import { action } from "./internal/perform.ts";
import * as Recipes from "./internal/recipes.ts";

export type { Barrier, BarrierOptions as Options } from "./internal/kinds.ts";

/**
 * How long to wait: without `timeout`, until it is granted.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * Makes a barrier that lives as long as its runtime.
 *
 * **Errors**
 *
 * `BadInput`; `Unsupported` where the runtime shares nothing, and inside a task; `Freed` when the runtime has closed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: BarrierOptions): Effect.Effect<Barrier, CoordinationError, Runtime> =>
  Form.make(() => Recipes.barrier(options));

/**
 * Makes a barrier that is freed when the scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeScoped = (
  options: BarrierOptions,
): Effect.Effect<Barrier, CoordinationError, Runtime | Scope.Scope> => Form.scoped(make(options));

/**
 * Frees it: whoever waits, and whoever comes later, fails with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (barrier: Barrier): Effect.Effect<void, CoordinationError> => Form.free(barrier);

/**
 * How many have to come.
 *
 * @category operations
 * @since 0.1.0
 */
export const parties = (barrier: Barrier): Effect.Effect<number, CoordinationError> =>
  Form.now(() => action(barrier, "Barrier", "parties"));

/**
 * How many wait, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const waiting = (barrier: Barrier): Effect.Effect<number, CoordinationError> =>
  Form.now(() => action(barrier, "Barrier", "waiting"));

/**
 * Whether it is broken, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const isBroken = (barrier: Barrier): Effect.Effect<boolean, CoordinationError> =>
  Form.now(() => action(barrier, "Barrier", "isBroken"));

/**
 * Waits for the others; gives the place of arrival, 0 for the first. The last one lets all go on, and it begins anew.
 *
 * A wait that is cancelled or timed out, or whose worker ends, breaks the barrier, since all can never meet any more: all who wait,
 * and all who come, fail with `Broken` until somebody calls `reset`.
 *
 * @category operations
 * @since 0.1.0
 */
export const wait = (barrier: Barrier, options?: WaitOptions): Effect.Effect<number, CoordinationError> =>
  Form.wait(() => action(barrier, "Barrier", "wait"), options);

/**
 * Mends it. Whoever waits fails with `Broken`.
 *
 * @category operations
 * @since 0.1.0
 */
export const reset = (barrier: Barrier): Effect.Effect<void, CoordinationError> =>
  Form.now(() => action(barrier, "Barrier", "reset"));

/**
 * Breaks it: whoever waits, and whoever comes, fails with `Broken` until `reset`.
 *
 * @category operations
 * @since 0.1.0
 */
export const breakUp = (barrier: Barrier): Effect.Effect<void, CoordinationError> =>
  Form.now(() => action(barrier, "Barrier", "breakUp"));
