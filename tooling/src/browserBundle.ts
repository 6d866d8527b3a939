/**
 * What a browser would miss in some modules: bundles them as a page's bundler would, and looks at what is left.
 */
import { relative } from "node:path";

import { type Plugin, rolldown } from "rolldown";

/** Names that Node has and a browser has not. Guarded uses of them go by `globalThis`. */
const foreignNames = [
  "process",
  "Buffer",
  "global",
  "require",
  "setImmediate",
  "clearImmediate",
  "__dirname",
  "__filename",
];

const marker = "foreign:";

const isEffect = (id: string): boolean => /^effect(\/|$)/.test(id);

/** Modules and names as the bundler comes across them: a free name is injected by an import that is none. */
const collect = (folder: string, found: Set<string>): Plugin => ({
  name: "what a browser would miss",
  resolveId: (id, importer = "") => {
    const from = relative(folder, importer);
    if (id.startsWith(marker)) found.add(`${from} uses ${id.slice(marker.length)}`);
    else if (id.startsWith("node:")) found.add(`${from} imports ${id}`);
    else return null;
    return { id, external: true };
  },
});

/** What the modules, and all that they load sooner or later, use that no browser has; effect is not looked into. */
export const missingInBrowsers = async (
  folder: string,
  modules: ReadonlyArray<string>,
): Promise<ReadonlyArray<string>> => {
  const found = new Set<string>();
  const build = await rolldown({
    cwd: folder,
    input: [...modules],
    platform: "browser",
    external: isEffect,
    plugins: [collect(folder, found)],
    transform: { inject: Object.fromEntries(foreignNames.map((name) => [name, `${marker}${name}`])) },
    onLog: (level, log) => {
      if (level === "warn") throw new Error(log.message);
    },
  });
  try {
    await build.generate({ dir: "unwritten", format: "esm" });
    return [...found].toSorted();
  } finally {
    await build.close();
  }
};
