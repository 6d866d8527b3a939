/**
 * Makes what a worker prints independent of its life and of its host: a write to a pipe returns when the kernel has it.
 *
 * Node writes to pipes at once only while there is room; the rest waits in the process, and is lost when it exits. The
 * pipe's own blocking mode is no help: it is one with the host's, which switches it off.
 */
import type { Writable } from "node:stream";

import { Socket, writeSync } from "../internal/builtins.ts";

const pollMillis = 1;
const sleeping = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Writes all of it, waiting for room where the descriptor does not wait by itself. */
export const writeWhole = (fd: number, bytes: Uint8Array): void => {
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(fd, bytes, offset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(sleeping, 0, 0, pollMillis);
    }
  }
};

const makeSynchronous = (stream: Writable, fd: number): void => {
  stream._write = (chunk: Uint8Array | string, encoding: BufferEncoding, callback: () => void) => {
    try {
      writeWhole(fd, typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
    } catch {
      // A reader that went away: printing is no reason to fail a job.
    }
    callback();
  };
  // Else what was written while the stream was corked would take the other way.
  Object.defineProperty(stream, "_writev", { value: null });
};

/** `synchronous`: out when the write returns. `platform`: as the platform does it. */
type Writing = "synchronous" | "platform";

// When it is first used: to open a stream costs time that most workers never need.
const onFirstUse = (name: "stdout" | "stderr", fd: number, writing: Writing): void => {
  const descriptor = Object.getOwnPropertyDescriptor(process, name);
  if (descriptor?.get === undefined || descriptor.configurable !== true) return;
  let stream: NodeJS.WriteStream | undefined;
  const get = (): NodeJS.WriteStream => {
    if (stream === undefined) {
      stream = descriptor.get?.call(process) as NodeJS.WriteStream;
      // Files and terminals are written at once anyway. A disk may be full, a terminal gone.
      if (writing === "synchronous" && stream instanceof Socket && !stream.isTTY) makeSynchronous(stream, fd);
      else stream.on("error", () => undefined);
    }
    return stream;
  };
  Object.defineProperty(process, name, { ...descriptor, get });
};

/** From now on, no write to stdout or stderr fails, and with `synchronous` each is out when it returns. */
export const prepareOutput = (writing: Writing): void => {
  onFirstUse("stdout", 1, writing);
  onFirstUse("stderr", 2, writing);
};
