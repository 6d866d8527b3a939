/**
 * A channel over Node's own for child processes, in the serialization that keeps `bigint`, `Map`, `Date`, typed
 * arrays and errors. It is also the task's, who can close it, so batches are marked and anything else is left alone.
 */
import type { ChildProcess } from "node:child_process";

import { asBatch } from "./batch.ts";
import type { Channel, ChannelListener, ChannelType } from "./channel.ts";

const mark = "~heddle/frames";

/** A batch; without frames it is the goodbye of a worker that ends in order. */
export type Marked = readonly [mark: typeof mark, frames?: unknown];

const framesIn = (message: Marked): unknown => {
  try {
    return asBatch(message[1]);
  } catch (error) {
    // The pool refuses whatever is no batch.
    return error;
  }
};

/** Throws when a value cannot be cloned, which not every platform's channel does by itself. */
export const toMarked = (frames: ReadonlyArray<unknown>): Marked => [mark, structuredClone(frames)];

/** The last message of a worker that ends in order. */
export const goodbye: Marked = [mark];

/** Whether a message is one of ours. */
export const isMarked = (u: unknown): u is Marked => Array.isArray(u) && u[0] === mark;

const open = (child: ChildProcess, { onEnd, onFrames }: ChannelListener): Channel => {
  let isExpected = false;
  child.on("message", (message) => {
    if (!isMarked(message)) return;
    if (message.length === 1) isExpected = true;
    else onFrames(framesIn(message));
  });
  child.on("disconnect", () => onEnd(isExpected));
  return {
    send: (frames, first) => {
      const message = toMarked(frames);
      first?.();
      // A worker that has just died reports through its exit; writing to its channel is no error of its own.
      if (child.connected) child.send(message, () => undefined);
    },
    ref: () => child.channel?.ref?.(),
    unref: () => child.channel?.unref?.(),
    destroy: () => {
      if (child.connected) child.disconnect();
    },
  };
};

/** The channel over Node's own. */
export const ipc: ChannelType = {
  kind: "ipc",
  // Where this channel is needed, a pipe would keep the program alive, whatever it is told.
  stdio: ["ignore", "inherit", "inherit", "ipc"],
  open,
};
