/** What was measured on what. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from "node:os";
import { join } from "node:path";

import type { Report } from "./report.ts";

export const machine = (): Report["machine"] => ({
  platform: platform(),
  architecture: arch(),
  processor: cpus()[0]?.model.trim() ?? "unknown",
  cores: availableParallelism(),
  memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
  loadAverage: loadavg()[0] ?? 0,
});

/** The version of python3, where there is one. */
const python = (): string | undefined => {
  try {
    return execFileSync("python3", ["--version"], { encoding: "utf8" }).replace("Python", "").trim();
  } catch {
    return undefined;
  }
};

const peers = ["effect", "jest-worker", "piscina", "poolifier", "tinypool", "workerpool"];

/** Of Node, Heddle, the peers, and Python where it exists. */
export const versions = (stage: string): Readonly<Record<string, string>> => {
  const versionOf = (name: string): string => {
    const text = readFileSync(join(stage, "node_modules", name, "package.json"), "utf8");
    return (JSON.parse(text) as { readonly version: string }).version;
  };
  const found = python();
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    heddle: versionOf("@heddle/core"),
    ...Object.fromEntries(peers.map((name) => [name, versionOf(name)])),
    ...(found === undefined ? {} : { python: found }),
  };
};
