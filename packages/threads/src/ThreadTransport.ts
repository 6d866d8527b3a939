/**
 * Carries frames to worker threads, over a message channel of the pool's own.
 *
 * What a task posts on `parentPort` or prints can therefore never be taken for a frame.
 *
 * @since 0.1.0
 */
import { availableParallelism } from "node:os";
import { MessageChannel, type MessagePort, Worker, type WorkerOptions } from "node:worker_threads";

import { type HostFrame, Kind } from "@heddle/pool/Frame";
import { overWords } from "@heddle/pool/Offers";
import type { Resolved } from "@heddle/pool/PoolOptions";
import type { Connection, Listener, Transport } from "@heddle/pool/Transport";

import { inheritedExecArgv } from "./internal/execArgv.ts";
import { Inbox } from "./internal/inbox.ts";
import * as Large from "./internal/large.ts";
import * as OutputLock from "./internal/OutputLock.ts";
import { wake } from "./internal/parking.ts";
import * as Shared from "./internal/Shared.ts";

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
  /** The cancel flag, and the last of what the thread wrote to stderr. */
  readonly shared: SharedArrayBuffer;
  /** The lock of what is printed, the same for all threads of the program, and this thread's number there. */
  readonly output: { readonly lock: SharedArrayBuffer; readonly writer: number };
  readonly latency: Latency;
  /** Whether the host has a core of its own while this thread looks for its next call. */
  readonly hasCores: boolean;
}

/**
 * Where a thread without work waits: in its event loop, or where it stands.
 *
 * @category models
 * @since 0.1.0
 */
export type Latency = "normal" | "low";

const hasCores = availableParallelism() > 1;

const outputLock = OutputLock.make();
let lastWriter = 0;

// V8 may need the whole young generation on top of its limit when it is reached, but Node grants it 16 MiB more
// and V8 aborts the process where that is not enough. The default young generation is 48 MiB.
const youngMiB = 8;

const limits = (memoryLimitMiB: number): WorkerOptions["resourceLimits"] => ({
  maxOldGenerationSizeMb: memoryLimitMiB,
  maxYoungGenerationSizeMb: Math.min(youngMiB, memoryLimitMiB),
});

// A thread that sends without end must not hold the host's loop.
const mostAtOnce = 256;

// How long a thread whose channel has closed may take to exit by itself.
const exitMillis = 500;

// Node makes the text "undefined" of a variable without a value.
const definedOnly = (env: NonNullable<Resolved["env"]>): NodeJS.Dict<string> =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));

const optionsOf = ({ env, execArgv = inheritedExecArgv(), memoryLimitMiB }: Resolved): WorkerOptions => ({
  ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
  ...(env === undefined ? {} : { env: definedOnly(env) }),
  ...(memoryLimitMiB === undefined ? {} : { resourceLimits: limits(memoryLimitMiB) }),
});

const isOutOfMemory = (cause: unknown): boolean =>
  (cause as { readonly code?: unknown } | null | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY";

// A body that got hold of the channel may have closed it, or given it away and lost it. The end of a thread closes it as
// well, and so does a thread that was asked to close and is not done yet.
const watchChannel = (port: MessagePort, onLost: () => void): { readonly stop: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    timer = setTimeout(onLost, exitMillis).unref();
  };
  port.once("close", wait);
  return {
    stop: () => {
      port.off("close", wait);
      clearTimeout(timer);
    },
  };
};

const start = (options: Resolved, workerData: ThreadData): Worker =>
  new Worker(entry, {
    workerData,
    transferList: [workerData.port],
    name: workerData.lane,
    ...optionsOf(options),
  });

const spawn = (options: Resolved, latency: Latency, lane: string, listener: Listener): Connection => {
  const { port1, port2 } = new MessageChannel();
  const shared = Shared.make();
  const output = { lock: outputLock, writer: ++lastWriter };
  const workerData: ThreadData = { lane, port: port2, shared, output, latency, hasCores };
  const worker = start(options, workerData);
  // A list, since a thread may throw `undefined`; the first is what it died of.
  const causes: Array<unknown> = [];
  // A frame is lost, for example a value nested more deeply than the host can read: so is the worker, with the reason.
  const inbox = new Inbox(port1, shared, latency === "low", listener);
  const dieOf = (cause: unknown): void => {
    causes.push(cause);
    void worker.terminate();
  };
  const lost = (unreadable: unknown): void => {
    inbox.skip();
    dieOf(unreadable);
  };
  port1.on("message", (message) => {
    inbox.deliver(message);
    try {
      inbox.deliverMore(mostAtOnce);
    } catch (unreadable) {
      lost(unreadable);
    }
  });
  port1.on("messageerror", lost);
  const watch = watchChannel(port1, () => dieOf(new Error("its channel was closed while it lived")));
  worker.on("error", (error) => causes.push(error));
  worker.on("exit", (exitCode) => {
    watch.stop();
    OutputLock.releaseAll(outputLock, output.writer);
    causes.push(...inbox.end());
    port1.close();
    listener.onExit({
      exitCode,
      signal: null,
      cause: causes[0],
      stderrTail: Shared.readTail(shared),
      isOutOfMemory: causes.some(isOutOfMemory),
    });
  });
  const parking = Shared.parking(shared);
  const send = (frames: ReadonlyArray<HostFrame>, transfer?: ReadonlyArray<unknown>): void => {
    Large.post(port1, frames, transfer, Large.fromHost);
    wake(parking);
    inbox.beQuiet();
    if (frames[0]?.[0] === Kind.close) watch.stop();
  };
  return {
    send,
    offers: overWords(Shared.offers(shared), send),
    raiseCancelFlag: (call) => Shared.raise(shared, call),
    kill: () => void worker.terminate(),
    ref: () => (worker.ref(), port1.ref()),
    unref: () => (worker.unref(), port1.unref()),
  };
};

/**
 * Makes the transport of worker threads. `spawn` throws when the platform starts none, for example for a flag in
 * `execArgv` that no thread may have.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Resolved, latency: Latency = "normal"): Transport => ({
  spawn: (lane, listener) => spawn(options, latency, lane, listener),
});
