/**
 * The engines in shared memory, by kind.
 */
import type { SharedEngines, Tools } from "../engine.ts";
import { createBarrier, SharedBarrier } from "./barrier.ts";
import { createCounter, SharedCounter } from "./counter.ts";
import { createEvent, createLatch, SharedEvent, SharedLatch } from "./flags.ts";
import { createLock, SharedLock } from "./lock.ts";
import type { Opened } from "./object.ts";
import { createQueue, orderOf, SharedQueue } from "./queue.ts";
import { createSemaphore, SharedSemaphore } from "./semaphore.ts";
import { SharedWords } from "./words.ts";

const opened = (memory: SharedArrayBuffer, { unit }: Tools): Opened => ({
  words: new SharedWords(memory),
  unit,
});

/** What `create` makes in one unit, `open` finds in each that it was sent to. */
export const engines: SharedEngines = {
  Lock: { create: createLock, open: (memory, tools) => new SharedLock(opened(memory, tools)) },
  Semaphore: { create: createSemaphore, open: (memory, tools) => new SharedSemaphore(opened(memory, tools)) },
  Latch: { create: createLatch, open: (memory, tools) => new SharedLatch(opened(memory, tools)) },
  Event: { create: createEvent, open: (memory, tools) => new SharedEvent(opened(memory, tools)) },
  Barrier: { create: createBarrier, open: (memory, tools) => new SharedBarrier(opened(memory, tools)) },
  Queue: {
    create: createQueue,
    open: (memory, tools) => {
      const words = new SharedWords(memory);
      return new SharedQueue({ words, unit: tools.unit }, orderOf(words), tools);
    },
  },
  Counter: { create: createCounter, open: (memory) => new SharedCounter(memory) },
};
