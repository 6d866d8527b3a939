/**
 * Carries frames to child processes, over a channel of its own: what a task does with `process.send`, `console.log` or
 * stdin, stdout and stderr never touches a frame.
 *
 * **Guarantees**
 *
 * - What a worker posted arrives, even if it exits or is killed right after.
 * - The end of a worker is reported once, after its last frames, with the last of what it wrote to stderr.
 * - No worker outlives this process.
 *
 * @since 0.1.0
 */
import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";

import * as Timers from "@heddle/core/Timers";
import type { Offers } from "@heddle/pool/Offers";
import type { Resolved } from "@heddle/pool/PoolOptions";
import type { Connection, Listener, Transport, WorkerExit } from "@heddle/pool/Transport";

import type { Channel, ChannelType } from "./internal/channel.ts";
import { type Death, Deathbed, isOutOfMemory } from "./internal/death.ts";
import { descriptors, isSupported } from "./internal/descriptors.ts";
import { execArgvOf } from "./internal/execArgv.ts";
import { guard } from "./internal/guard.ts";
import { ipc } from "./internal/ipc.ts";
import { OfferFile } from "./internal/offerFile.ts";
import { startArguments } from "./internal/startArguments.ts";
import { StderrTail } from "./internal/stderr.ts";
import { Termination } from "./internal/terminate.ts";

// The same file name with the extension that this module itself was loaded with: .ts here, .js when published.
const entry = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./worker/entry.ts" : "./worker/entry.js", import.meta.url),
);

// How long a worker whose channel has ended may take to exit by itself.
const exitMillis = 200;

const start = (
  options: Resolved,
  lane: string,
  { kind, stdio }: ChannelType,
  file: OfferFile | undefined,
): ChildProcess => {
  const spawnOptions: SpawnOptions & { readonly serialization?: string } = {
    stdio: file === undefined ? [...stdio] : [...stdio, file.fd],
    windowsHide: true,
    // What a terminal sends to its foreground group (Ctrl-C, hanging up) is for the host alone, which may want to let
    // its work end. On Windows it would be a console of its own; there the worker ignores Ctrl-C.
    detached: process.platform !== "win32",
    ...(kind === "ipc" ? { serialization: "advanced" } : {}),
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
  };
  return spawn(
    process.execPath,
    [...execArgvOf(options), entry, ...startArguments(lane, kind, file)],
    spawnOptions,
  );
};

const exitOf = (death: Death, stderrTail: string): WorkerExit => ({
  ...death,
  stderrTail,
  isOutOfMemory: isOutOfMemory(death, stderrTail),
});

/** A worker that could not be started: says so later, as all others do. */
const stillborn = (causeOf: () => unknown, listener: Listener): Connection => {
  setImmediate(() => listener.onExit(exitOf({ exitCode: null, signal: null, cause: causeOf() }, "")));
  return {
    send: () => undefined,
    raiseCancelFlag: () => undefined,
    kill: () => undefined,
    ref: () => undefined,
    unref: () => undefined,
  };
};

// Measured: a read to accept, JSON, a write to answer.
const overheadMicros = 4;

const offersOver = (file: OfferFile, channel: Channel): Offers => ({
  overheadMicros,
  make: (frames, tickets) =>
    tickets.length === 0 ? channel.send(frames) : channel.send(frames, () => file.add(tickets)),
  withdraw: (tickets) => {
    const { isStirred, withdrawn } = file.withdraw(tickets);
    if (isStirred) channel.send([]);
    return withdrawn;
  },
});

const connect = (
  child: ChildProcess,
  options: Resolved,
  type: ChannelType,
  file: OfferFile | undefined,
  listener: Listener,
): Connection => {
  const { pid, stderr } = child;
  if (pid !== undefined) guard.add(pid);
  const tail = stderr === null ? undefined : new StderrTail(stderr);
  const termination = new Termination(child);
  const deathbed = new Deathbed(
    child,
    () => {
      if (pid !== undefined) guard.remove(pid);
      tail?.drain();
    },
    (death) => {
      channel.destroy();
      stderr?.destroy();
      listener.onExit(exitOf(death, tail?.toString() ?? ""));
      // Whoever was told has withdrawn what the worker had not accepted.
      file?.close();
    },
  );
  const channel = type.open(child, {
    onFrames: listener.onFrames,
    onEnd: (isExpected) => {
      deathbed.channelEnded();
      if (deathbed.hasExited) return;
      // It can say nothing any more, so it is of no use, whatever it does.
      Timers.after(isExpected ? options.graceMillis : exitMillis, () => termination.start(), { unref: true });
    },
  });
  // Not every platform's pipes keep a program alive.
  const pipe = stderr as Partial<Socket> | null;
  return {
    send: (frames) => channel.send(frames),
    offers: file === undefined ? undefined : offersOver(file, channel),
    raiseCancelFlag: () => undefined,
    kill: () => termination.start(),
    ref: () => (child.ref(), channel.ref(), pipe?.ref?.()),
    unref: () => (child.unref(), channel.unref(), pipe?.unref?.()),
  };
};

const spawnWorker = (options: Resolved, type: ChannelType, lane: string, listener: Listener): Connection => {
  const file = type.kind === "descriptors" ? OfferFile.make() : undefined;
  let child: ChildProcess;
  try {
    child = start(options, lane, type, file);
  } catch (cause) {
    file?.close();
    return stillborn(() => cause, listener);
  }
  // Out of descriptors: there are no pipes, and "error" follows.
  if (child.stdio === undefined) {
    file?.close();
    let cause: unknown;
    child.on("error", (error) => {
      cause ??= error;
    });
    return stillborn(() => cause, listener);
  }
  return connect(child, options, type, file, listener);
};

/**
 * Makes the transport of child processes. A child that cannot be started is told as an exit with a `cause`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Resolved): Transport => {
  const type = isSupported() ? descriptors : ipc;
  return { spawn: (lane, listener) => spawnWorker(options, type, lane, listener) };
};
