/**
 * A latch: opens once, and is open then for ever. For "ready", "done", and "all of them are done".
 *
 * @since 0.1.0
 */
import type { Runtime } from "@heddle/core/Runtime";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";

import type { CoordinationError } from "./CoordinationError.ts";
import * as Form from "./internal/effectForm.ts";
import type { Latch, LatchOptions } from "./internal/kinds.ts";
import { action } from "./internal/perform.ts";
import * as Recipes from "./internal/recipes.ts";

export type { Latch, LatchOptions as Options } from "./internal/kinds.ts";

/**
 * How long to wait: without `timeout`, until it is granted.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * Makes a latch that lives as long as its runtime.
 *
 * **Errors**
 *
 * `BadInput`; `Unsupported` where the runtime shares nothing, and inside a task; `Freed` when the runtime has closed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options?: LatchOptions): Effect.Effect<Latch, CoordinationError, Runtime> =>
  Form.make(() => Recipes.latch(options));

/**
 * Makes a latch that is freed when the scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeScoped = (
  options?: LatchOptions,
): Effect.Effect<Latch, CoordinationError, Runtime | Scope.Scope> => Form.scoped(make(options));

/**
 * Frees it: whoever waits, and whoever comes later, fails with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (latch: Latch): Effect.Effect<void, CoordinationError> => Form.free(latch);

/**
 * How often it still has to be counted down, as of now; 0 once it is open.
 *
 * @category operations
 * @since 0.1.0
 */
export const count = (latch: Latch): Effect.Effect<number, CoordinationError> =>
  Form.now(() => action(latch, "Latch", "count"));

/**
 * Counts down, by 1 unless it says otherwise, and not below 0. At 0 it opens: all who wait go on.
 *
 * @category operations
 * @since 0.1.0
 */
export const countDown = (latch: Latch, by = 1): Effect.Effect<void, CoordinationError> =>
  Form.now(() => action(latch, "Latch", "countDown", [Recipes.count("Latch", by)]));

/**
 * Waits until it is open. A wait that is given up changes nothing.
 *
 * @category operations
 * @since 0.1.0
 */
export const wait = (latch: Latch, options?: WaitOptions): Effect.Effect<void, CoordinationError> =>
  Form.wait(() => action(latch, "Latch", "wait"), options);
