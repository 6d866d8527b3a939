import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly publishConfig: { readonly exports: Readonly<Record<string, unknown>> };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A public module: the subpath that users write and the files behind it. */
export interface EntryPoint {
  readonly subpath: string;
  readonly source: string;
  readonly types: string;
}

const built = (source: string, extension: string): string =>
  source.replace("./src/", "./dist/").replace(/\.ts$/, extension);

const isSource = (target: unknown): target is string => typeof target === "string" && target.endsWith(".ts");

export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

const allEntryPoints = (manifest: Manifest): ReadonlyArray<EntryPoint> =>
  Object.entries(manifest.exports).flatMap(([subpath, target]) =>
    isSource(target) ? [{ subpath, source: target, types: built(target, ".d.ts") }] : [],
  );

/** The public modules. A pattern such as `./tasks/*` is for files that are imported as they are: it has no API report. */
export const entryPoints = (manifest: Manifest): ReadonlyArray<EntryPoint> =>
  allEntryPoints(manifest).filter(({ subpath }) => !subpath.includes("*"));

const exists = (folder: string, source: string): boolean =>
  source.includes("*") ? globSync(source, { cwd: folder }).length > 0 : existsSync(join(folder, source));

/** What `publishConfig.exports` has to be: the same entry points, as built files. */
const publishedExports = (manifest: Manifest): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(manifest.exports).map(([subpath, target]) => [
      subpath,
      isSource(target) ? { types: built(target, ".d.ts"), default: built(target, ".js") } : target,
    ]),
  );

/** Development and published entry points are one list, and each has its source. */
export const checkExports = (folder: string, manifest: Manifest): ReadonlyArray<string> => {
  const problems = allEntryPoints(manifest)
    .filter(({ source }) => !exists(folder, source))
    .map(({ subpath, source }) => `exports: "${subpath}" names ${source}, which does not exist`);
  const expected = JSON.stringify(publishedExports(manifest));
  if (expected !== JSON.stringify(manifest.publishConfig.exports)) {
    problems.push('publishConfig.exports does not mirror exports: run "pnpm exec heddle-package --update"');
  }
  return problems;
};

/** Rewrites `publishConfig.exports` from `exports`; everything else in package.json stays as it is. */
export const updateExports = (folder: string): Manifest => {
  const file = join(folder, "package.json");
  const manifest = readManifest(folder);
  const updated = {
    ...manifest,
    publishConfig: { ...manifest.publishConfig, exports: publishedExports(manifest) },
  };
  if (JSON.stringify(updated) !== JSON.stringify(manifest)) {
    writeFileSync(file, `${JSON.stringify(updated, null, 2)}\n`);
  }
  return updated;
};
