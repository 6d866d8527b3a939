/**
 * The worker's end of Node's own channel.
 */
import type { Port } from "@heddle/pool/worker/port";

import { goodbye, isMarked, toMarked } from "../internal/ipc.ts";
import { portBase } from "./portBase.ts";

/** Takes hold of the channel that the worker was started with. */
export const ipcPort = (lane: string): Port => {
  let state: "open" | "closed" = "open";
  // The host is gone and cannot ask for anything any more. A worker that stayed would be an orphan.
  process.once("disconnect", () => {
    if (state === "open") process.kill(process.pid, "SIGKILL");
  });
  return {
    ...portBase(lane),
    post: (frames) => {
      process.send?.(toMarked(frames));
    },
    onFrames: (listener) => {
      process.on("message", (message) => {
        if (isMarked(message)) listener(message[1] as ReadonlyArray<unknown>);
      });
    },
    close: () => {
      state = "closed";
      process.send?.(goodbye, () => process.disconnect());
    },
  };
};
