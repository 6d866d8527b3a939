/** Who works: the line with which the book's programs introduce themselves. Types only, so that workers load fast. */
import type { Unit } from "@heddle/core/TaskContext";

export const identity = ({ lane, pid, runtime, threadId }: Unit): string => {
  const ordinal = Number(lane.split("/")[1] ?? 0) + 1;
  const processName = runtime === "processes" ? `Process-${ordinal}` : "MainProcess";
  const threadName = runtime === "threads" ? `Thread-${ordinal} (id ${threadId})` : "MainThread";
  return `PID: ${pid}, Process Name: ${processName}, Thread Name: ${threadName}`;
};

/** The identity of code that runs without any runtime. */
export const own: Unit = { runtime: "serial", lane: "serial/0", pid: process.pid, threadId: 0 };
