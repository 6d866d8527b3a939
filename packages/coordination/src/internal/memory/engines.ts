/**
 * All kinds in memory: one state machine each, for one thread. Also what stands behind the broker.
 */
import type { EngineOf, Kind, OptionsOf } from "../engine.ts";
import { makeCounter } from "./counter.ts";
import { makeLock, makeSemaphore } from "./permits.ts";
import { makeQueue } from "./queue.ts";
import { makeBarrier, makeEvent, makeLatch } from "./signals.ts";

export const engines: { readonly [K in Kind]: (options: OptionsOf[K]) => EngineOf[K] } = {
  Lock: makeLock,
  Semaphore: makeSemaphore,
  Latch: makeLatch,
  Event: makeEvent,
  Barrier: makeBarrier,
  Queue: makeQueue,
  Counter: makeCounter,
};
