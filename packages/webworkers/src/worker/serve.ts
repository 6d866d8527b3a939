/**
 * The worker's side, for a worker file of your own.
 *
 * **When to use**
 *
 * Where the program is bundled for a page. Bundlers find a worker by the literal `new Worker(new URL(...))` in your code, and
 * make a bundle of its own of the file that it names. That file imports the modules of your tasks and serves them.
 *
 * @since 0.1.0
 */
import * as Platform from "@heddle/core/Platform";
import { serve as servePort } from "@heddle/pool/worker/loop";
import type { Port } from "@heddle/pool/worker/port";

import { hear, locks, newLife, type Start, type Told } from "../internal/Start.ts";

type Scope = EventTarget & { postMessage: (life: string) => void; close?: () => void };
const scope = globalThis as unknown as Scope;

// Until the worker's end, however that comes: then the host is given the lock. Nothing but that end rejects.
const hold = (life: string): Promise<void> =>
  new Promise((resolve) => {
    if (locks === undefined) return resolve();
    locks.request(life, () => (resolve(), new Promise(() => undefined))).catch(() => undefined);
  });

const portOf = ({ flag, lane, port, threadId }: Start): Port => {
  const end = (exitCode: number): void => port.postMessage(exitCode);
  const cancelled = flag && new Int32Array(flag);
  // A page may have half a `process`, put there for old libraries.
  (globalThis.process as Partial<NodeJS.Process> | undefined)?.on?.("exit", end);
  return {
    lane,
    pid: Platform.pid,
    threadId,
    capabilities: { isolation: "isolate", transfer: true, sharedMemory: flag !== undefined },
    post: (frames, transfer = []) => port.postMessage(frames, [...transfer] as Array<never>),
    onFrames: (listener) => {
      hear(port, "message", ({ data }) => listener(data as ReadonlyArray<unknown>));
      // Nobody would ever answer a frame that is lost.
      hear(port, "messageerror", () => end(1));
      port.start();
    },
    isCancelFlagRaised: (call) => cancelled !== undefined && Atomics.load(cancelled, 0) === (call | 0),
    close: () => end(0),
    onDying: (tell) => {
      // A page's worker would live on. One of Bun dies by itself, and cannot close.
      const die = ({ error, message, reason }: Told): void => {
        tell(error ?? reason ?? message);
        end(1);
        scope.close?.();
      };
      hear(scope, "error", die);
      hear(scope, "unhandledrejection", die);
    },
  };
};

/**
 * Serves the runtime that started this worker. Loads no Effect until a body needs it.
 *
 * **Details**
 *
 * `modules` are those that are bundled into the worker's file: their tasks are found without an import, under the `module`
 * that they name. Use any text that is the same in both bundles, since `import.meta.url` is not. The module of any other
 * task is imported by its URL.
 *
 * **Example** (A worker file)
 *
 * ```ts no-check: only a worker can run it
 * // worker.ts
 * import { serve } from "@heddle/webworkers/worker";
 *
 * import * as Tasks from "./tasks.ts";
 *
 * serve([Tasks]);
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const serve = (modules: ReadonlyArray<object> = []): void => {
  const life = newLife();
  hear(scope, "message", ({ data }) => {
    // A program may send messages of its own to its workers.
    if ((data as Start | null)?.life === life) servePort(portOf(data as Start), modules);
  });
  void hold(life).then(() => scope.postMessage(life));
};
