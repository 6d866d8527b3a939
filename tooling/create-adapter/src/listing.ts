/** Where a new adapter is listed: in the demo's table, and among what the demo and the documents' examples depend on. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type AdapterName, scope } from "./adapterName.ts";
import { Mistake } from "./mistake.ts";

const table = "apps/demo/src/adapters.ts";
const dependents = ["apps/demo/package.json", "tooling/doc-examples/package.json"];

const place = /^ *\/\/ `pnpm create-adapter` puts new rows above this line\.\n/m;

const rowOf = ({ name }: AdapterName): string => `  {
    name: "${name}",
    description: "${name} takes turns on one thread (correct this row of the demo's table)",
    bodies: "taking turns",
    load: async () => (await import("${scope}${name}")).layer(),
  },
`;

const withRow = (text: string, adapter: AdapterName): string => {
  if (text.includes(`name: "${adapter.name}"`)) {
    throw new Mistake(`the demo has something called "${adapter.name}" already (${table})`);
  }
  const found = place.exec(text);
  if (found === null) throw new Mistake(`${table} has no line that says where new rows belong`);
  return text.slice(0, found.index) + rowOf(adapter) + text.slice(found.index);
};

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

const withDependency = (text: string, { name }: AdapterName): string => {
  const manifest = JSON.parse(text) as Manifest;
  const all = Object.entries({ ...manifest.dependencies, [`${scope}${name}`]: "workspace:*" });
  const dependencies = Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ ...manifest, dependencies }, null, 2)}\n`;
};

/** The new text of each file that has to know the adapter, by its path in the repository. */
export const listingsOf = (root: string, adapter: AdapterName): ReadonlyMap<string, string> => {
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  return new Map([
    [table, withRow(read(table), adapter)],
    ...dependents.map((path) => [path, withDependency(read(path), adapter)] as const),
  ]);
};
