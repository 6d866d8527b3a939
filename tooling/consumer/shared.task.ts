import { Counter, Lock, Queue } from "@heddle/coordination/promised";
import * as Task from "@heddle/core/Task";

interface Shared {
  readonly lock: Lock.Lock;
  readonly counter: Counter.Counter<number>;
  readonly seen: Queue.Queue<number>;
}

/** Reads and writes in two steps, which only the lock makes one. */
export const count = Task.make({
  name: "consumer/count",
  module: import.meta.url,
  body: async ({ counter, lock, seen }: Shared) => {
    await Lock.withLock(lock, async () => {
      const value = await Counter.get(counter);
      await Counter.set(counter, value + 1);
      await Queue.offer(seen, value);
    });
  },
});
