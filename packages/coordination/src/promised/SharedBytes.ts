/**
 * `SharedBytes` in promises. Loads no Effect.
 *
 * @since 0.1.0
 */
import type { SharedBytes, SharedBytesOptions } from "../internal/kinds.ts";
import * as Lists from "../internal/lists.ts";
import * as Form from "../internal/promiseForm.ts";
import * as Recipes from "../internal/recipes.ts";

export type { SharedBytes, SharedBytesOptions as Options } from "../internal/kinds.ts";

/**
 * Makes a block of zeros, which lives as long as its runtime: what `open` gave, or the service.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (runtime: object, options: SharedBytesOptions): Promise<SharedBytes> =>
  Form.makeBlock(runtime, () => Recipes.sharedBytes(options));

/**
 * The handle of the one with that name: of the runtime that this task runs on, or in the program of any that it has opened.
 * `Unreachable` where there is none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const find = (name: string): Promise<SharedBytes> => Form.findBlock("SharedBytes", name);

/**
 * Frees it: whoever uses it later is rejected with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (bytes: SharedBytes): Promise<void> => Form.free(bytes);

/**
 * Its bytes: a view of the shared memory itself, not of a copy. It must not be used after `free`, which cannot take it back.
 *
 * @category operations
 * @since 0.1.0
 */
export const view = async (bytes: SharedBytes): Promise<Uint8Array> => Lists.view(bytes);
