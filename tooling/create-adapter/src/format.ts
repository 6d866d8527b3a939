/** Formats texts as the repository's own files are: another name makes lines longer and sorts imports differently. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const oxfmtOf = (root: string): string => {
  const manifest = createRequire(join(root, "package.json")).resolve("oxfmt/package.json");
  return join(dirname(manifest), "bin/oxfmt");
};

const formatted = (root: string, path: string, text: string): string => {
  const { error, status, stderr, stdout } = spawnSync(
    process.execPath,
    [oxfmtOf(root), `--stdin-filepath=${path}`],
    { cwd: root, encoding: "utf8", input: text },
  );
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${path} could not be formatted: ${stderr}`);
  return stdout;
};

/** The same files, formatted. What the repository does not format, such as changesets, stays as it is. */
export const format = (root: string, files: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...files].map(([path, text]) => [path, formatted(root, path, text)]));
