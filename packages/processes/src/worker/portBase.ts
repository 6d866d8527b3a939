/**
 * What the port of a child process is, whatever channel it has.
 */
import type { Port } from "@heddle/pool/worker/port";

import { getHeapStatistics } from "../internal/builtins.ts";
import { onDying } from "./dying.ts";

/** All of a port but its channel. */
export const portBase = (lane: string): Omit<Port, "post" | "onFrames" | "close"> => ({
  lane,
  pid: process.pid,
  threadId: 0,
  capabilities: { isolation: "process", transfer: false, sharedMemory: false },
  isCancelFlagRaised: () => false,
  onDying,
  heapUsedBytes: () => getHeapStatistics().used_heap_size,
});
