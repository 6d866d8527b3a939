/**
 * Carries frames to worker threads, over a message channel of the pool's own.
 *
 * What a task posts on `parentPort` or prints can therefore never be taken for a frame.
 *
 * @since 0.1.0
 */
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  type Transferable,
  Worker,
} from "node:worker_threads";

import type { Resolved } from "@heddle/pool/PoolOptions";
import type { Connection, Listener, Transport } from "@heddle/pool/Transport";

// The same file name with the extension that this module itself was loaded with: .ts here, .js when published.
const entry = new URL(
  import.meta.url.endsWith(".ts") ? "./worker/entry.ts" : "./worker/entry.js",
  import.meta.url,
);

/**
 * What a thread is started with.
 *
 * @category models
 * @since 0.1.0
 */
export interface ThreadData {
  readonly lane: string;
  readonly port: MessagePort;
  /** One word: the number of the call that is cancelled. */
  readonly cancelled: Int32Array<SharedArrayBuffer>;
}

const spawn = (options: Resolved, lane: string, listener: Listener): Connection => {
  const { port1, port2 } = new MessageChannel();
  const cancelled = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: ThreadData = { lane, port: port2, cancelled };
  const worker = new Worker(entry, {
    workerData,
    transferList: [port2],
    name: lane,
    ...(options.execArgv === undefined ? {} : { execArgv: [...options.execArgv] }),
    ...(options.env === undefined ? {} : { env: { ...options.env } as NodeJS.Dict<string> }),
  });
  let cause: unknown;
  port1.on("message", listener.onFrames);
  port1.on("messageerror", (error) => listener.onFrames(error));
  worker.on("error", (error) => {
    cause = error;
  });
  worker.on("exit", (exitCode) => {
    // A thread may end before its last messages were delivered; they count.
    for (let last = receiveMessageOnPort(port1); last !== undefined; last = receiveMessageOnPort(port1)) {
      listener.onFrames(last.message);
    }
    port1.close();
    listener.onExit({ exitCode, signal: null, cause, stderrTail: "", isOutOfMemory: false });
  });
  return {
    send: (frames, transfer) => port1.postMessage(frames, transfer as ReadonlyArray<Transferable>),
    raiseCancelFlag: (call) => void Atomics.store(cancelled, 0, call | 0),
    kill: () => void worker.terminate(),
    ref: () => (worker.ref(), port1.ref()),
    unref: () => (worker.unref(), port1.unref()),
  };
};

/**
 * Makes the transport of worker threads.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Resolved): Transport => ({
  spawn: (lane, listener) => spawn(options, lane, listener),
});
