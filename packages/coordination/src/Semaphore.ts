/**
 * A semaphore: a number of permits, which whoever needs some holds for a while. First come, first served: whoever waits for many
 * is not overtaken by those who want few. The permits of a worker that dies go on to the next in line, who is told by
 * `held.abandoned`.
 *
 * @since 0.1.0
 */
import type { Runtime } from "@heddle/core/Runtime";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";

import type { CoordinationError } from "./CoordinationError.ts";
import * as Form from "./internal/effectForm.ts";
import type { Held, Semaphore, SemaphoreOptions } from "./internal/kinds.ts";
import { type Action, action } from "./internal/perform.ts";
import * as Recipes from "./internal/recipes.ts";

export type { Held, Semaphore, SemaphoreOptions as Options } from "./internal/kinds.ts";

/**
 * How long to wait: without `timeout`, until it is granted.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * Makes a semaphore that lives as long as its runtime.
 *
 * **Errors**
 *
 * `BadInput`; `Unsupported` where the runtime shares nothing, and inside a task; `Freed` when the runtime has closed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: SemaphoreOptions): Effect.Effect<Semaphore, CoordinationError, Runtime> =>
  Form.make(() => Recipes.semaphore(options));

/**
 * Makes a semaphore that is freed when the scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeScoped = (
  options: SemaphoreOptions,
): Effect.Effect<Semaphore, CoordinationError, Runtime | Scope.Scope> => Form.scoped(make(options));

/**
 * Frees it: whoever waits, and whoever comes later, fails with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (semaphore: Semaphore): Effect.Effect<void, CoordinationError> => Form.free(semaphore);

const acquiring = (semaphore: Semaphore, permits: number): Action =>
  action(semaphore, "Semaphore", "acquire", [Recipes.permits(semaphore, permits)]);

/**
 * Waits for permits: one, unless it says otherwise; never more than there are (`BadInput`).
 *
 * **Cancellation**
 *
 * Interruption leaves the line; nothing is taken.
 *
 * **Errors**
 *
 * `TimedOut` with nothing taken, `Freed`, `Unreachable`, `Exhausted`.
 *
 * **Ordering**
 *
 * First come, first served.
 *
 * @category operations
 * @since 0.1.0
 */
export const acquire = (
  semaphore: Semaphore,
  permits = 1,
  options?: WaitOptions,
): Effect.Effect<Held, CoordinationError> => Form.wait(() => acquiring(semaphore, permits), options);

/**
 * Takes permits if there are so many, and nobody waits for some.
 *
 * @category operations
 * @since 0.1.0
 */
export const tryAcquire = (
  semaphore: Semaphore,
  permits = 1,
): Effect.Effect<Held | undefined, CoordinationError> =>
  Form.now(() => action(semaphore, "Semaphore", "tryAcquire", [Recipes.permits(semaphore, permits)]));

/**
 * Releases what `acquire` gave, in the worker where it did.
 *
 * **Errors**
 *
 * `NotOwner` when this worker does not hold it with that token, for example the second time.
 *
 * @category operations
 * @since 0.1.0
 */
export const release = (semaphore: Semaphore, held: Held): Effect.Effect<void, CoordinationError> =>
  Form.now(() => action(semaphore, "Semaphore", "release", [Recipes.tokenOf("Semaphore", held)]));

/**
 * Runs an effect, or what a function makes of `held`, while it holds permits.
 *
 * **Cancellation**
 *
 * Interruption leaves the line, or interrupts the effect; they are released in any case.
 *
 * @category operations
 * @since 0.1.0
 */
export const withPermits = <A, E, R>(
  semaphore: Semaphore,
  permits: number,
  use: Form.Use<Held, A, E, R>,
  options?: WaitOptions,
): Effect.Effect<A, E | CoordinationError, R> =>
  Form.using(
    { acquire: () => acquiring(semaphore, permits), release: (held: Held) => release(semaphore, held) },
    use,
    options,
  );

/**
 * How many permits are free, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const available = (semaphore: Semaphore): Effect.Effect<number, CoordinationError> =>
  Form.now(() => action(semaphore, "Semaphore", "available"));
