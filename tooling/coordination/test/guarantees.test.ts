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
import type { PromisedRuntime } from "@heddle/core/Promised";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { all, isolated, threads } from "../src/places.ts";
import { reasonOf } from "../src/scenarios.ts";
import * as Tasks from "../src/tasks.ts";

const soonMillis = 5000;

const dead = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "it lived",
    (thrown: { readonly reason?: { readonly _tag?: string } }) => thrown.reason?._tag,
  );

const numbers = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, index) => index);

describe.each(all)("on $name", ({ open }) => {
  let runtime: PromisedRuntime;
  beforeAll(async () => {
    runtime = await open();
  });
  afterAll(() => runtime.close());

  it("loses no update under a lock", async () => {
    const lock = await Lock.make(runtime);
    const bytes = await SharedBytes.make(runtime, { byteLength: 8 });
    await Promise.all(numbers(4).map(() => runtime.run(Tasks.addUnderLock, { lock, bytes, times: 200 })));
    const view = await SharedBytes.view(bytes);
    expect(new Float64Array(view.buffer, view.byteOffset, 1)[0]).toBe(800);
  });

  it("serves those who wait for a lock in the order in which they came", async () => {
    const lock = await Lock.make(runtime);
    const held = await Lock.acquire(lock);
    const came: Array<number> = [];
    const waits = numbers(20).map((number) => Lock.withLock(lock, () => void came.push(number)));
    await Lock.release(lock, held);
    await Promise.all(waits);
    expect(came).toEqual(numbers(20));
  });

  it("gives a lock to whoever comes next when one gave up waiting", async () => {
    const lock = await Lock.make(runtime);
    const held = await Lock.acquire(lock);
    const controller = new AbortController();
    const aborted = reasonOf(Lock.acquire(lock, { signal: controller.signal }));
    const timedOut = runtime.run(Tasks.acquireFor, { lock, timeoutMillis: 30 });
    const next = Lock.acquire(lock, { timeoutMillis: soonMillis });
    controller.abort("no more");
    expect(await aborted).toBe("no more");
    expect(await timedOut).toBe("TimedOut");
    await Lock.release(lock, held);
    expect(await next).toMatchObject({ abandoned: false });
  });

  it("does not let many permits be overtaken by few", async () => {
    const semaphore = await Semaphore.make(runtime, { permits: 3 });
    const held = await Semaphore.acquire(semaphore, 2);
    const order: Array<string> = [];
    const many = Semaphore.withPermits(semaphore, 3, () => void order.push("many"));
    const few = Semaphore.withPermits(semaphore, 1, () => void order.push("few"));
    expect(await Semaphore.tryAcquire(semaphore)).toBeUndefined();
    await Semaphore.release(semaphore, held);
    await Promise.all([many, few]);
    expect(order).toEqual(["many", "few"]);
  });

  it("lets few go on when the one who wanted many gives up", async () => {
    const semaphore = await Semaphore.make(runtime, { permits: 3 });
    await Semaphore.acquire(semaphore, 2);
    const many = reasonOf(Semaphore.acquire(semaphore, 3, { timeoutMillis: 20 }));
    const few = Semaphore.acquire(semaphore, 1, { timeoutMillis: soonMillis });
    expect(await many).toBe("TimedOut");
    expect(await few).toMatchObject({ abandoned: false });
  });

  it("brings each value of a queue to one taker, in order, from several who offer", async () => {
    const queue = await Queue.make<number>(runtime, { capacity: 7 });
    const consumers = numbers(2).map(() => runtime.run(Tasks.consume, { queue }));
    await Promise.all([
      runtime.run(Tasks.produce, { queue, from: 0, to: 150 }),
      runtime.run(Tasks.produceBatches, { queue, from: 1000, to: 1150 }),
    ]);
    await Queue.end(queue);
    const seen = await Promise.all(consumers);
    const rising = seen.every((values) =>
      [values.filter((value) => value < 1000), values.filter((value) => value >= 1000)].every((part) =>
        part.every((value, at) => at === 0 || (part[at - 1] as number) < value),
      ),
    );
    expect(rising).toBe(true);
    expect(seen.flat().toSorted((a, b) => a - b)).toEqual([
      ...numbers(150),
      ...numbers(150).map((value) => value + 1000),
    ]);
  });

  it("ends consumers by poison pills as well", async () => {
    const queue = await Queue.make<number>(runtime);
    const counts = numbers(3).map(() => runtime.run(Tasks.consumeUntilPill, { queue, pill: -1 }));
    await Queue.offerAll(queue, numbers(300));
    await Queue.offerAll(queue, [-1, -1, -1]);
    expect((await Promise.all(counts)).reduce((sum, count) => sum + count, 0)).toBe(300);
  });

  it("keeps values of one priority in their order, and takes the last first in a lifo", async () => {
    const ranked = await Queue.make<string>(runtime, { order: "priority" });
    await Queue.offer(ranked, "low", { priority: -1 });
    await Queue.offer(ranked, "a");
    await Queue.offer(ranked, "high", { priority: 5 });
    await Queue.offer(ranked, "b");
    expect(await Queue.takeAll(ranked)).toEqual(["high", "a", "b", "low"]);
    const stack = await Queue.make<number>(runtime, { order: "lifo" });
    await Queue.offerAll(stack, [1, 2, 3]);
    expect([await Queue.take(stack), ...(await Queue.takeAll(stack))]).toEqual([3, 2, 1]);
  });

  it("loses no value when whoever takes it is cancelled at that moment", async () => {
    const queue = await Queue.make<number>(runtime);
    const taken = await Queue.make<number>(runtime);
    for (const value of numbers(30)) {
      const controller = new AbortController();
      const ready = await Latch.make(runtime);
      const { signal } = controller;
      const call = reasonOf(runtime.run(Tasks.takeUntilCancelled, { queue, taken, ready }, { signal }));
      await Latch.wait(ready);
      const offered = Queue.offer(queue, value);
      controller.abort();
      await Promise.all([offered, call]);
      // From a process it comes back after the end of the call.
      const found: Array<number> = [];
      const look = async (): Promise<ReadonlyArray<number>> => {
        found.push(...(await Queue.pollAll(queue)), ...(await Queue.pollAll(taken)));
        return found;
      };
      await expect.poll(look, { interval: 1, timeout: soonMillis }).toEqual([value]);
      await Latch.free(ready);
    }
  });

  it("lets all who wait for an event and a latch go on at once", async () => {
    const event = await Event.make(runtime);
    const latch = await Latch.make(runtime, { count: 2 });
    const waits = [...numbers(5).map(() => Event.wait(event)), ...numbers(5).map(() => Latch.wait(latch))];
    await Event.set(event);
    await Event.clear(event);
    await Latch.countDown(latch, 2);
    await expect(Promise.all(waits)).resolves.toHaveLength(10);
    expect(await reasonOf(Event.wait(event, { timeoutMillis: 10 }))).toBe("TimedOut");
  });

  it("lets the parties of a barrier meet from tasks and from the program", async () => {
    const barrier = await Barrier.make(runtime, { parties: 4 });
    for (let round = 0; round < 3; round++) {
      const places = await Promise.all([
        ...numbers(3).map(() => runtime.run(Tasks.waitAtBarrier, { barrier, isToDie: false })),
        reasonOf(Barrier.wait(barrier)),
      ]);
      expect(places.map((place) => (place as { value: number }).value).toSorted((a, b) => a - b)).toEqual([
        0, 1, 2, 3,
      ]);
    }
  });

  it("breaks a barrier when one of its parties gives up", async () => {
    const barrier = await Barrier.make(runtime, { parties: 3 });
    const other = runtime.run(Tasks.waitAtBarrier, { barrier, isToDie: false });
    const impatient = reasonOf(Barrier.wait(barrier, { timeoutMillis: 200 }));
    expect(await Promise.all([impatient, other])).toEqual(["TimedOut", "Broken"]);
  });

  it("takes handles anywhere in an input, and from task to task", async () => {
    const counter = await Counter.make(runtime);
    expect(await runtime.run(Tasks.handOn, { deep: { in: [{ counter }] } })).toBe(2);
  });

  it("finds a block by its name, and not after it was freed", async () => {
    const bytes = await SharedBytes.make(runtime, { byteLength: 100, name: "by name" });
    expect(await runtime.run(Tasks.findBlock, { name: "by name" })).toBe(100);
    expect((await SharedBytes.view(bytes))[0]).toBe(9);
    expect(await reasonOf(SharedBytes.make(runtime, { byteLength: 1, name: "by name" }))).toBe("BadInput");
    await SharedBytes.free(bytes);
    expect(await reasonOf(SharedBytes.view(bytes))).toBe("Freed");
    expect(await reasonOf(SharedBytes.find("by name"))).toBe("Unreachable");
  });

  it("ends the waits of what is freed, and refuses it from then on", async () => {
    const lock = await Lock.make(runtime);
    await Lock.acquire(lock);
    const inTask = runtime.run(Tasks.acquireFor, { lock, timeoutMillis: soonMillis });
    const here = reasonOf(Lock.acquire(lock));
    await Lock.free(lock);
    await Lock.free(lock);
    expect([await inTask, await here]).toEqual(["Freed", "Freed"]);
    expect(await runtime.run(Tasks.acquireFor, { lock, timeoutMillis: soonMillis })).toBe("Freed");
  });

  it("refuses what means nothing", async () => {
    expect(await reasonOf(Semaphore.make(runtime, { permits: 0 }))).toBe("BadInput");
    expect(await reasonOf(Lock.acquire({} as never))).toBe("BadInput");
    expect(await reasonOf(Lock.acquire((await Event.make(runtime)) as never))).toBe("BadInput");
    const lock = await Lock.make(runtime);
    expect(await reasonOf(Lock.release(lock, undefined as never))).toBe("BadInput");
    expect(await reasonOf(Lock.release(lock, { token: 99, abandoned: false }))).toBe("NotOwner");
    expect(await reasonOf(Lock.acquire(lock, { timeoutMillis: -1 }))).toBe("BadInput");
    const queue = await Queue.make<unknown>(runtime);
    const refused = await reasonOf(Queue.offer(queue, Symbol("no")));
    expect(refused).toSatisfy((reason) => reason === "BadInput" || runtime.name === "fibers");
  });

  it("ends all waits when the runtime closes", async () => {
    const other = await open(1);
    const lock = await Lock.make(other);
    await Lock.acquire(lock);
    const waits = reasonOf(Lock.acquire(lock));
    await other.close();
    expect(await waits).toBe("Freed");
    expect(await reasonOf(Lock.acquire(lock))).toBe("Freed");
    expect(await reasonOf(Lock.make(other))).toBe("Freed");
  });
});

