import { threadId, workerData } from "node:worker_threads";

/**
 * The worker's end of a thread: the message port that came with its data.
 */
import type { Port } from "@heddle/pool/worker/port";

import type { ThreadData } from "../ThreadTransport.ts";

const { cancelled, lane, port } = workerData as ThreadData;

export const threadPort: Port = {
  lane,
  pid: process.pid,
  threadId,
  post: (frames) => port.postMessage(frames),
  onFrames: (listener) => void port.on("message", listener),
  isCancelFlagRaised: (call) => Atomics.load(cancelled, 0) === (call | 0),
  close: () => port.close(),
};
