/**
 * Makes objects on a runtime, and frees them: by hand, and with the runtime.
 */
import * as Coordination from "@heddle/core/Coordination";

import { serve } from "./broker.ts";
import { copied } from "./copied.ts";
import type { Engine, EngineOf, Kind, OptionsOf, QueueEngine } from "./engine.ts";
import * as Faults from "./faults.ts";
import { brand, type Handle } from "./handle.ts";
import { engines as memoryEngines } from "./memory/engines.ts";
import { addObjects, type Entry, type Objects, objectsOf } from "./realm.ts";
import { engines as sharedEngines } from "./shared/engines.ts";
import { toolsOf } from "./tools.ts";
import { program } from "./unit.ts";

const close = (objects: Objects): void => {
  objects.state = "closed";
  const entries = [...objects.entries.values()];
  objects.entries.clear();
  objects.names.clear();
  for (const { engine } of entries) engine.free();
};

/** The id under which units ask for named blocks. */
export const namesId = 0;

const names = ({ names: known }: Objects): Engine & { readonly find: (name: string) => object } => ({
  find: (name) => {
    const handle = known.get(name);
    if (handle === undefined)
      throw Faults.unreachable("SharedBytes", `there is no block of the name "${name}".`);
    return handle;
  },
  abandon: () => undefined,
  free: () => undefined,
});

const open = (access: Coordination.Access): Objects => {
  const objects: Objects = { access, entries: new Map(), names: new Map(), lastId: namesId, state: "open" };
  objects.entries.set(namesId, { kind: "Names", engine: names(objects) });
  addObjects(objects);
  serve(objects);
  access.onUnitEnd((unit) => {
    for (const { engine } of objects.entries.values()) engine.abandon(unit);
  });
  access.onClosed(() => close(objects));
  return objects;
};

/** The objects of a runtime: of its service or of its promise form. */
export const objectsOn = (runtime: object, kind: string): Objects => {
  const access = Coordination.of(runtime);
  if (access === undefined) {
    const detail =
      Coordination.thisUnit() === undefined
        ? "this runtime brings nothing for objects that tasks share."
        : "a task cannot make it. Make it in the program, and pass it to the task.";
    throw Faults.unsupported(kind, detail);
  }
  const objects = objectsOf(access.id) ?? open(access);
  if (objects.state === "closed") throw Faults.freed(kind);
  return objects;
};

/** Gives an object its number. */
export const add = (objects: Objects, entry: Entry): number => {
  const id = ++objects.lastId;
  objects.entries.set(id, entry);
  return id;
};

const inMemory = <K extends Kind>(objects: Objects, kind: K, options: OptionsOf[K]): Handle<K> => {
  const made = memoryEngines[kind](options);
  const { id: runtime, sharing: place } = objects.access;
  const isToCross = kind === "Queue" && place === "broker";
  const engine: Engine = isToCross ? copied(made as QueueEngine) : made;
  return { [brand]: kind, runtime, id: add(objects, { kind, engine }), place };
};

const inSharedMemory = <K extends Kind>(objects: Objects, kind: K, options: OptionsOf[K]): Handle<K> => {
  const memory = sharedEngines[kind].create(options);
  const engine = sharedEngines[kind].open(memory, toolsOf(program)) as unknown as EngineOf[K];
  const { id: runtime, sharing: place } = objects.access;
  return { [brand]: kind, runtime, id: add(objects, { kind, engine }), place, memory };
};

/** What is to be made: options that were checked, and what else its handle tells. */
export interface Recipe<K extends Kind, Extra extends object = object> {
  readonly kind: K;
  readonly options: OptionsOf[K];
  readonly extra?: Extra | undefined;
}

/** Makes an object. */
export const make = <K extends Kind, Extra extends object>(
  runtime: object,
  { extra, kind, options }: Recipe<K, Extra>,
): Handle<K> & Extra => {
  const objects = objectsOn(runtime, kind);
  const made =
    objects.access.sharing === "shared"
      ? inSharedMemory(objects, kind, options)
      : inMemory(objects, kind, options);
  return Object.freeze({ ...made, ...extra }) as Handle<K> & Extra;
};

/** Frees an object; nothing if it is free already. Only where its runtime was opened. */
export const free = (handle: Handle): void => {
  const objects = objectsOf(handle.runtime);
  if (objects === undefined) {
    throw Faults.unsupported(handle[brand], "only the program that made it can free it.");
  }
  const entry = objects.entries.get(handle.id);
  objects.entries.delete(handle.id);
  for (const [name, named] of objects.names) {
    if ((named as Handle).id === handle.id) objects.names.delete(name);
  }
  entry?.engine.free();
};
