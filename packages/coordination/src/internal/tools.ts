/**
 * How values that are not encoded by hand become bytes.
 */
import type { Tools } from "./engine.ts";
import * as Faults from "./faults.ts";

type V8 = typeof import("node:v8");

let loaded: V8 | undefined;

// A page has none, and a thread loads it with the first value that needs it.
const v8 = (): V8 => {
  loaded ??= (globalThis.process as Partial<NodeJS.Process> | undefined)?.getBuiltinModule?.("node:v8");
  if (loaded === undefined) {
    throw Faults.unsupported(
      "Queue",
      "on this platform it takes text, numbers, booleans, `null`, `undefined`, and what JSON says exactly.",
    );
  }
  return loaded;
};

/** What the engine in shared memory stands on, for a unit. */
export const toolsOf = (unit: number): Tools => ({
  unit,
  serialize: (value) => v8().serialize(value),
  deserialize: (bytes) => v8().deserialize(bytes),
});
