/**
 * What the port of a child process is, whatever channel it has.
 */
import type { Port } from "@heddle/pool/worker/port";

/** All of a port but its channel. */
export const portBase = (lane: string): Omit<Port, "post" | "onFrames" | "close"> => ({
  lane,
  pid: process.pid,
  threadId: 0,
  capabilities: { isolation: "process", transfer: false, sharedMemory: false },
  // Node tells a parent how its child ended, but not of what error.
  reportsDeath: false,
  isCancelFlagRaised: () => false,
});
