/**
 * Handles: plain data that names an object, and crosses to wherever it is used.
 */
import type { Sharing } from "@heddle/core/Coordination";

import type { Kind } from "./engine.ts";

/** The key by which a handle is known, and its kind. */
export const brand = "~heddle/coordination";

/** What names an object of a runtime. */
export interface Handle<K extends string = string> {
  readonly [brand]: K;
  /** The runtime that it belongs to. */
  readonly runtime: string;
  readonly id: number;
  readonly place: Sharing;
  readonly memory?: SharedArrayBuffer | undefined;
}

/** Whether something is a handle of a kind. */
export const isHandle = <K extends Kind>(u: unknown, kind: K): u is Handle<K> =>
  typeof u === "object" && u !== null && (u as { readonly [brand]?: unknown })[brand] === kind;
