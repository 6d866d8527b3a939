/**
 * The objects of the runtimes that this program has opened. One for all copies of this package.
 */
import type { Access } from "@heddle/core/Coordination";

import type { Engine, Kind } from "./engine.ts";

/** An object, as its runtime knows it. */
export interface Entry {
  readonly kind: Kind | "Names" | "SharedBytes" | "SharedList";
  readonly engine: Engine;
}

/** The objects of one runtime. */
export interface Objects {
  readonly access: Access;
  readonly entries: Map<number, Entry>;
  /** The handles of blocks that have a name. */
  readonly names: Map<string, object>;
  lastId: number;
  state: "open" | "closed";
}

const slot = Symbol.for("heddle/coordination/objects");

type Realm = { [slot]?: Map<string, Objects> };

// A runtime that has closed stays, empty, so that its handles can tell.
const realm = (): Map<string, Objects> => ((globalThis as Realm)[slot] ??= new Map());

/** The objects of a runtime that was opened here. */
export const objectsOf = (runtime: string): Objects | undefined => realm().get(runtime);

/** The objects of all runtimes that were opened here. */
export const allObjects = (): Iterable<Objects> => realm().values();

/** Makes them known. */
export const addObjects = (objects: Objects): void => void realm().set(objects.access.id, objects);
