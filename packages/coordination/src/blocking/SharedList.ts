/**
 * `SharedList` for synchronous bodies, wherever memory is shared. Loads no Effect.
 *
 * @since 0.1.0
 */
import type { Item } from "../internal/cells.ts";
import type { SharedList } from "../internal/kinds.ts";
import * as Lists from "../internal/lists.ts";

export type { SharedList } from "../internal/kinds.ts";
export type { Item } from "../internal/cells.ts";

/**
 * The item at a place, counted from 0. `BadInput` where there is none.
 *
 * @category operations
 * @since 0.1.0
 */
export const get = (list: SharedList, index: number): Item => Lists.get(list, index);

/**
 * Sets the item at a place. `Exhausted` when it takes more bytes than it has room for; `BadInput` for what a list cannot hold.
 *
 * @category operations
 * @since 0.1.0
 */
export const set = (list: SharedList, index: number, item: Item): void => Lists.set(list, index, item);

/**
 * How many items it has.
 *
 * @category operations
 * @since 0.1.0
 */
export const length = (list: SharedList): number => Lists.length(list);

/**
 * All items, each as of the instant when it is read.
 *
 * @category operations
 * @since 0.1.0
 */
export const toArray = (list: SharedList): ReadonlyArray<Item> => Lists.toArray(list);
