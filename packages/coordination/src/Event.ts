/**
 * An event: set or not, as often as one likes. For a state that tasks wait for; what happens once is a `Latch`.
 *
 * @since 0.1.0
 */
import type { Runtime } from "@heddle/core/Runtime";
import type * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";

import type { CoordinationError } from "./CoordinationError.ts";
import * as Form from "./internal/effectForm.ts";
import type { Event, EventOptions } from "./internal/kinds.ts";
import { action } from "./internal/perform.ts";
import * as Recipes from "./internal/recipes.ts";

export type { Event, EventOptions as Options } from "./internal/kinds.ts";

/**
 * How long to wait: without `timeout`, until it is granted.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * Makes an event that lives as long as its runtime.
 *
 * **Errors**
 *
 * `BadInput`; `Unsupported` where the runtime shares nothing, and inside a task; `Freed` when the runtime has closed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options?: EventOptions): Effect.Effect<Event, CoordinationError, Runtime> =>
  Form.make(() => Recipes.event(options));

/**
 * Makes an event that is freed when the scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeScoped = (
  options?: EventOptions,
): Effect.Effect<Event, CoordinationError, Runtime | Scope.Scope> => Form.scoped(make(options));

/**
 * Frees it: whoever waits, and whoever comes later, fails with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (event: Event): Effect.Effect<void, CoordinationError> => Form.free(event);

/**
 * Whether it is set, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const isSet = (event: Event): Effect.Effect<boolean, CoordinationError> =>
  Form.now(() => action(event, "Event", "isSet"));

/**
 * Sets it: all who wait go on, even if it is cleared before they run.
 *
 * @category operations
 * @since 0.1.0
 */
export const set = (event: Event): Effect.Effect<void, CoordinationError> =>
  Form.now(() => action(event, "Event", "set"));

/**
 * Clears it: whoever comes from now on waits.
 *
 * @category operations
 * @since 0.1.0
 */
export const clear = (event: Event): Effect.Effect<void, CoordinationError> =>
  Form.now(() => action(event, "Event", "clear"));

/**
 * Waits until it is set. A wait that is given up changes nothing.
 *
 * @category operations
 * @since 0.1.0
 */
export const wait = (event: Event, options?: WaitOptions): Effect.Effect<void, CoordinationError> =>
  Form.wait(() => action(event, "Event", "wait"), options);

/**
 * Waits until it is set, but not longer than that; gives whether it was. The clock of a loop that does something now and then until it is told to stop.
 *
 * @category operations
 * @since 0.1.0
 */
export const isSetWithin = (
  event: Event,
  timeout: Duration.Input,
): Effect.Effect<boolean, CoordinationError> =>
  Form.orTimedOut(Effect.as(wait(event, { timeout }), true), false);
