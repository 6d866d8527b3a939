import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";

import { entryPoints, readManifest, type EntryPoint } from "./exports.ts";

// TypeScript keeps "./x.ts" in declarations (it reads x.d.ts there); API Extractor does not follow it.
const copyDeclarations = (from: string, to: string): void => {
  cpSync(from, to, { recursive: true, filter: (file) => !/\.(js|map|tsbuildinfo)$/.test(file) });
  for (const file of readdirSync(to, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".d.ts")) continue;
    const text = readFileSync(join(to, file), "utf8");
    writeFileSync(join(to, file), text.replaceAll(/(["'])(\.{1,2}\/[^"']+)\.ts\1/g, "$1$2.js$1"));
  }
};

/**
 * Copies a built package to where a consumer would see it: next to a node_modules folder with the published
 * entry points, so that the other packages of this workspace stay imports.
 */
const stagePackage = (stage: string, from: string, to: string): string => {
  const manifest = readManifest(from);
  mkdirSync(to, { recursive: true });
  copyDeclarations(join(from, "dist"), join(to, "dist"));
  writeFileSync(
    join(to, "package.json"),
    JSON.stringify({ ...manifest, exports: manifest.publishConfig.exports }),
  );
  for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    const link = join(stage, "node_modules", dependency);
    if (existsSync(link)) continue;
    const target = realpathSync(join(from, "node_modules", dependency));
    mkdirSync(dirname(link), { recursive: true });
    if (target.includes("node_modules")) symlinkSync(target, link);
    else stagePackage(stage, target, link);
  }
  return to;
};

/** `.` is `core.api.md`, `./testing/TestRuntime` is `core.testing.TestRuntime.api.md`. */
const reportName = (short: string, { subpath }: EntryPoint): string =>
  [short, ...subpath.split("/").slice(1), "api", "md"].join(".");

interface Folders {
  readonly staged: string;
  readonly reports: string;
  readonly scratch: string;
}

const extractorConfig = (folders: Folders, main: string, files: ReadonlyArray<string>, report: string) =>
  ExtractorConfig.prepare({
    configObjectFullPath: join(folders.staged, "api-extractor.json"),
    packageJsonFullPath: join(folders.staged, "package.json"),
    configObject: {
      projectFolder: folders.staged,
      mainEntryPointFilePath: main,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: "es2023",
            module: "nodenext",
            lib: ["es2024", "esnext.disposable"],
            types: ["node"],
            strict: true,
            skipLibCheck: true,
          },
          files,
        },
      },
      apiReport: {
        enabled: true,
        reportFolder: folders.reports,
        reportTempFolder: folders.scratch,
        reportFileName: report,
      },
      newlineKind: "lf",
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: {
          "ae-missing-release-tag": { logLevel: ExtractorLogLevel.None },
          "ae-undocumented": { logLevel: ExtractorLogLevel.None },
          "ae-forgotten-export": { logLevel: ExtractorLogLevel.None },
        },
      },
    },
  });

const extract = (
  config: ExtractorConfig,
  compilerState: CompilerState,
  update: boolean,
): ReadonlyArray<string> => {
  const problems: Array<string> = [];
  const result = Extractor.invoke(config, {
    compilerState,
    localBuild: update,
    messageCallback: (message) => {
      message.handled = true;
      if (message.logLevel === ExtractorLogLevel.Error) problems.push(`api: ${message.text}`);
    },
  });
  if (result.apiReportChanged && !update) {
    problems.push(
      `${basename(config.reportFilePath)} is out of date: run "pnpm package:update" and commit it`,
    );
  }
  return problems;
};

const staleReports = (
  folder: string,
  current: ReadonlyArray<string>,
  update: boolean,
): ReadonlyArray<string> => {
  const stale = readdirSync(folder).filter((file) => !current.includes(file));
  if (!update) return stale.map((file) => `api/${file} belongs to no entry point`);
  for (const file of stale) rmSync(join(folder, file));
  return [];
};

/** Compares the public API of every entry point with `api/*.api.md`, or rewrites these files. */
export const checkApi = (folder: string, update: boolean): ReadonlyArray<string> => {
  const entries = entryPoints(readManifest(folder));
  const unbuilt = entries.filter(({ types }) => !existsSync(join(folder, types)));
  if (unbuilt.length > 0)
    return unbuilt.map(({ types }) => `api: ${types} does not exist: run "pnpm build" first`);

  const stage = mkdtempSync(join(tmpdir(), "heddle-api-"));
  const reports = join(folder, "api");
  mkdirSync(reports, { recursive: true });
  try {
    const staged = stagePackage(stage, folder, join(stage, "package"));
    // For AbortSignal and the like.
    mkdirSync(join(stage, "node_modules/@types"), { recursive: true });
    symlinkSync(
      dirname(createRequire(import.meta.url).resolve("@types/node/package.json")),
      join(stage, "node_modules/@types/node"),
    );
    const folders = { staged, reports, scratch: join(stage, "report") };
    const files = entries.map(({ types }) => join(staged, types));
    const names = entries.map((entry) => reportName(basename(folder), entry));
    const configs = files.map((file, i) => extractorConfig(folders, file, files, names[i] ?? ""));
    const [first] = configs;
    if (first === undefined) return [];
    // One program for all entry points: reading the declarations is what costs time.
    const compilerState = CompilerState.create(first, { additionalEntryPoints: files });
    return [
      ...configs.flatMap((config) => extract(config, compilerState, update)),
      ...staleReports(reports, names, update),
    ];
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
};
