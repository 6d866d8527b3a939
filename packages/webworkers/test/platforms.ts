/**
 * The platforms besides pages, as they come with this repository's packages.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

interface Program {
  readonly command: string;
  readonly arguments: ReadonlyArray<string>;
  readonly env?: Readonly<Record<string, string>>;
}

const modules = new URL("../../../node_modules/", import.meta.url);

const files: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Bun: { x64: "@oven/bun-linux-x64/bin/bun", arm64: "@oven/bun-linux-aarch64/bin/bun" },
  Deno: { x64: "@deno/linux-x64-glibc/deno", arm64: "@deno/linux-arm64-glibc/deno" },
};

const flags: Readonly<Record<string, ReadonlyArray<string>>> = { Bun: [], Deno: ["run", "--allow-all"] };

/** How to run a program there; nothing where it is not installed. */
export const programOf = (platform: string): Program | undefined => {
  const command = fileURLToPath(new URL(files[platform]?.[process.arch] ?? "none", modules));
  return existsSync(command) ? { command, arguments: flags[platform] ?? [] } : undefined;
};

/** What it prints; rejects when it fails. */
export const run = async (
  { arguments: first, command, env }: Program,
  file: string,
  ...rest: ReadonlyArray<string>
): Promise<string> => {
  const program = fileURLToPath(new URL(`programs/${file}.ts`, import.meta.url));
  const { stdout } = await promisify(execFile)(command, [...first, program, ...rest], {
    timeout: 400_000,
    maxBuffer: 2 ** 26,
    env: { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
  });
  return stdout;
};
