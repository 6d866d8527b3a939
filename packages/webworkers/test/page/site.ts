/**
 * Builds the page as a user of Vite would, serves it, and opens it in Chromium.
 */
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium, type Browser, type Page } from "playwright-core";
import { build, type Rollup } from "vite";

/** Where Debian's package has it; an own path goes first. */
const candidates = [process.env["HEDDLE_CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser"];

export const chromiumPath = candidates.find((path) => path !== undefined && existsSync(path));

/** For the names of tests. */
export const howToGetChromium =
  chromiumPath === undefined ? "; skipped without Chromium: apt-get install chromium" : "";

const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

// With them a page may share memory with its workers.
const isolating = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

export type Files = ReadonlyMap<string, string | Uint8Array>;

/** The files of the page, by path. Nothing is written. */
export const buildPage = async (): Promise<Files> => {
  const root = fileURLToPath(new URL(".", import.meta.url));
  const built = (await build({
    root,
    configFile: false,
    logLevel: "warn",
    build: { target: "esnext", write: false, minify: false },
  })) as Rollup.RollupOutput;
  return new Map(
    built.output.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source]),
  );
};

/** Answers a request that is not for a file. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server of the page on a port of its own. */
export const serve = async (files: Files, isIsolated: boolean, answer?: Answer): Promise<Server> => {
  const server = createServer((request, response) => {
    const { method, url = "/" } = request;
    if (method === "POST" && answer !== undefined) return answer(request, response);
    const path = url === "/" ? "/index.html" : url;
    const type = types[extname(path)] ?? "application/octet-stream";
    const file = files.get(path);
    response.writeHead(file === undefined ? 404 : 200, {
      "content-type": type,
      ...(isIsolated ? isolating : {}),
    });
    response.end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
};

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** `insecure.test` is this machine by another name: a page from there is not served securely. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath!,
    args: ["--no-sandbox", "--host-resolver-rules=MAP insecure.test 127.0.0.1"],
  });

/** A page that is open, with what it complained about so far. */
export interface Opened {
  readonly page: Page;
  readonly complaints: Array<string>;
}

export const open = async (browser: Browser, url: string): Promise<Opened> => {
  const page = await browser.newPage();
  const complaints: Array<string> = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, complaints };
};
