/**
 * What units do in the tests.
 */
import {
  Event as BlockingEvent,
  Lock as BlockingLock,
  Queue as BlockingQueue,
} from "@heddle/coordination/blocking";
import {
  Barrier,
  Counter,
  Event,
  Latch,
  Lock,
  Queue,
  Semaphore,
  SharedBytes,
} from "@heddle/coordination/promised";
import * as Task from "@heddle/core/Task";

import { apis, type Form, type Kind, reasonOf, scenarios } from "./scenarios.ts";

const module = import.meta.url;

/** Plays the scenario of a kind in a form. */
export const play = Task.make({
  name: "coordination/play",
  module,
  body: ({ form, handle, kind }: { form: Form; kind: Kind; handle: object }) =>
    scenarios[kind](apis[form], handle),
});

/** Adds to memory without any protection but the lock. */
export const addUnderLock = Task.make({
  name: "coordination/addUnderLock",
  module,
  body: async ({
    bytes,
    lock,
    times,
  }: {
    lock: Lock.Lock;
    bytes: SharedBytes.SharedBytes;
    times: number;
  }) => {
    const view = await SharedBytes.view(bytes);
    const cell = new Float64Array(view.buffer, view.byteOffset, 1);
    for (let time = 0; time < times; time++) {
      await Lock.withLock(lock, async () => {
        const before = cell[0] as number;
        if (time % 8 === 0) await Promise.resolve();
        cell[0] = before + 1;
      });
    }
  },
});

export const addUnderBlockingLock = Task.make({
  name: "coordination/addUnderBlockingLock",
  module,
  body: ({ bytes, lock, times }: { lock: Lock.Lock; bytes: SharedArrayBuffer; times: number }) => {
    const cell = new Float64Array(bytes);
    for (let time = 0; time < times; time++) {
      BlockingLock.withLock(lock, () => {
        cell[0] = (cell[0] as number) + 1;
      });
    }
  },
});

/** Takes what it can get of everything, says so, and dies. */
export const takeAndDie = Task.make({
  name: "coordination/takeAndDie",
  module,
  body: async (input: {
    lock: Lock.Lock;
    semaphore: Semaphore.Semaphore;
    ready: Latch.Latch;
    die: Event.Event;
  }) => {
    await Lock.acquire(input.lock);
    await Semaphore.acquire(input.semaphore, 2);
    await Latch.countDown(input.ready);
    await Event.wait(input.die);
    process.exit(3);
  },
});

/** Waits in the lines of everything, says so, and dies there. */
export const waitAndDie = Task.make({
  name: "coordination/waitAndDie",
  module,
  body: async (input: {
    lock: Lock.Lock;
    queue: Queue.Queue<number>;
    ready: Latch.Latch;
    die: Event.Event;
  }) => {
    void Lock.acquire(input.lock).catch(() => undefined);
    void Queue.take(input.queue).catch(() => undefined);
    await Latch.countDown(input.ready);
    await Event.wait(input.die);
    process.exit(3);
  },
});

export const waitAtBarrier = Task.make({
  name: "coordination/waitAtBarrier",
  module,
  body: ({ barrier, isToDie }: { barrier: Barrier.Barrier; isToDie: boolean }) => {
    if (!isToDie) return reasonOf(Barrier.wait(barrier));
    void Barrier.wait(barrier).catch(() => undefined);
    return new Promise(() => void setTimeout(() => process.exit(3), 50));
  },
});

/** Releases what somebody else holds. */
export const releaseOf = Task.make({
  name: "coordination/releaseOf",
  module,
  body: ({ held, lock }: { lock: Lock.Lock; held: Lock.Held }) => reasonOf(Lock.release(lock, held)),
});

export const acquireFor = Task.make({
  name: "coordination/acquireFor",
  module,
  body: ({ lock, timeoutMillis }: { lock: Lock.Lock; timeoutMillis: number }) =>
    reasonOf(Lock.acquire(lock, { timeoutMillis })),
});

export const produce = Task.make({
  name: "coordination/produce",
  module,
  body: async ({ from, queue, to }: { queue: Queue.Queue<number>; from: number; to: number }) => {
    for (let value = from; value < to; value++) await Queue.offer(queue, value);
  },
});

export const produceBatches = Task.make({
  name: "coordination/produceBatches",
  module,
  body: ({ from, queue, to }: { queue: Queue.Queue<number>; from: number; to: number }) =>
    Queue.offerAll(
      queue,
      Array.from({ length: to - from }, (_, index) => from + index),
    ),
});

export const consume = Task.make({
  name: "coordination/consume",
  module,
  body: async ({ queue }: { queue: Queue.Queue<number> }) => {
    const seen: Array<number> = [];
    for await (const value of Queue.values(queue)) seen.push(value);
    return seen;
  },
});

/** Until it takes the pill. */
export const consumeUntilPill = Task.make({
  name: "coordination/consumeUntilPill",
  module,
  body: async ({ pill, queue }: { queue: Queue.Queue<number>; pill: number }) => {
    let count = 0;
    while ((await Queue.take(queue)) !== pill) count++;
    return count;
  },
});

export const blockOn = Task.make({
  name: "coordination/blockOn",
  module,
  body: ({
    event,
    queue,
    timeoutMillis,
  }: {
    event: Event.Event;
    queue: Queue.Queue<number>;
    timeoutMillis?: number;
  }) => {
    BlockingEvent.wait(event, { timeoutMillis });
    return BlockingQueue.take(queue, { timeoutMillis });
  },
});

/** Blocks for ever, and tells how that ends. */
export const blockForEver = Task.make({
  name: "coordination/blockForEver",
  module,
  body: ({
    lock,
    notes,
    ready,
  }: {
    lock: Lock.Lock;
    ready: SharedArrayBuffer;
    notes: Queue.Queue<string>;
  }) => {
    Atomics.store(new Int32Array(ready), 0, 1);
    try {
      BlockingLock.acquire(lock);
    } catch (thrown) {
      BlockingQueue.offer(notes, (thrown as { reason: string }).reason);
      throw thrown;
    }
  },
});

/** Passes what it was given on to another task. */
export const handOn = Task.make({
  name: "coordination/handOn",
  module,
  body: async ({ deep }: { deep: { in: ReadonlyArray<{ counter: Counter.Counter<number> }> } }, context) => {
    const [{ counter }] = deep.in as [{ counter: Counter.Counter<number> }];
    await context.run(count, { counters: new Map([["it", counter]]) });
    return Counter.add(counter);
  },
});

export const count = Task.make({
  name: "coordination/count",
  module,
  body: ({ counters }: { counters: Map<string, Counter.Counter<number>> }) =>
    Counter.add(counters.get("it") as Counter.Counter<number>),
});

/** Cancelled by its signal while it waits; puts what it took elsewhere. */
export const takeUntilCancelled = Task.make({
  name: "coordination/takeUntilCancelled",
  module,
  body: async (
    input: { queue: Queue.Queue<number>; taken: Queue.Queue<number>; ready: Latch.Latch },
    context,
  ) => {
    const value = Queue.take(input.queue, { signal: context.signal });
    await Latch.countDown(input.ready);
    await Queue.offer(input.taken, await value);
  },
});

export const findBlock = Task.make({
  name: "coordination/findBlock",
  module,
  body: async ({ name }: { name: string }) => {
    const view = await SharedBytes.view(await SharedBytes.find(name));
    view[0] = 9;
    return view.length;
  },
});
