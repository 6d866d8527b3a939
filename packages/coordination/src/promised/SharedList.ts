/**
 * `SharedList` in promises. Loads no Effect.
 *
 * @since 0.1.0
 */
import type { Item } from "../internal/cells.ts";
import type { SharedList, SharedListOptions } from "../internal/kinds.ts";
import * as Lists from "../internal/lists.ts";
import * as Form from "../internal/promiseForm.ts";
import * as Recipes from "../internal/recipes.ts";

export type { SharedList, SharedListOptions as Options } from "../internal/kinds.ts";
export type { Item } from "../internal/cells.ts";

/**
 * Makes a list of these items, which lives as long as its runtime: what `open` gave, or the service.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  runtime: object,
  items: ReadonlyArray<Item>,
  options?: SharedListOptions,
): Promise<SharedList> => Form.makeBlock(runtime, () => Recipes.sharedList(items, options));

/**
 * The handle of the one with that name: of the runtime that this task runs on, or in the program of any that it has opened.
 * `Unreachable` where there is none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const find = (name: string): Promise<SharedList> => Form.findBlock("SharedList", name);

/**
 * Frees it: whoever uses it later is rejected with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (list: SharedList): Promise<void> => Form.free(list);

/**
 * The item at a place, counted from 0. `BadInput` where there is none.
 *
 * @category operations
 * @since 0.1.0
 */
export const get = async (list: SharedList, index: number): Promise<Item> => Lists.get(list, index);

/**
 * Sets the item at a place. `Exhausted` when it takes more bytes than it has room for; `BadInput` for what a list cannot hold.
 *
 * @category operations
 * @since 0.1.0
 */
export const set = async (list: SharedList, index: number, item: Item): Promise<void> =>
  Lists.set(list, index, item);

/**
 * How many items it has.
 *
 * @category operations
 * @since 0.1.0
 */
export const length = async (list: SharedList): Promise<number> => Lists.length(list);

/**
 * All items, each as of the instant when it is read.
 *
 * @category operations
 * @since 0.1.0
 */
export const toArray = async (list: SharedList): Promise<ReadonlyArray<Item>> => Lists.toArray(list);
