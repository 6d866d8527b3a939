import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

/** The tarball as `pnpm publish` would send it. */
const pack = (folder: string): Uint8Array<ArrayBuffer> => {
  const out = mkdtempSync(join(tmpdir(), "heddle-package-"));
  try {
    execFileSync("pnpm", ["pack", "--pack-destination", out], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
    const file = readdirSync(out).find((name) => name.endsWith(".tgz"));
    if (file === undefined) throw new Error("pnpm pack wrote no tarball");
    return new Uint8Array(readFileSync(join(out, file)));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
};

const lint = async (tarball: Uint8Array<ArrayBuffer>): Promise<ReadonlyArray<string>> => {
  const { messages, pkg } = await publint({ strict: true, pack: { tarball: tarball.buffer } });
  return messages.map((message) => `publint: ${formatMessage(message, pkg)}`);
};

const areTheTypesWrong = async (tarball: Uint8Array<ArrayBuffer>): Promise<ReadonlyArray<string>> => {
  const analysis = await checkPackage(createPackageFromTarballData(tarball));
  if (analysis.types === false) return ["attw: no types"];
  // ESM only: node10 and require() are out of scope (attw's "esm-only" profile).
  const outOfScope = new Set(["node10", "node16-cjs"]);
  return analysis.problems
    .filter((problem) => !("resolutionKind" in problem && outOfScope.has(problem.resolutionKind)))
    .map((problem) => `attw: ${JSON.stringify(problem)}`);
};

/** Packs the package and checks what a user would install. */
export const checkTarball = async (folder: string): Promise<ReadonlyArray<string>> => {
  const tarball = pack(folder);
  return [...(await lint(tarball)), ...(await areTheTypesWrong(tarball))];
};
