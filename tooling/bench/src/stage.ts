/**
 * Makes the folder in which the children run: everything as JavaScript, resolved as a user's program would resolve it.
 *
 * - `node_modules/@heddle/*`: the built packages (`dist`) with the exports of their `publishConfig`; the workspace itself
 *   resolves to TypeScript sources, whose workers start several times as slowly.
 * - `node_modules/*`: links to Effect and the peers.
 * - `app`: the sources of the benchmark without their types, for the same reason.
 *
 * The folder is named by the hash of all that, so a run never sees half of a build that somebody made meanwhile.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const home = fileURLToPath(new URL("..", import.meta.url));
const root = join(home, "../..");
const stages = join(home, "dist");
const packages = ["core", "pool", "fibers", "threads", "processes"];
const stageLifeMillis = 24 * 60 * 60 * 1000;

interface Manifest {
  readonly packageManager?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports?: unknown;
  readonly publishConfig?: { readonly exports: unknown };
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();

const isRun = (file: string): boolean => /\.(?:js|py)$/.test(file);

/** Builds the packages; turbo does nothing where nothing has changed. */
export const build = (): void => {
  const { packageManager = "pnpm" } = manifestOf(root);
  const { status } = spawnSync("npx", ["--yes", packageManager, "build", "--output-logs=errors-only"], {
    cwd: root,
    // Its errors must be seen, and must not get into a report.
    stdio: ["ignore", 2, "inherit"],
  });
  if (status !== 0) throw new Error("the packages cannot be built; --no-build measures what was built last");
};

/** The peers: what the benchmark depends on and is not a part of this workspace. */
const linked = (): ReadonlyArray<string> =>
  Object.keys(manifestOf(home).dependencies ?? {}).filter((name) => !name.startsWith("@heddle/"));

const hashOf = (contents: ReadonlyArray<readonly [name: string, text: string]>): string => {
  const hash = createHash("sha256");
  for (const [name, text] of contents) hash.update(`${name}\0${text.length}\0${text}`);
  return hash.digest("hex").slice(0, 16);
};

/** Every file of the stage: where it goes and what is in it. */
const contentsOf = (): ReadonlyArray<readonly [name: string, text: string]> => {
  const built = packages.flatMap((name) => {
    const folder = join(root, "packages", name);
    if (!existsSync(join(folder, "dist"))) throw new Error(`packages/${name} is not built: run "pnpm build"`);
    const to = join("node_modules/@heddle", name);
    const { publishConfig, ...manifest } = manifestOf(folder);
    const published = JSON.stringify({ ...manifest, exports: publishConfig?.exports });
    const files = filesIn(join(folder, "dist")).filter(isRun);
    return [
      [join(to, "package.json"), published] as const,
      ...files.map((file) => [join(to, relative(folder, file)), readFileSync(file, "utf8")] as const),
    ];
  });
  const source = join(home, "src");
  const app = filesIn(source).map((file) => {
    const text = readFileSync(file, "utf8");
    return [
      join("app", relative(source, file).replace(/\.ts$/, ".js")),
      file.endsWith(".ts") ? text.replaceAll(/(["'])(\.{1,2}\/[^"']+)\.ts\1/g, "$1$2.js$1") : text,
    ] as const;
  });
  return [["package.json", '{ "type": "module" }'], ...built, ...app];
};

const link = (stage: string, name: string): void => {
  const to = join(stage, "node_modules", name);
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(realpathSync(join(home, "node_modules", name)), to, "junction");
};

const write = (stage: string, contents: ReturnType<typeof contentsOf>): void => {
  for (const [name, text] of contents) {
    const file = join(stage, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, name.startsWith("app") && name.endsWith(".js") ? stripTypeScriptTypes(text) : text);
  }
  for (const name of linked()) link(stage, name);
};

/** Old stages go; another run may still be using a young one. */
const prune = (): void => {
  const oldest = Date.now() - stageLifeMillis;
  for (const name of readdirSync(stages)) {
    const folder = join(stages, name);
    if (statSync(folder).mtimeMs < oldest) rmSync(folder, { recursive: true, force: true });
  }
};

/** The folder to run children in, made when there is none of these contents yet. */
export const stage = (): string => {
  const contents = contentsOf();
  const links = linked().map((name) => [name, realpathSync(join(home, "node_modules", name))] as const);
  const folder = join(stages, hashOf([...contents, ...links]));
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date());
    return folder;
  }
  const draft = `${folder}.${process.pid}`;
  write(draft, contents);
  if (existsSync(folder)) rmSync(draft, { recursive: true });
  else renameSync(draft, folder);
  prune();
  return folder;
};
