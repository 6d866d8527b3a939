/**
 * The files of a new package: those in `template/`, with another name.
 *
 * The template is called "newcomer". A file whose own name would mean something where it lies, such as `package.json`, has an
 * underscore before it there.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

import type { AdapterName } from "./adapterName.ts";

const folder = join(import.meta.dirname, "../template");
const changeset = "_changeset.md";

const renamed = (text: string, { module, name }: AdapterName): string =>
  text.replaceAll("Newcomer", module).replaceAll("newcomer", name);

const files = (): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .toSorted();

const targetOf = (path: string, adapter: AdapterName): string =>
  path === changeset
    ? `.changeset/new-${adapter.name}.md`
    : `packages/${adapter.name}/${renamed(path.replace(/(^|\/)_/, "$1"), adapter)}`;

/** The text of each new file, by its path in the repository. */
export const filesFor = (adapter: AdapterName): ReadonlyMap<string, string> =>
  new Map(
    files().map((path) => [
      targetOf(path, adapter),
      renamed(readFileSync(join(folder, path), "utf8"), adapter),
    ]),
  );
