/**
 * The worker's end of Node's own channel.
 */
import type { Port } from "@heddle/pool/worker/port";

import { goodbye, isMarked, toMarked } from "../internal/ipc.ts";

/** Takes hold of the channel that the worker was started with. */
export const ipcPort = (lane: string): Port => {
  let state: "open" | "closed" = "open";
  // The host is gone and cannot ask for anything any more. A worker that stayed would be an orphan.
  process.once("disconnect", () => {
    if (state === "open") process.kill(process.pid, "SIGKILL");
  });
  return {
    lane,
    pid: process.pid,
    threadId: 0,
    capabilities: { isolation: "process", transfer: false, sharedMemory: false },
    reportsDeath: false,
    post: (frames) => {
      process.send?.(toMarked(frames));
    },
    onFrames: (listener) => {
      process.on("message", (message) => {
        if (isMarked(message)) listener(message[1] as ReadonlyArray<unknown>);
      });
    },
    isCancelFlagRaised: () => false,
    close: () => {
      state = "closed";
      process.send?.(goodbye, () => process.disconnect());
    },
  };
};
