/**
 * How values that are not encoded by hand become bytes.
 */
import { findShared } from "@heddle/core/Cloneable";

import type { Tools } from "./engine.ts";
import * as Faults from "./faults.ts";

type V8 = typeof import("node:v8");

let loaded: V8 | undefined;
let copies = false;

// A page has none, and a thread loads it with the first value that needs it.
const v8 = (): V8 => {
  if (loaded !== undefined) return loaded;
  const found = (globalThis.process as Partial<NodeJS.Process> | undefined)?.getBuiltinModule?.("node:v8");
  if (found === undefined) {
    throw Faults.unsupported(
      "Queue",
      "on this platform it takes text, numbers, booleans, `null`, `undefined`, and what JSON says exactly.",
    );
  }
  copies = copiesSharedMemory(found);
  loaded = found;
  return found;
};

/** Node and Deno refuse shared memory outside a message; Bun writes a copy of what is in it. */
const copiesSharedMemory = ({ serialize }: V8): boolean => {
  try {
    serialize(new SharedArrayBuffer(1));
    return true;
  } catch {
    return false;
  }
};

const serialize = (value: unknown): Uint8Array => {
  const platform = v8();
  if (!copies) return platform.serialize(value);
  // What its getters give is in the clone, where it can be looked at.
  const clone = structuredClone(value);
  const shared = findShared(clone, "value");
  if (shared !== undefined) throw new TypeError(`shared memory would be copied, and is at ${shared}`);
  return platform.serialize(clone);
};

/** What the engine in shared memory stands on, for a unit. */
export const toolsOf = (unit: number): Tools => ({
  unit,
  serialize,
  deserialize: (bytes) => v8().deserialize(bytes),
});
