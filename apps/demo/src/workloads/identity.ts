/** Who works: the line with which the book's programs introduce themselves. Loads no library, since workers load it. */
import type { Unit } from "@heddle/core/TaskContext";

import { type Adapter, adapters } from "../adapters.ts";

const known: ReadonlyArray<Adapter> = adapters;

export const identity = ({ lane, pid, runtime, threadId }: Unit): string => {
  const ordinal = Number(lane.split("/")[1] ?? 0) + 1;
  const bodies = known.find(({ name }) => name === runtime)?.bodies;
  const processName = bodies === "in processes" ? `Process-${ordinal}` : "MainProcess";
  const threadName = bodies === "in threads" ? `Thread-${ordinal} (id ${threadId})` : "MainThread";
  return `PID: ${pid}, Process Name: ${processName}, Thread Name: ${threadName}`;
};

/** The identity of code that runs without any runtime. */
export const own: Unit = { runtime: "serial", lane: "serial/0", pid: process.pid, threadId: 0 };
