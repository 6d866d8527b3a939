/**
 * Bundles the suite for a page, its tasks as modules of their own, and answers for the files that its cases use.
 */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { rolldown } from "rolldown";

import type { Answer, Files } from "../page/site.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const tasks = fileURLToPath(new URL("../../../conformance/src/fixtures/tasks/", import.meta.url));

const shim = (name: string): string => join(here, "shims", `${name}.ts`);

const shims: Readonly<Record<string, string>> = {
  "node:assert/strict": shim("assert"),
  "node:fs": shim("fs"),
  ...Object.fromEntries(
    ["crypto", "diagnostics_channel", "module", "os", "path", "url", "vm", "worker_threads"].map((name) => [
      `node:${name}`,
      shim("node"),
    ]),
  ),
};

/** One build, so that page and workers load the same modules. */
export const buildSuite = async (): Promise<Files> => {
  const modules = fs
    .globSync("*.ts", { cwd: tasks })
    .map((file) => [`fixtures/tasks/${basename(file, ".ts")}`, join(tasks, file)]);
  const build = await rolldown({
    cwd: here,
    input: { main: "main.ts", entry: "entry.ts", ...Object.fromEntries(modules) },
    platform: "browser",
    resolve: { alias: shims },
    transform: {
      inject: { process: [shim("node"), "process"], setImmediate: [shim("node"), "setImmediate"] },
    },
  });
  try {
    const { output } = await build.generate({ dir: "unwritten", format: "esm" });
    const icon = '<link rel="icon" href="data:," />';
    const page = `<!doctype html>${icon}<script type="module" src="./main.js"></script>`;
    return new Map([
      ["/index.html", page],
      ...output.map(
        (file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source] as const,
      ),
    ]);
  } finally {
    await build.close();
  }
};

const root = join(tmpdir(), "heddle-webworkers-");

/** Answers for the files of cases, all below a directory of their own. */
export class CaseFiles {
  private readonly directory = fs.mkdtempSync(root);

  private answer(operation: string, body: string): string {
    const [path, text] = JSON.parse(body) as [string, string];
    const file = join(this.directory, path);
    if (!file.startsWith(this.directory)) throw new Error("outside");
    switch (operation) {
      case "append":
        return (fs.appendFileSync(file, text), "");
      case "write":
        return (fs.writeFileSync(file, text), "");
      case "read":
        return fs.readFileSync(file, "utf8");
      case "exists":
        return String(fs.existsSync(file));
      case "mkdtemp":
        return fs.mkdtempSync(file).slice(this.directory.length);
      case "rm":
        return (fs.rmSync(file, { recursive: true, force: true }), "");
    }
    throw new Error(`no operation ${operation}`);
  }

  /** As an answer of the server: `POST /fs/operation` with the path and the text. */
  readonly serve: Answer = (request, response) => {
    const parts: Array<Buffer> = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      try {
        const operation = String(request.url).replace("/fs/", "");
        response.end(this.answer(operation, Buffer.concat(parts).toString()));
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    });
  };

  remove(): void {
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}
