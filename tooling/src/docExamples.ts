// Runs and type-checks what the documents show. Each block gets a folder of its own with the files that the blocks
// before it define, so blocks can be run in any order and at the same time.
import { execFile } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { findBlocks, type Block } from "./docBlocks.ts";

export { findBlocks, type Block };

const DOCUMENTS = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/**/*.md",
  "packages/*/README.md",
  "packages/*/src/**/*.ts",
];

export interface Example extends Block {
  /** `README.md:34` */
  readonly name: string;
  /** The folder with this block and the files before it, relative to the stage. */
  readonly folder: string;
  /** The file with this block's code, relative to `folder`. */
  readonly file: string;
  readonly files: ReadonlyArray<Block & { readonly path: string }>;
}

const hasPath = (block: Block): block is Block & { readonly path: string } => block.path !== undefined;

const toExamples = (blocks: ReadonlyArray<Block>): ReadonlyArray<Example> =>
  blocks.map((block, index) => ({
    ...block,
    name: `${block.document}:${block.line}`,
    folder: `${block.document.replaceAll(/[^\w-]+/g, "-")}-${block.line}`,
    file: block.path ?? "example.ts",
    files: blocks
      .slice(0, index)
      .filter((earlier) => hasPath(earlier) && earlier.mode !== "no-check") as Array<
      Block & { readonly path: string }
    >,
  }));

/** Every TypeScript block of the repository's documents, in document order. */
export const findExamples = (root: string): ReadonlyArray<Example> =>
  globSync(DOCUMENTS, { cwd: root })
    .toSorted()
    .flatMap((document) => toExamples(findBlocks(document, readFileSync(join(root, document), "utf8"))));

const put = (file: string, code: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
};

/** Writes the examples below `stage`, which has to lie where their imports resolve. */
export const writeExamples = (stage: string, examples: ReadonlyArray<Example>): void => {
  rmSync(stage, { recursive: true, force: true });
  for (const example of examples) {
    if (example.mode === "no-check") continue;
    const folder = join(stage, example.folder);
    for (const { path, code } of example.files) put(join(folder, path), code);
    put(join(folder, example.file), example.code);
  }
};

interface Finished {
  readonly code: number | string;
  readonly output: string;
}

const run = (command: string, args: ReadonlyArray<string>, cwd: string, timeout: number): Promise<Finished> =>
  new Promise((resolve) => {
    execFile(command, args, { cwd, timeout, killSignal: "SIGKILL" }, (error, stdout, stderr) => {
      const code = error === null ? 0 : (error.code ?? error.signal ?? 1);
      const late = error?.killed === true ? `still running after ${timeout} ms\n` : "";
      resolve({ code, output: `${late}${stdout}${stderr}` });
    });
  });

/** Runs one example as a Node program; rejects with its output and the place of its block. */
export const runExample = async (stage: string, example: Example, timeout = 120_000): Promise<void> => {
  const cwd = join(stage, example.folder);
  const { code, output } = await run(process.execPath, [example.file], cwd, timeout);
  if (code !== 0) {
    throw new Error(`${example.name}: the example ended with ${code}\n${output.replaceAll(`${cwd}/`, "")}`);
  }
};

const tsconfig = (base: string): string =>
  JSON.stringify({
    extends: base,
    compilerOptions: { noEmit: true, noUnusedLocals: false, noUnusedParameters: false },
    include: ["**/*.ts"],
  });

/** `folder/file.ts(3,7): error ...` of the compiler as the place in the document. */
const locate = (examples: ReadonlyArray<Example>, message: string): { document: string; text: string } => {
  const [, path = "", line = "0", rest = ""] = /^(.+?)\((\d+),\d+\): (.*)$/s.exec(message) ?? [];
  const example = examples.find(({ folder }) => path.startsWith(`${folder}/`));
  if (example === undefined) return { document: "", text: message };
  const file = path.slice(example.folder.length + 1);
  const block = file === example.file ? example : example.files.findLast((earlier) => earlier.path === file);
  return {
    document: example.document,
    text: `${example.document}:${(block ?? example).line + Number(line)}: ${rest}`,
  };
};

/**
 * Type-checks all examples in one run of the compiler and returns the errors by document; those that belong to no
 * document are under "".
 */
export const typecheckExamples = async (
  stage: string,
  examples: ReadonlyArray<Example>,
  base: string,
): Promise<ReadonlyMap<string, ReadonlyArray<string>>> => {
  const errors = new Map<string, Array<string>>();
  if (examples.every(({ mode }) => mode === "no-check")) return errors;
  writeFileSync(join(stage, "tsconfig.json"), tsconfig(relative(stage, base)));
  const { code, output } = await run("tsc", ["-p", "tsconfig.json", "--pretty", "false"], stage, 300_000);
  for (const message of output.trim().split(/\n(?=\S)/)) {
    if (message === "" || code === 0) continue;
    const { document, text } = locate(examples, message);
    const list = errors.get(document) ?? [];
    errors.set(document, list.includes(text) ? list : [...list, text]);
  }
  if (code !== 0 && errors.size === 0) errors.set("", [`tsc ended with ${code}`]);
  return errors;
};