describe.each(isolated)("when workers die, on $name", ({ open }) => {
  let runtime: PromisedRuntime;
  beforeAll(async () => {
    runtime = await open();
  });
  afterAll(() => runtime.close());

  it("gives what the dead one held to the next, and tells that one alone", async () => {
    const lock = await Lock.make(runtime);
    const semaphore = await Semaphore.make(runtime, { permits: 3 });
    const ready = await Latch.make(runtime);
    const die = await Event.make(runtime);
    const death = dead(runtime.run(Tasks.takeAndDie, { lock, semaphore, ready, die }));
    await Latch.wait(ready);
    const waits = Lock.acquire(lock, { timeoutMillis: soonMillis });
    const permits = Semaphore.acquire(semaphore, 3, { timeoutMillis: soonMillis });
    await Event.set(die);
    expect(await death).toBe("WorkerLost");
    const held = await waits;
    expect([held.abandoned, (await permits).abandoned]).toEqual([true, true]);
    await Lock.release(lock, held);
    expect((await Lock.acquire(lock)).abandoned).toBe(false);
  });

  it("forgets what the dead one waited for", async () => {
    const lock = await Lock.make(runtime);
    const queue = await Queue.make<number>(runtime);
    const held = await Lock.acquire(lock);
    const ready = await Latch.make(runtime);
    const die = await Event.make(runtime);
    const death = dead(runtime.run(Tasks.waitAndDie, { lock, queue, ready, die }));
    await Latch.wait(ready);
    await Event.set(die);
    expect(await death).toBe("WorkerLost");
    const next = Lock.acquire(lock, { timeoutMillis: soonMillis });
    await Lock.release(lock, held);
    expect((await next).abandoned).toBe(false);
    await Queue.offer(queue, 7);
    expect(await Queue.take(queue, { timeoutMillis: soonMillis })).toBe(7);
  });

  it("breaks the barrier at which it waited", async () => {
    const barrier = await Barrier.make(runtime, { parties: 3 });
    const here = reasonOf(Barrier.wait(barrier));
    const death = dead(runtime.run(Tasks.waitAtBarrier, { barrier, isToDie: true }));
    expect(await here).toBe("Broken");
    expect(await death).toBe("WorkerLost");
    await Barrier.reset(barrier);
    expect(await Barrier.isBroken(barrier)).toBe(false);
  });

  it("lets nobody release what another one holds", async () => {
    const lock = await Lock.make(runtime);
    const held = await Lock.acquire(lock);
    expect(await runtime.run(Tasks.releaseOf, { lock, held })).toBe("NotOwner");
    await Lock.release(lock, held);
  });

  it("keeps objects while the pool is resized and its workers are replaced", async () => {
    const counter = await Counter.make(runtime);
    await runtime.run(Tasks.count, { counters: new Map([["it", counter]]) });
    await runtime.recycle();
    await runtime.resize(2);
    expect(await runtime.run(Tasks.count, { counters: new Map([["it", counter]]) })).toBe(2);
  });

  it("is not reached by tasks of another runtime", async () => {
    const other = await open(1);
    const lock = await Lock.make(runtime);
    expect(await other.run(Tasks.acquireFor, { lock, timeoutMillis: soonMillis })).toBe("Unreachable");
    await other.close();
  });
});

