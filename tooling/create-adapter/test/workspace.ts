/** A copy of this repository in a temporary folder, with its own links between packages, made without the network. */
import { execFile, execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";

const original = realpathSync(join(import.meta.dirname, "../../.."));

/** What Git knows or would take: no builds, no installed packages. */
const sources = (): ReadonlyArray<string> =>
  execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: original,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  })
    .split("\0")
    .filter((path) => path !== "" && existsSync(join(original, path)));

/** Packages of this repository are linked to their copies, all others to where they are installed. */
const linkTo = (root: string, target: string): string => {
  const real = realpathSync(target);
  const inside = relative(original, real);
  const isOurs = !inside.startsWith("..") && !inside.split(sep).includes("node_modules");
  return isOurs ? join(root, inside) : real;
};

const linkModules = (root: string, from: string, to: string): void => {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const target = join(from, name);
    // `.bin` and what else pnpm keeps there are used as they are.
    if (name.startsWith("@") && !lstatSync(target).isSymbolicLink()) {
      linkModules(root, target, join(to, name));
    } else symlinkSync(name.startsWith(".") ? target : linkTo(root, target), join(to, name));
  }
};

// Not `recursive` of Node, which follows links.
const filesBelow = (root: string, folder: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === "node_modules") return [];
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface Finished {
  readonly status: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Workspace {
  readonly root = mkdtempSync(join(realpathSync(tmpdir()), "heddle-create-adapter-"));

  constructor() {
    const packages = new Set(["."]);
    for (const path of sources()) {
      const target = join(this.root, path);
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(join(original, path), target);
      if (path.endsWith("/package.json")) packages.add(dirname(path));
    }
    for (const folder of packages) {
      const from = join(original, folder, "node_modules");
      if (existsSync(from)) linkModules(this.root, from, join(this.root, folder, "node_modules"));
    }
  }

  /** Does for a new package, and for those that depend on it, what `pnpm install` would do. */
  install(name: string, dependents: ReadonlyArray<string>): void {
    const modules = join(this.root, "packages", name, "node_modules");
    const { dependencies, devDependencies } = JSON.parse(
      this.read(`packages/${name}/package.json`),
    ) as Manifest;
    mkdirSync(join(modules, "@heddle"), { recursive: true });
    for (const dependency of Object.keys({ ...dependencies, ...devDependencies })) {
      const installed = join(this.root, "packages/threads/node_modules", dependency);
      symlinkSync(realpathSync(installed), join(modules, dependency));
    }
    symlinkSync(join(this.root, "packages/threads/node_modules/.bin"), join(modules, ".bin"));
    for (const folder of dependents) {
      symlinkSync(join(this.root, "packages", name), join(this.root, folder, "node_modules/@heddle", name));
    }
  }

  /** Runs a program with Node in one of the folders. */
  node(args: ReadonlyArray<string>, folder = "."): Promise<Finished> {
    return this.command(process.execPath, args, folder);
  }

  /** Runs a tool of the repository in one of the folders. */
  tool(name: string, args: ReadonlyArray<string>, folder = "."): Promise<Finished> {
    return this.command(join(this.root, "node_modules/.bin", name), args, folder);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  /** Every file with its text, but for installed packages. */
  snapshot(): ReadonlyMap<string, string> {
    return new Map(filesBelow(this.root, ".").map((path) => [path, this.read(path)]));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private command(file: string, args: ReadonlyArray<string>, folder: string): Promise<Finished> {
    // What the test runner that runs this adds to the environment is not meant for the one that is run.
    const { NODE_OPTIONS: _options, VITEST: _vitest, ...env } = process.env;
    const options = { cwd: join(this.root, folder), env, maxBuffer: 64 * 1024 * 1024, timeout: 200_000 };
    return new Promise((resolve) => {
      execFile(file, [...args], options, (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : (error.code ?? error.signal ?? null), stderr, stdout }),
      );
    });
  }
}
