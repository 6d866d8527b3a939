/** The book's spinner: one unit turns, another one works. */
import { Event } from "@heddle/coordination/promised";
import * as Task from "@heddle/core/Task";
import type { TaskContext } from "@heddle/core/TaskContext";

import { waitFor } from "./clock.ts";

/** One frame of the animation, as it goes over the line. */
export type Frame = string;

const glyphs = ["\\", "|", "/", "-"];

export interface Spin {
  readonly message: string;
  readonly done: Event.Event;
}

const frameMillis = 100;

/** Turns until the event is set; waiting for it is the clock. Gives how many frames it made. */
export const spin = Task.make({
  name: "spinner/spin",
  module: import.meta.url,
  body: async ({ done, message }: Spin, { progress, signal }: TaskContext<Frame>) => {
    for (let frame = 0; ; frame++) {
      progress(`${glyphs[frame % glyphs.length]} ${message}`);
      if (await Event.isSetWithin(done, frameMillis, { signal })) return frame + 1;
    }
  },
});

/** Works (by waiting) and gives its loop to others meanwhile. */
export const slow = Task.make({
  name: "spinner/slow",
  module: import.meta.url,
  body: async (seconds: number, { signal }) => {
    await waitFor(signal, seconds * 1000);
    return 42;
  },
});

/** Waits in the way that lets nothing else happen on this thread. */
export const sleepBlocking = (seconds: number): number => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
  return 42;
};

/** Works (by waiting) and holds its loop meanwhile. */
export const slowBlocking = Task.make({
  name: "spinner/slowBlocking",
  module: import.meta.url,
  body: (seconds: number) => sleepBlocking(seconds),
});