describe("on threads, without the host", () => {
  let runtime: PromisedRuntime;
  beforeAll(async () => {
    runtime = await threads.open(4);
  });
  afterAll(() => runtime.close());

  it("works while the host's loop is blocked", async () => {
    const barrier = await Barrier.make(runtime, { parties: 4 });
    await Promise.all(numbers(4).map(() => runtime.run(Tasks.waitAtBarrier, { barrier, isToDie: false })));
    const lock = await Lock.make(runtime);
    const bytes = new SharedArrayBuffer(8);
    const cell = new Float64Array(bytes);
    const calls = numbers(4).map(() => runtime.run(Tasks.addUnderBlockingLock, { lock, bytes, times: 5000 }));
    const sleep = new Int32Array(new SharedArrayBuffer(4));
    await new Promise((resolve) => setImmediate(resolve));
    for (let tries = 0; cell[0] !== 20_000 && tries < 1000; tries++) Atomics.wait(sleep, 0, 0, 10);
    expect(cell[0]).toBe(20_000);
    await Promise.all(calls);
  });

  it("blocks a synchronous body until somebody else acts", async () => {
    const event = await Event.make(runtime);
    const queue = await Queue.make<number>(runtime);
    const blocked = runtime.run(Tasks.blockOn, { event, queue });
    await Event.set(event);
    await Queue.offer(queue, 11);
    expect(await blocked).toBe(11);
    await Event.clear(event);
    expect(await reasonOf(runtime.run(Tasks.blockOn, { event, queue, timeoutMillis: 20 }))).toBe("TimedOut");
  });

  it("ends the blocking wait of a job that is cancelled, without killing its worker", async () => {
    const lock = await Lock.make(runtime);
    await Lock.acquire(lock);
    const notes = await Queue.make<string>(runtime);
    const ready = new SharedArrayBuffer(4);
    const controller = new AbortController();
    const call = reasonOf(
      runtime.run(Tasks.blockForEver, { lock, ready, notes }, { signal: controller.signal }),
    );
    await expect.poll(() => new Int32Array(ready)[0], { timeout: soonMillis }).toBe(1);
    controller.abort("enough");
    expect(await call).toBe("enough");
    expect(await Queue.take(notes, { timeoutMillis: soonMillis })).toBe("Cancelled");
  });
});
