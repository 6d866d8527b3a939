/**
 * Writes what a thread prints straight to the process's own descriptors.
 *
 * Node carries a thread's output through the host's event loop: nothing appears while that loop is blocked, and what
 * was not carried yet when the thread dies is lost. Here a write has left the process when it returns.
 */
import type { Writable } from "node:stream";

import type { OutputLock } from "../internal/OutputLock.ts";

// To import `node:fs` makes all that it exports, promises and streams too: 0.6 MiB in each thread.
const { writeSync } = process.getBuiltinModule("node:fs");

type OnBytes = (bytes: Uint8Array) => void;

const pauseMillis = 1;

const codeOf = (thrown: unknown): unknown => (thrown as { readonly code?: unknown } | null)?.code;

// The host makes a pipe non-blocking, so a full one answers EAGAIN; waiting for its reader is what a write to a
// blocking pipe does, and unlike that it can be terminated.
const writeAll = (descriptor: 1 | 2, bytes: Uint8Array, pause: () => void): void => {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (thrown) {
      const code = codeOf(thrown);
      if (code === "EAGAIN") pause();
      // A reader that went away (EPIPE, EIO of a terminal), a full disk: printing is no reason to fail a job.
      else if (code !== "EINTR") return;
    }
  }
};

const makePause = (): (() => void) => {
  let cell: Int32Array<SharedArrayBuffer> | undefined;
  return () => {
    cell ??= new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    Atomics.wait(cell, 0, 0, pauseMillis);
  };
};

const toBytes = (chunk: unknown, encoding: string): Uint8Array =>
  typeof chunk === "string" ? Buffer.from(chunk, encoding as BufferEncoding) : (chunk as Uint8Array);

/** Where a stream's bytes go, and how to wait there. */
interface Target {
  readonly descriptor: 1 | 2;
  readonly lock: OutputLock;
  readonly pause: () => void;
}

// The stream stays the platform's object: the console may hold it already, and everything but the writing is as it was.
const redirect = (stream: Writable, { descriptor, lock, pause }: Target, onBytes?: OnBytes): void => {
  const pauseAlive = (): void => {
    lock.showLife();
    pause();
  };
  const write = (bytes: Uint8Array): void => {
    onBytes?.(bytes);
    lock.hold(() => writeAll(descriptor, bytes, pauseAlive));
  };
  Object.assign(stream, {
    _write: (chunk: unknown, encoding: string, written: () => void) => {
      write(toBytes(chunk, encoding));
      written();
    },
    // Chunks that waited under `cork` leave in one write.
    _writev: (
      chunks: ReadonlyArray<{ readonly chunk: unknown; readonly encoding: string }>,
      written: () => void,
    ) => {
      write(Buffer.concat(chunks.map(({ chunk, encoding }) => toBytes(chunk, encoding))));
      written();
    },
    _final: (finished: () => void) => finished(),
  });
};

/**
 * Redirects `process.stdout` and `process.stderr` of this thread, and with them `console`.
 *
 * On Windows they stay as they are: a descriptor of a console there knows no UTF-8.
 */
export const redirectOutput = (lockOf: (descriptor: 1 | 2) => OutputLock, onStderr: OnBytes): void => {
  if (process.platform === "win32") return;
  const pause = makePause();
  redirect(process.stdout, { descriptor: 1, lock: lockOf(1), pause });
  redirect(process.stderr, { descriptor: 2, lock: lockOf(2), pause }, onStderr);
};
