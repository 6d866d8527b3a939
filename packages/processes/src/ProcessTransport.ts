import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Carries frames to child processes over Node's IPC channel, in the serialization that keeps `bigint`, `Map`,
 * `Date`, typed arrays and errors (the default, JSON, corrupts them silently).
 *
 * @since 0.1.0
 */
import type { Resolved } from "@heddle/pool/PoolOptions";
import type { Connection, Listener, Transport } from "@heddle/pool/Transport";

// The same file name with the extension that this module itself was loaded with: .ts here, .js when published.
const entry = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./worker/entry.ts" : "./worker/entry.js", import.meta.url),
);

/**
 * Marks a message as a batch of frames, so that what a task sends with `process.send` is never taken for one.
 *
 * @category constants
 * @since 0.1.0
 */
export const mark = "~heddle/frames";

const isBatch = (u: unknown): u is readonly [string, unknown] => Array.isArray(u) && u[0] === mark;

// A child has ended when it has exited and its channel was read to the end: its last messages may come after `exit`.
const listen = (child: ChildProcess, listener: Listener): void => {
  let cause: unknown;
  let exit: readonly [exitCode: number | null, signal: string | null] | undefined;
  let isOpen = true;
  const ended = (): void => {
    if (exit !== undefined && !isOpen) {
      listener.onExit({ exitCode: exit[0], signal: exit[1], cause, stderrTail: "", isOutOfMemory: false });
    }
  };
  child.on("message", (message) => {
    if (isBatch(message)) listener.onFrames(message[1]);
  });
  child.on("error", (error) => {
    cause = error;
    if (child.pid !== undefined) return;
    // A child that could not be started never exits.
    exit = [null, null];
    isOpen = false;
    ended();
  });
  child.on("disconnect", () => {
    isOpen = false;
    ended();
  });
  child.on("exit", (...how) => {
    exit = how;
    ended();
  });
};

const spawn = (options: Resolved, lane: string, listener: Listener): Connection => {
  const child = fork(entry, [lane], {
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    ...(options.execArgv === undefined ? {} : { execArgv: [...options.execArgv] }),
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
  });
  listen(child, listener);
  return {
    // A child that has just died reports through its exit; writing to its channel is no error of its own.
    send: (frames) => void (child.connected && child.send([mark, frames], () => undefined)),
    raiseCancelFlag: () => undefined,
    kill: () => void child.kill("SIGKILL"),
    ref: () => (child.ref(), child.channel?.ref?.()),
    unref: () => (child.unref(), child.channel?.unref?.()),
  };
};

/**
 * Makes the transport of child processes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Resolved): Transport => ({
  spawn: (lane, listener) => spawn(options, lane, listener),
});
