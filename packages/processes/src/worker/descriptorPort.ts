/**
 * The worker's end of the channel of two pipes.
 */
import type { Port } from "@heddle/pool/worker/port";

import { Socket, writeSync } from "../internal/builtins.ts";
import { Descriptor } from "../internal/descriptors.ts";
import { goodbye, MessageReader, toMessage } from "../internal/messages.ts";
import { OfferReader } from "./offerReader.ts";
import { writeWhole } from "./output.ts";
import { portBase } from "./portBase.ts";

const stderr = 2;
const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;

const die = (): never => {
  process.kill(process.pid, "SIGKILL");
  throw new Error("the host is gone");
};

// Blocks until the kernel has all of it, so that it arrives whatever the worker does next.
const write = (bytes: Uint8Array): void => {
  try {
    writeWhole(Descriptor.fromWorker, bytes);
  } catch (error) {
    if (codeOf(error) !== "EPIPE")
      writeSync(stderr, `Heddle: the worker's channel is broken: ${String(error)}\n`);
    die();
  }
};

/** Takes hold of the pipes that the worker was started with. */
export const descriptorPort = (lane: string, hasOffers: boolean): Port => {
  const input = new Socket({ fd: Descriptor.toWorker, readable: true, writable: false });
  let state: "open" | "closed" = "open";
  // The host is gone and cannot ask for anything any more. A worker that stayed would be an orphan.
  input.on("close", () => {
    if (state === "open") die();
  });
  // After it comes "close".
  input.on("error", () => undefined);
  const offers = hasOffers ? new OfferReader(Descriptor.offers) : undefined;
  return {
    ...portBase(lane),
    accept: offers === undefined ? undefined : (ticket) => offers.accept(ticket),
    post: (frames) => {
      for (const part of toMessage(frames)) write(part);
    },
    onFrames: (listener) => {
      const reader = new MessageReader((frames) => listener(frames as ReadonlyArray<unknown>));
      input.on("data", (chunk) => reader.read(chunk));
    },
    close: () => {
      state = "closed";
      write(goodbye);
      input.destroy();
    },
  };
};
