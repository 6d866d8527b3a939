/**
 * Carries frames to Web Workers, over a message channel of the pool's own.
 *
 * What a task posts with the global `postMessage` can therefore never be taken for a frame.
 *
 * **Details**
 *
 * Bun tells of the end of a worker with an event. Elsewhere a worker holds a Web Lock from its start; whoever asks for the same
 * lock is given it when the worker has ended, however that came.
 *
 * @since 0.1.0
 */
import type { Connection, Listener, Transport } from "@heddle/pool/Transport";

import { hear, isLife, locks, type Start } from "./internal/Start.ts";

/**
 * What is used of a platform's `Worker`.
 *
 * @category models
 * @since 0.1.0
 */
export interface WebWorker extends EventTarget {
  postMessage(message: unknown, transfer: ReadonlyArray<unknown>): void;
  readonly terminate: () => unknown;
  readonly ref?: () => unknown;
  readonly unref?: () => unknown;
}

/**
 * Whether memory that a worker is given stays shared: on a page only where its server isolates it from other origins.
 *
 * @category constants
 * @since 0.1.0
 */
export const canShareMemory: boolean = Reflect.get(globalThis, "crossOriginIsolated") !== false;

// Deno gives the lock away a little before the last messages.
const lastMessagesMillis = 10;

let lastThreadId = 0;

// Once it is terminated, Bun ignores `unref`: a loop that cannot be stopped would keep the program. The port keeps it instead.
const terminate = (worker: WebWorker): void => {
  worker.unref?.();
  worker.terminate();
};

type OnEnd = (exitCode: number | null, cause: Error | undefined) => void;

/** Hears once that a worker lives, and once that it has ended, however that came. Gives a way to end it. */
const watch = (worker: WebWorker, onAlive: (life: string) => void, onEnd: OnEnd) => {
  let state: "starting" | "alive" | "ended" = "starting";
  let exitCode: number | null = null;
  const ended = (code: unknown = null, cause?: Error): void => {
    if (state === "ended") return;
    state = "ended";
    terminate(worker);
    onEnd(exitCode ?? (code as number | null), cause);
  };
  hear(worker, "message", ({ data }) => {
    if (state !== "starting" || !isLife(data)) return;
    state = "alive";
    void locks?.request(data, () => void setTimeout(ended, lastMessagesMillis));
    onAlive(data);
  });
  hear(worker, "error", (event) => {
    // Deno would end the program.
    event.preventDefault();
    // One that is alive tells by itself what it dies of: this event has a text at most.
    if (state === "starting")
      ended(null, new Error((event.message as string) ?? "its file cannot be loaded"));
  });
  hear(worker, "close", ({ code }) => ended(code));
  return (code: number | null): void => {
    exitCode ??= code;
    terminate(worker);
    // It may not have its lock yet, and then nobody would tell.
    if (state === "starting" && locks !== undefined) queueMicrotask(ended);
  };
};

const spawn = (worker: WebWorker, lane: string, { onExit, onFrames }: Listener): Connection => {
  const { port1, port2 } = new MessageChannel();
  const flag = canShareMemory ? new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT) : undefined;
  const start: Omit<Start, "life"> = { lane, threadId: ++lastThreadId, port: port2, flag };
  const onAlive = (life: string): void => worker.postMessage({ ...start, life }, [port2]);
  const end = watch(worker, onAlive, (exitCode, cause) => {
    port1.close();
    onExit({ exitCode, signal: null, cause, stderrTail: "", isOutOfMemory: false });
  });
  hear(port1, "message", ({ data }) => (typeof data === "number" ? end(data) : onFrames(data)));
  hear(port1, "messageerror", () => end(null));
  port1.start();
  // In Bun either of them would keep the program alive.
  const held: ReadonlyArray<Pick<WebWorker, "ref" | "unref" | "addEventListener">> = [worker, port1];
  return {
    send: (frames, transfer) => port1.postMessage(frames, [...transfer] as Array<never>),
    raiseCancelFlag: (call) => void (flag && Atomics.store(new Int32Array(flag), 0, call | 0)),
    kill: () => end(null),
    ref: () => held.forEach((one) => one.ref?.()),
    unref: () => held.forEach((one) => one.unref?.()),
  };
};

/**
 * Makes the transport of the Web Workers that `start` starts. `spawn` throws what `start` throws.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (start: () => WebWorker): Transport => ({
  spawn: (lane, listener) => spawn(start(), lane, listener),
});
