/**
 * `SharedBytes` for synchronous bodies, wherever memory is shared. Loads no Effect.
 *
 * @since 0.1.0
 */
import type { SharedBytes } from "../internal/kinds.ts";
import * as Lists from "../internal/lists.ts";

export type { SharedBytes } from "../internal/kinds.ts";

/**
 * Its bytes: a view of the shared memory itself, not of a copy. It must not be used after `free`, which cannot take it back.
 *
 * @category operations
 * @since 0.1.0
 */
export const view = (bytes: SharedBytes): Uint8Array => Lists.view(bytes);
