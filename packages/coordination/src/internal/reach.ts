/**
 * From a handle to what it names: in this program, in shared memory, or behind the broker.
 */
import { thisUnit } from "@heddle/core/Coordination";

import { type Client, clientOf } from "./client.ts";
import type { EngineOf, Kind } from "./engine.ts";
import * as Faults from "./faults.ts";
import { type Handle, isHandle } from "./handle.ts";
import { type Objects, objectsOf } from "./realm.ts";
import { engines as sharedEngines } from "./shared/engines.ts";
import { toolsOf } from "./tools.ts";
import { program } from "./unit.ts";

/** An object that can be operated on right here. */
export interface Near<K extends Kind> {
  readonly engine: EngineOf[K];
  readonly unit: number;
  readonly client?: undefined;
}

/** An object of the program, as a unit sees it. */
interface Far {
  readonly engine?: undefined;
  readonly unit: number;
  readonly client: Client;
}

/** What a handle leads to. */
export type Reached<K extends Kind> = Near<K> | Far;

const inProgram = <K extends Kind>(objects: Objects, handle: Handle<K>, kind: K): Reached<K> => {
  const entry = objects.entries.get(handle.id);
  if (entry === undefined) throw Faults.freed(kind);
  if (entry.kind !== kind) throw Faults.badInput(kind, `this handle names another kind, ${entry.kind}.`);
  return { engine: entry.engine as EngineOf[K], unit: program };
};

const inUnit = <K extends Kind>(handle: Handle<K>, kind: K): Reached<K> => {
  const unit = thisUnit();
  if (unit?.runtime !== handle.runtime || handle.place === "memory") {
    throw Faults.unreachable(
      kind,
      "the handle belongs to another runtime. Make it on the runtime whose tasks share it.",
    );
  }
  const { memory } = handle;
  if (memory === undefined) return { unit: unit.number, client: clientOf(unit) };
  return {
    unit: unit.number,
    engine: sharedEngines[kind].open(memory, toolsOf(unit.number)) as unknown as EngineOf[K],
  };
};

const find = <K extends Kind>(handle: Handle<K>, kind: K): Reached<K> => {
  if (!isHandle(handle, kind)) {
    throw Faults.badInput(kind, `it takes what \`${kind}.make\` gave.`);
  }
  const objects = objectsOf(handle.runtime);
  return objects === undefined ? inUnit(handle, kind) : inProgram(objects, handle, kind);
};

const known = new WeakMap<object, Reached<Kind>>();

// A body that locks and unlocks in its inner loop uses one handle.
let lastHandle: unknown;
let lastKind: Kind | undefined;
let lastReached: Reached<Kind> | undefined;

/** Where an object is. Throws `Freed`, `Unreachable` and `BadInput`. */
export const reach = <K extends Kind>(handle: Handle<K>, kind: K): Reached<K> => {
  if (handle === lastHandle && kind === lastKind) return lastReached as Reached<K>;
  let reached = known.get(handle) as Reached<K> | undefined;
  if (reached === undefined || !isHandle(handle, kind)) {
    reached = find(handle, kind);
    known.set(handle, reached);
  }
  lastHandle = handle;
  lastKind = kind;
  lastReached = reached;
  return reached;
};
