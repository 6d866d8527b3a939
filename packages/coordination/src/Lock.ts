/**
 * A lock: at most one holds it. First come, first served, and never for ever: the lock of a worker that dies goes on to the next
 * in line, who is told by `held.abandoned`.
 *
 * @since 0.1.0
 */
import type { Runtime } from "@heddle/core/Runtime";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";

import type { CoordinationError } from "./CoordinationError.ts";
import * as Form from "./internal/effectForm.ts";
import type { Held, Lock, LockOptions } from "./internal/kinds.ts";
import { type Action, action } from "./internal/perform.ts";
import * as Recipes from "./internal/recipes.ts";

export type { Held, Lock, LockOptions as Options } from "./internal/kinds.ts";

/**
 * How long to wait: without `timeout`, until it is granted.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * Makes a lock that lives as long as its runtime.
 *
 * **Errors**
 *
 * `BadInput`; `Unsupported` where the runtime shares nothing, and inside a task; `Freed` when the runtime has closed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options?: LockOptions): Effect.Effect<Lock, CoordinationError, Runtime> =>
  Form.make(() => Recipes.lock(options));

/**
 * Makes a lock that is freed when the scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeScoped = (
  options?: LockOptions,
): Effect.Effect<Lock, CoordinationError, Runtime | Scope.Scope> => Form.scoped(make(options));

/**
 * Frees it: whoever waits, and whoever comes later, fails with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (lock: Lock): Effect.Effect<void, CoordinationError> => Form.free(lock);

const acquiring = (lock: Lock): Action => action(lock, "Lock", "acquire");

/**
 * Waits for the lock. It is not reentrant: whoever holds it and asks again waits for itself.
 *
 * **Cancellation**
 *
 * Interruption leaves the line; the lock is not taken.
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
export const acquire = (lock: Lock, options?: WaitOptions): Effect.Effect<Held, CoordinationError> =>
  Form.wait(() => acquiring(lock), options);

/**
 * Takes the lock if it is free and nobody waits for it.
 *
 * @category operations
 * @since 0.1.0
 */
export const tryAcquire = (lock: Lock): Effect.Effect<Held | undefined, CoordinationError> =>
  Form.now(() => action(lock, "Lock", "tryAcquire"));

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
export const release = (lock: Lock, held: Held): Effect.Effect<void, CoordinationError> =>
  Form.now(() => action(lock, "Lock", "release", [Recipes.tokenOf("Lock", held)]));

/**
 * Runs an effect, or what a function makes of `held`, while it holds the lock.
 *
 * **Cancellation**
 *
 * Interruption leaves the line, or interrupts the effect; the lock is released in any case.
 *
 * @category operations
 * @since 0.1.0
 */
export const withLock = <A, E, R>(
  lock: Lock,
  use: Form.Use<Held, A, E, R>,
  options?: WaitOptions,
): Effect.Effect<A, E | CoordinationError, R> =>
  Form.using({ acquire: () => acquiring(lock), release: (held: Held) => release(lock, held) }, use, options);

/**
 * Whether somebody holds it, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const isHeld = (lock: Lock): Effect.Effect<boolean, CoordinationError> =>
  Form.now(() => action(lock, "Lock", "isHeld"));
