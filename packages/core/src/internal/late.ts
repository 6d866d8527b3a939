/**
 * What most programs in promises never need, and what takes longest to load: schemas and streams, and apart from those
 * what maps need. A program that uses Effect loads it with `Runtime`; in promises it is loaded with the first call that
 * needs it.
 */
import type { Capabilities } from "../Capabilities.ts";
import type { TaskCodec } from "../Codec.ts";
import * as Task from "../Task.ts";
import type * as Maps from "./maps.ts";
import type * as Parts from "./parts.ts";

type Parts = typeof Parts;
type Maps = typeof Maps;

let installed: Parts | undefined;
let loading: Promise<void> | undefined;
let installedMaps: Maps | undefined;

/** From now on the parts are there at once. */
export const install = (parts: Parts): void => {
  installed = parts;
  installedMaps = parts.Maps;
};

/** Loads the parts, unless they are there. */
export const load = (): Promise<void> | undefined => {
  if (installed !== undefined) return undefined;
  loading ??= import("./parts.ts").then(install);
  return loading;
};

/** The parts. Whoever gets here has loaded them. */
export const parts = (): Parts => {
  if (installed === undefined) throw new Error("import @heddle/core/Runtime to use the streams of a service");
  return installed;
};

/** What maps need, if it is there. */
export const maps = (): Maps | undefined => installedMaps;

/** Loads what maps need. */
export const loadMaps = async (): Promise<Maps> => (installedMaps ??= await import("./maps.ts"));

/** What a map of the task has to wait for, if anything. */
export const loadForMap = (task: unknown): Promise<unknown> | undefined => {
  const schemas = hasSchema(task) ? load() : undefined;
  return schemas ?? (installedMaps === undefined ? loadMaps() : undefined);
};

/** Whether calls of the task need its schemas. Anything may be asked about. */
export const hasSchema = (task: unknown): boolean =>
  Task.isTask(task) &&
  (task.input !== undefined ||
    task.output !== undefined ||
    task.error !== undefined ||
    task.progress !== undefined);

const same = (value: unknown): unknown => value;

const plain: TaskCodec = {
  encodeInput: same,
  decodeInput: same,
  encodeOutput: same,
  decodeOutput: same,
  encodeProgress: same,
  decodeProgress: same,
  decodeError: same,
  asFailure: () => undefined,
};

/** The codec of a task; of one that has schemas, the parts have to be there. */
export const codecOf = (task: Task.Any, values: Capabilities["values"]): TaskCodec =>
  hasSchema(task) ? parts().forTask(task, values) : plain;
