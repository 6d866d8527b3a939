/**
 * A list of fixed length that all units of a runtime see and change: `null`, booleans, numbers, `bigint`s of 64 bits, text and bytes,
 * exactly as they were set. Each item is read and set whole, whatever others do; a worker that dies while it sets one leaves what was
 * there. An item may change its type, but not take more bytes than it has room for.
 *
 * @since 0.1.0
 */
import type { Runtime } from "@heddle/core/Runtime";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";

import type { CoordinationError } from "./CoordinationError.ts";
import type { Item } from "./internal/cells.ts";
import * as Form from "./internal/effectForm.ts";
import type { SharedList, SharedListOptions } from "./internal/kinds.ts";
import * as Lists from "./internal/lists.ts";
import * as Recipes from "./internal/recipes.ts";

export type { SharedList, SharedListOptions as Options } from "./internal/kinds.ts";
export type { Item } from "./internal/cells.ts";

/**
 * Makes a list of these items, which lives as long as its runtime.
 *
 * **Errors**
 *
 * `Unsupported` on processes without `koffi`, where the runtime shares nothing, and inside a task; `BadInput`; `Exhausted`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  items: ReadonlyArray<Item>,
  options?: SharedListOptions,
): Effect.Effect<SharedList, CoordinationError, Runtime> =>
  Form.makeBlock(() => Recipes.sharedList(items, options));

/**
 * Makes a list of these items, freed when the scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeScoped = (
  items: ReadonlyArray<Item>,
  options?: SharedListOptions,
): Effect.Effect<SharedList, CoordinationError, Runtime | Scope.Scope> => Form.scoped(make(items, options));

/**
 * The handle of the one with that name: of the runtime that this task runs on, or in the program of any that it has opened.
 * `Unreachable` where there is none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const find = (name: string): Effect.Effect<SharedList, CoordinationError> =>
  Form.findBlock("SharedList", name);

/**
 * Frees it: whoever uses it later fails with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (list: SharedList): Effect.Effect<void, CoordinationError> => Form.free(list);

/**
 * The item at a place, counted from 0. `BadInput` where there is none.
 *
 * @category operations
 * @since 0.1.0
 */
export const get = (list: SharedList, index: number): Effect.Effect<Item, CoordinationError> =>
  Form.attempt(() => Lists.get(list, index));

/**
 * Sets the item at a place. `Exhausted` when it takes more bytes than it has room for; `BadInput` for what a list cannot hold.
 *
 * @category operations
 * @since 0.1.0
 */
export const set = (list: SharedList, index: number, item: Item): Effect.Effect<void, CoordinationError> =>
  Form.attempt(() => Lists.set(list, index, item));

/**
 * How many items it has.
 *
 * @category operations
 * @since 0.1.0
 */
export const length = (list: SharedList): Effect.Effect<number, CoordinationError> =>
  Form.attempt(() => Lists.length(list));

/**
 * All items, each as of the instant when it is read.
 *
 * @category operations
 * @since 0.1.0
 */
export const toArray = (list: SharedList): Effect.Effect<ReadonlyArray<Item>, CoordinationError> =>
  Form.attempt(() => Lists.toArray(list));
