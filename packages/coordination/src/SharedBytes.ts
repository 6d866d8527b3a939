/**
 * A block of bytes that all units of a runtime see and change: the very same memory.
 *
 * On threads it is a `SharedArrayBuffer`, on processes a mapping that needs the package `koffi` and Linux. Nothing orders what
 * units write at the same time: use `Atomics` over a view of it, or a `Lock`.
 *
 * @since 0.1.0
 */
import type { Runtime } from "@heddle/core/Runtime";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";

import type { CoordinationError } from "./CoordinationError.ts";
import * as Form from "./internal/effectForm.ts";
import type { SharedBytes, SharedBytesOptions } from "./internal/kinds.ts";
import * as Lists from "./internal/lists.ts";
import * as Recipes from "./internal/recipes.ts";

export type { SharedBytes, SharedBytesOptions as Options } from "./internal/kinds.ts";

/**
 * Makes a block of zeros, which lives as long as its runtime.
 *
 * **Errors**
 *
 * `Unsupported` on processes without `koffi`, where the runtime shares nothing, and inside a task; `BadInput`; `Exhausted`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: SharedBytesOptions): Effect.Effect<SharedBytes, CoordinationError, Runtime> =>
  Form.makeBlock(() => Recipes.sharedBytes(options));

/**
 * Makes a block of zeros, freed when the scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeScoped = (
  options: SharedBytesOptions,
): Effect.Effect<SharedBytes, CoordinationError, Runtime | Scope.Scope> => Form.scoped(make(options));

/**
 * The handle of the one with that name: of the runtime that this task runs on, or in the program of any that it has opened.
 * `Unreachable` where there is none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const find = (name: string): Effect.Effect<SharedBytes, CoordinationError> =>
  Form.findBlock("SharedBytes", name);

/**
 * Frees it: whoever uses it later fails with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (bytes: SharedBytes): Effect.Effect<void, CoordinationError> => Form.free(bytes);

/**
 * Its bytes: a view of the shared memory itself, not of a copy. It must not be used after `free`, which cannot take it back.
 *
 * @category operations
 * @since 0.1.0
 */
export const view = (bytes: SharedBytes): Effect.Effect<Uint8Array, CoordinationError> =>
  Form.attempt(() => Lists.view(bytes));
