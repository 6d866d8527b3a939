/** Changes to a folder that are made all, or not at all. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Paths are relative to the folder. A created file must not exist before; an edited one must. */
export interface Changes {
  readonly created: ReadonlyMap<string, string>;
  readonly edited: ReadonlyMap<string, string>;
}

type Undo = () => void;

const create = (file: string, text: string, undo: Array<Undo>): void => {
  const firstMade = mkdirSync(dirname(file), { recursive: true });
  if (firstMade !== undefined) undo.push(() => rmSync(firstMade, { recursive: true, force: true }));
  writeFileSync(file, text, { flag: "wx" });
  undo.push(() => rmSync(file));
};

const edit = (file: string, text: string, undo: Array<Undo>): void => {
  const before = readFileSync(file);
  undo.push(() => writeFileSync(file, before));
  writeFileSync(file, text);
};

/** Makes the changes; when one of them fails, undoes those before it and throws. */
export const apply = (folder: string, { created, edited }: Changes): void => {
  const undo: Array<Undo> = [];
  try {
    for (const [path, text] of created) create(join(folder, path), text, undo);
    for (const [path, text] of edited) edit(join(folder, path), text, undo);
  } catch (error) {
    for (const step of undo.toReversed()) step();
    throw error;
  }
};
