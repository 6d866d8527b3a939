#!/usr/bin/env node
// Run in a package's folder after tsc: replaces dist/worker/entry.js by one file with everything that a worker
// needs to start, so that a worker reads one module instead of dozens. `effect`, Node's modules and what a task shares
// with its worker stay imports, and a dynamic import becomes a file next to the entry (dist/worker/effectBody.js).
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { rolldown, type OutputChunk } from "rolldown";

// A body that calls its runtime catches errors of the classes that it imports itself, so those are not copied.
const isShared = (id: string): boolean => id === "@heddle/core/Nested" || id === "@heddle/core/RuntimeError";

const isExternal = (id: string): boolean =>
  id.startsWith("node:") || /^effect(\/|$)/.test(id) || isShared(id);

const bundle = async (folder: string): Promise<ReadonlyArray<OutputChunk>> => {
  const build = await rolldown({
    cwd: folder,
    input: { entry: "src/worker/entry.ts" },
    platform: "node",
    external: isExternal,
    preserveEntrySignatures: false,
    // An import of effect that nothing uses is dropped, as effect itself allows.
    treeshake: { moduleSideEffects: "no-external" },
    onLog: (level, log) => {
      if (level === "warn") throw new Error(log.message);
    },
  });
  try {
    const { output } = await build.generate({
      dir: "dist/worker",
      format: "esm",
      sourcemap: true,
      comments: { annotation: true, jsdoc: false, legal: true },
      entryFileNames: "[name].js",
      chunkFileNames: "[name].js",
    });
    return output.filter((file) => file.type === "chunk");
  } finally {
    await build.close();
  }
};

// `chunk.imports` also lists imports that were dropped from the code as unused.
const importsOf = (code: string): ReadonlyArray<string> =>
  [...code.matchAll(/^(?:import|export)\b[^"'\n]*["']([^"'\n]+)["'];?$/gm)].map(([, id = ""]) => id);

/** Every module that loading `file` loads, without dynamic imports. */
const staticImports = (file: string, chunks: ReadonlyMap<string, OutputChunk>): ReadonlySet<string> => {
  const seen = new Set([file]);
  for (const id of seen) {
    for (const next of importsOf(chunks.get(id)?.code ?? "")) seen.add(next.replace(/^\.\//, ""));
  }
  return seen;
};

const check = (folder: string, chunks: ReadonlyArray<OutputChunk>): ReadonlyArray<string> => {
  const effect = [
    ...staticImports("entry.js", new Map(chunks.map((chunk) => [chunk.fileName, chunk]))),
  ].filter((id) => /^effect(\/|$)/.test(id));
  const clashes = chunks
    .map(({ fileName }) => basename(fileName, ".js"))
    .filter((name) => name !== "entry" && existsSync(join(folder, "src/worker", `${name}.ts`)));
  return [
    ...effect.map((id) => `src/worker/entry.ts must not load ${id} before a task needs it`),
    ...clashes.map((name) => `a chunk would overwrite what tsc made of src/worker/${name}.ts: rename one`),
  ];
};

/** Chunks of an earlier build: files in dist/worker that no source explains. */
const removeStale = (folder: string): void => {
  const dist = join(folder, "dist/worker");
  for (const file of readdirSync(dist)) {
    const name = /^(.*?)\.js(\.map)?$/.exec(file)?.[1];
    if (name !== undefined && !existsSync(join(folder, "src/worker", `${name}.ts`))) rmSync(join(dist, file));
  }
};

const write = (folder: string, chunks: ReadonlyArray<OutputChunk>): void => {
  mkdirSync(join(folder, "dist/worker"), { recursive: true });
  removeStale(folder);
  for (const { code, fileName, map } of chunks) {
    const file = join(folder, "dist/worker", fileName);
    writeFileSync(file, code);
    if (map !== null) writeFileSync(`${file}.map`, `${map.toString()}\n`);
  }
};

const folder = process.cwd();
const chunks = await bundle(folder);
const problems = check(folder, chunks);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
write(folder, chunks);
const size = (code: string): string => `${(Buffer.byteLength(code) / 1024).toFixed(1)} kB`;
console.log(chunks.map(({ fileName, code }) => `dist/worker/${fileName} ${size(code)}`).join(", "));
