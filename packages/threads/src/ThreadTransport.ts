/**
 * Carries frames to worker threads, over a message channel of the pool's own.
 *
 * What a task posts on `parentPort` or prints can therefore never be taken for a frame.
 *
 * @since 0.1.0
 */
import { availableParallelism } from "node:os";
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  type Transferable,
  Worker,
  type WorkerOptions,
} from "node:worker_threads";

import { type HostFrame, Kind } from "@heddle/pool/Frame";
import { overWords } from "@heddle/pool/Offers";
import type { Resolved } from "@heddle/pool/PoolOptions";
import type { Connection, Listener, Transport } from "@heddle/pool/Transport";

import { AnswerReader, bell } from "./internal/answers.ts";
import { inheritedExecArgv } from "./internal/execArgv.ts";
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

/** What comes from one thread, in the order in which the thread sent it. */
class Inbox {
  private readonly port: MessagePort;
  private readonly listener: Listener;
  private readonly answers: AnswerReader;
  private readonly latency: Latency;
  private look: NodeJS.Timeout | undefined;

  constructor(port: MessagePort, shared: SharedArrayBuffer, latency: Latency, listener: Listener) {
    this.port = port;
    this.latency = latency;
    this.listener = listener;
    this.answers = new AnswerReader(shared, Shared.answersAt);
  }

  /** Delivers a message, and the answers that were written before it. */
  deliver(message: unknown): void {
    if (message === bell) return this.deliverAnswers();
    this.deliverAnswers();
    this.answers.tookMessage();
    this.listener.onFrames(message);
  }

  /** The same for what else has come. An event per message costs several times as much. Throws when one cannot be read. */
  deliverMore(mostMessages: number): void {
    for (let left = mostMessages; left > 0; left--) {
      const next: { readonly message: unknown } | undefined = receiveMessageOnPort(this.port);
      if (next === undefined) break;
      this.deliver(next.message);
    }
    this.deliverAnswers();
  }

  /** A message came that cannot be read. */
  skip(): void {
    this.deliverAnswers();
    this.answers.tookMessage();
  }

  /**
   * Where the thread has a lot to do it need not tell of each end: one looks after a while. To be told costs the host as much as
   * a short body takes.
   */
  beQuiet(): boolean {
    const millis = this.latency === "low" ? 0 : (this.listener.quietMillis?.() ?? 0);
    if (millis === 0) return false;
    this.answers.mute();
    this.look ??= setTimeout(() => this.looked(), millis).unref();
    return true;
  }

  stop(): void {
    clearTimeout(this.look);
  }

  private looked(): void {
    this.look = undefined;
    this.deliverWritten();
    if (!this.beQuiet()) this.deliverAnswers();
  }

  private deliverAnswers(): void {
    this.answers.listen();
    this.deliverWritten();
    this.beQuiet();
  }

  private deliverWritten(): void {
    const frames = this.answers.take();
    if (frames.length > 0) this.listener.onFrames(frames);
  }
}

// A thread may end before its last messages were delivered; they count. One that cannot be read throws here, in the
// host, and is left out.
const deliverRest = (inbox: Inbox, causes: Array<unknown>): void => {
  for (;;) {
    try {
      return inbox.deliverMore(Number.POSITIVE_INFINITY);
    } catch (unreadable) {
      causes.push(unreadable);
      inbox.skip();
    }
  }
};

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

const spawn = (options: Resolved, latency: Latency, lane: string, listener: Listener): Connection => {
  const { port1, port2 } = new MessageChannel();
  const shared = Shared.make();
  const output = { lock: outputLock, writer: ++lastWriter };
  const workerData: ThreadData = { lane, port: port2, shared, output, latency, hasCores };
  const worker = new Worker(entry, {
    workerData,
    transferList: [port2],
    name: lane,
    ...optionsOf(options),
  });
  // A list, since a thread may throw `undefined`; the first is what it died of.
  const causes: Array<unknown> = [];
  // A frame is lost, for example a value nested more deeply than the host can read: so is the worker, with the reason.
  const inbox = new Inbox(port1, shared, latency, listener);
  const lost = (unreadable: unknown): void => {
    causes.push(unreadable);
    inbox.skip();
    void worker.terminate();
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
  const watch = watchChannel(port1, () => {
    causes.push(new Error("its channel was closed while it lived"));
    void worker.terminate();
  });
  worker.on("error", (error) => causes.push(error));
  worker.on("exit", (exitCode) => {
    watch.stop();
    OutputLock.releaseAll(outputLock, output.writer);
    deliverRest(inbox, causes);
    inbox.stop();
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
  const send = (frames: ReadonlyArray<HostFrame>, transfer: ReadonlyArray<unknown> = []): void => {
    const large = transfer.length === 0 ? Large.fromHost(frames) : undefined;
    port1.postMessage(large?.frames ?? frames, large?.transfer ?? (transfer as ReadonlyArray<Transferable>));
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
