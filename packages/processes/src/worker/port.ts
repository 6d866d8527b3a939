/**
 * The worker's end of a child process: Node's IPC channel.
 */
import type { Port } from "@heddle/pool/worker/port";

const mark = "~heddle/frames";

const isBatch = (u: unknown): u is readonly [string, ReadonlyArray<unknown>] =>
  Array.isArray(u) && u[0] === mark;

let closing = false;

// The host is gone and cannot ask for anything any more. A child that stayed would be an orphan.
process.once("disconnect", () => {
  if (!closing) process.kill(process.pid, "SIGKILL");
});

export const processPort: Port = {
  lane: process.argv[2] ?? "processes/0",
  pid: process.pid,
  threadId: 0,
  post: (frames) => {
    process.send?.([mark, frames]);
  },
  onFrames: (listener) => {
    process.on("message", (message) => {
      if (isBatch(message)) listener(message[1]);
    });
  },
  isCancelFlagRaised: () => false,
  close: () => {
    closing = true;
    process.disconnect();
  },
};
