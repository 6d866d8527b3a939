/**
 * A channel of two pipes, one for each direction: a worker writes to its pipe in blocking mode, so that a frame is in
 * the kernel when `post` returns, and reads from the other by events. One pipe can only be in one mode.
 */
import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";

import type { Channel, ChannelListener, ChannelType } from "./channel.ts";
import { decode, encode } from "./codec.ts";
import { MessageReader, toMessage } from "./messages.ts";

/** Where a worker finds its pipes. */
export const Descriptor = { toWorker: 3, fromWorker: 4, offers: 5 } as const;

const ignoreError = (): void => undefined;

const open = (child: ChildProcess, { onEnd, onFrames }: ChannelListener): Channel => {
  const output = child.stdio[Descriptor.toWorker] as Socket;
  const input = child.stdio[Descriptor.fromWorker] as Socket;
  const reader = new MessageReader(onFrames);
  let isOpen = true;
  const ended = (): void => {
    if (!isOpen) return;
    isOpen = false;
    onEnd(reader.reading === "goodbye");
  };
  input.on("data", (chunk: Buffer) => reader.read(chunk));
  input.on("close", ended);
  // Nothing comes on this one but its end: the worker has closed it, or is gone.
  output.resume();
  output.on("close", () => {
    // What the worker had written before is read first.
    if (child.exitCode === null && child.signalCode === null) setImmediate(ended);
  });
  // A worker that has just died reports through its exit. After an error comes "close".
  input.on("error", ignoreError);
  output.on("error", ignoreError);
  return {
    send: (frames, first) => {
      const parts = toMessage(frames);
      first?.();
      if (!output.writable) return;
      for (const part of parts) output.write(part);
    },
    ref: () => (input.ref(), output.ref()),
    unref: () => (input.unref(), output.unref()),
    destroy: () => (input.destroy(), output.destroy()),
  };
};

/** The channel of two pipes. */
export const descriptors: ChannelType = {
  kind: "descriptors",
  stdio: ["ignore", "inherit", "pipe", "pipe", "pipe"],
  open,
};

/** Whether this platform has what the channel needs. */
export const isSupported = (): boolean => {
  // Bun has no serializer that can be derived from; on Windows a pipe cannot be written to at once.
  if (process.platform === "win32") return false;
  try {
    const sample = new Map([[1n, new Uint16Array([1, 2, 3]).subarray(1)]]);
    const { bytes, layout } = encode([sample]);
    const frames = decode(layout, bytes);
    return Array.isArray(frames) && frames[0] instanceof Map && frames[0].get(1n)?.[1] === 3;
  } catch {
    // Whatever is missing, the other channel does without it.
    return false;
  }
};
