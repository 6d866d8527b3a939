/** CPU time and private memory of this process and of those that it started. On systems without /proc: of this one. */
import { readdirSync, readFileSync } from "node:fs";

import type { ContenderKind } from "./contract.ts";

const microsPerNano = 1e-3;

// A process or thread may end between being listed and being read.
const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

const list = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** After the name of the program, which may contain anything: state, parent, ... */
const parentOf = (pid: number): number => {
  const stat = read(`/proc/${pid}/stat`) ?? "";
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
};

/** The processes that this one started, and theirs. */
const descendants = (): ReadonlyArray<number> => {
  const pids = list("/proc").map(Number).filter(Number.isInteger);
  const parents = new Map(pids.map((pid) => [pid, parentOf(pid)]));
  const found = new Set([process.pid]);
  // Parents have lower numbers than their children except after a wrap-around, so look until nothing is new.
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return [...found];
};

const cpuMicrosOf = (pid: number): number =>
  list(`/proc/${pid}/task`)
    .map((task) => Number(read(`/proc/${pid}/task/${task}/schedstat`)?.split(" ")[0] ?? 0))
    .reduce((sum, nanos) => sum + nanos * microsPerNano, 0);

const childrenMicros = (kind: ContenderKind): number =>
  kind === "processes" ? descendants().reduce((sum, pid) => sum + cpuMicrosOf(pid), 0) : 0;

/**
 * Starts a measurement of the CPU time of this process and, for kinds that have them, of its children; the function that
 * it gives ends it. To read `/proc` takes milliseconds, which are not counted.
 */
export const startCpu = (kind: ContenderKind): (() => number) => {
  const children = childrenMicros(kind);
  const before = process.cpuUsage();
  return () => {
    const { system, user } = process.cpuUsage(before);
    return system + user + childrenMicros(kind) - children;
  };
};

const privateKiB = (pid: number | "self"): number | undefined => {
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  if (rollup === undefined) return undefined;
  return [...rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].reduce(
    (sum, [, kib]) => sum + Number(kib),
    0,
  );
};

/** Memory that belongs to this process and its children alone. */
export const privateMiB = (): number => {
  const own = privateKiB("self");
  if (own === undefined) return process.memoryUsage.rss() / 2 ** 20;
  return descendants().reduce((sum, pid) => sum + (privateKiB(pid) ?? 0), own) / 1024;
};
