/** Makes the package of a new adapter, and lists it where it has to be known. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { type AdapterName, parse, scope } from "./adapterName.ts";
import { apply } from "./changes.ts";
import { format } from "./format.ts";
import { listingsOf } from "./listing.ts";
import { Mistake } from "./mistake.ts";
import { filesFor } from "./template.ts";

export interface Created {
  readonly adapter: AdapterName;
  readonly created: ReadonlyArray<string>;
  readonly edited: ReadonlyArray<string>;
}

const manifests = ["packages/*", "apps/*", "tooling", "tooling/*"].map((folder) => `${folder}/package.json`);

/** Where a package of that name is already, which need not be the folder of that name. */
const findPackage = (root: string, name: string): string | undefined =>
  globSync(manifests, { cwd: root }).find(
    (path) =>
      (JSON.parse(readFileSync(join(root, path), "utf8")) as { readonly name?: string }).name === name,
  );

/** Creates the adapter `text` in the repository at `root`: everything, or nothing at all. */
export const createAdapter = (root: string, text: string): Created => {
  const adapter = parse(text);
  const folder = `packages/${adapter.name}`;
  if (existsSync(join(root, folder))) throw new Mistake(`${folder} exists already: take another name`);
  const other = findPackage(root, scope + adapter.name);
  if (other !== undefined) throw new Mistake(`${other} is called ${scope}${adapter.name} already`);
  const created = filesFor(adapter);
  for (const path of created.keys()) {
    if (existsSync(join(root, path))) throw new Mistake(`${path} exists already: move it away first`);
  }
  const edited = listingsOf(root, adapter);
  apply(root, { created: format(root, created), edited: format(root, edited) });
  return { adapter, created: [...created.keys()], edited: [...edited.keys()] };
};
