/**
 * The worker's end of a thread: the message port that came with its data.
 */
import { parentPort, receiveMessageOnPort, threadId, workerData } from "node:worker_threads";

import { type HostFrame, Kind } from "@heddle/pool/Frame";
import { acceptFrom } from "@heddle/pool/Offers";
import type { Port } from "@heddle/pool/worker/port";

import { AnswerWriter, bell } from "../internal/answers.ts";
import * as Large from "../internal/large.ts";
import { OutputLock } from "../internal/OutputLock.ts";
import { Parking } from "../internal/parking.ts";
import * as Shared from "../internal/Shared.ts";
import type { ThreadData } from "../ThreadTransport.ts";
import { redirectOutput } from "./output.ts";

const { hasCores, lane, latency, output, port, shared } = workerData as ThreadData;

// Tasks see the same object as `workerData`: what they cannot find they cannot disturb.
for (const key of Object.keys(workerData as object)) Reflect.deleteProperty(workerData as object, key);

redirectOutput(
  (descriptor) => new OutputLock(output.lock, descriptor, output.writer),
  Shared.tailWriter(shared),
);

// Nobody would ever hear of a frame that is lost, so the worker dies of it: its call then ends as `WorkerLost`.
port.on("messageerror", (error) => {
  throw error;
});

const answers = new AnswerWriter(shared, Shared.answersAt);

const post: Port["post"] = (frames, transfer) => {
  const [frame] = frames;
  if (frames.length === 1 && frame !== undefined && answers.write(frame)) {
    if (answers.mustRing()) port.postMessage(bell);
    return;
  }
  Large.post(port, frames, transfer, Large.fromThread);
  answers.sentMessage();
};

const parking = new Parking(Shared.parking(shared), () => receiveMessageOnPort(port));

type Listener = Parameters<Port["onFrames"]>[0];

// How many calls at a time come again about as soon as a thread that sleeps would be awake.
const mostFew = 8;

// An idle thread is given one, and those that it is offered with it, five words each.
const areFew = ([first, second]: ReadonlyArray<HostFrame>): boolean => {
  if (first?.[0] !== Kind.run) return false;
  return second === undefined || (second[0] === Kind.runAhead && second[4].length < 5 * mostFew);
};

const spinsAfter = (frames: ReadonlyArray<HostFrame>): boolean =>
  hasCores && (latency === "low" || areFew(frames));

const take = (listener: Listener, first: unknown): void => {
  let frames = first as ReadonlyArray<HostFrame>;
  let isIdle = listener(frames);
  while (isIdle) {
    const received = parking.next(spinsAfter(frames));
    if (received === undefined) break;
    frames = received.message as ReadonlyArray<HostFrame>;
    isIdle = listener(frames);
  }
  hasWork = !isIdle;
  if (isIdle && latency === "low") waitLong(listener);
};

let hasWork = false;
let isWaitingLong = false;

// The loop turns before: what bodies have left behind is to go on, if slowly.
const waitLong = (listener: Listener): void => {
  if (isWaitingLong) return;
  isWaitingLong = true;
  setImmediate(() => {
    isWaitingLong = false;
    // It came by the loop.
    if (hasWork) return;
    const received = parking.nextOfLong(hasCores);
    if (received === undefined) return waitLong(listener);
    parking.leftLoop();
    take(listener, received.message);
  });
};

const onFrames: Port["onFrames"] = (listener) => {
  port.on("message", (frames) => {
    parking.leftLoop();
    take(listener, frames);
  });
};

export const threadPort: Port = {
  lane,
  pid: process.pid,
  threadId,
  capabilities: { isolation: "isolate", transfer: true, sharedMemory: true },
  post,
  onFrames,
  accept: acceptFrom(Shared.offers(shared)),
  isCancelFlagRaised: Shared.cancelFlag(shared),
  close: () => {
    port.close();
    // A body that listens to its parent would wait for messages that never come.
    parentPort?.unref();
  },
  heapUsedBytes: () => process.getBuiltinModule("node:v8").getHeapStatistics().used_heap_size,
};
