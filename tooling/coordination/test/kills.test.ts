import { Lock, Queue, Semaphore, SharedBytes } from "@heddle/coordination/promised";
import type { PromisedRuntime } from "@heddle/core/Promised";
import { describe, expect, it } from "vitest";

import { blockingMill, Cell, cellsOf, type Mill, mill } from "../src/mill.ts";
import { isolated } from "../src/places.ts";

// Every night it is a thousand: HEDDLE_KILLS=1000.
const kills = Number(process.env["HEDDLE_KILLS"] ?? 40);
const units = 4;
const patienceMillis = 20_000;

/** One unit after the other in one place; each is killed, and another one comes. */
class Line {
  private readonly runtime: PromisedRuntime;
  private readonly task: typeof mill | typeof blockingMill;
  private readonly input: Mill;
  private controller = new AbortController();
  private call: Promise<unknown>;

  constructor(runtime: PromisedRuntime, task: typeof mill | typeof blockingMill, input: Mill) {
    this.runtime = runtime;
    this.task = task;
    this.input = input;
    this.call = this.start();
  }

  /** Ends when nothing of it runs any more. */
  async kill(): Promise<void> {
    this.controller.abort();
    await this.call;
  }

  replace(): void {
    this.controller = new AbortController();
    this.call = this.start();
  }

  private start(): Promise<unknown> {
    const { signal } = this.controller;
    return this.runtime.run(this.task as typeof mill, this.input, { signal }).then(
      () => expect.unreachable("it ended by itself"),
      () => undefined,
    );
  }
}

const makeMill = async (runtime: PromisedRuntime): Promise<Mill> => ({
  lock: await Lock.make(runtime),
  semaphore: await Semaphore.make(runtime, { permits: 3 }),
  queue: await Queue.make<number>(runtime, { capacity: 100 }),
  bytes: await SharedBytes.make(runtime, { byteLength: 64 }),
});

// Whoever waits for everything at once is stuck if anything is.
const probe = async ({ lock, semaphore }: Mill, cells: Int32Array): Promise<void> => {
  const options = { timeoutMillis: patienceMillis };
  const held = await Lock.acquire(lock, options);
  // Whoever is told mends what the dead one left.
  if (held.abandoned) Atomics.store(cells, Cell.inside, 0);
  await Lock.release(lock, held);
  const permits = await Semaphore.acquire(semaphore, 3, options);
  await Semaphore.release(semaphore, permits);
};

describe.each(isolated)("on $name", ({ name, open }) => {
  it(
    `leaves nobody stuck, and never two inside, when units are killed at random (${kills})`,
    async () => {
      const runtime = await open(units, { grace: "5 millis" });
      const input = await makeMill(runtime);
      const cells = await cellsOf(input.bytes);
      const lines = Array.from({ length: units }, (_, index) => {
        const blocks = name === "threads" && index % 2 === 0;
        return new Line(runtime, blocks ? blockingMill : mill, input);
      });
      for (let kill = 0; kill < kills; kill++) {
        const before = Atomics.load(cells, Cell.entered);
        // The others go on, whoever died before.
        await expect
          .poll(() => Atomics.load(cells, Cell.entered), { interval: 1, timeout: patienceMillis })
          .not.toBe(before);
        const line = lines[Math.floor(Math.random() * units)] as Line;
        await line.kill();
        line.replace();
        if (kill % 5 === 0) await probe(input, cells);
      }
      await Promise.all(lines.map((line) => line.kill()));
      await probe(input, cells);
      expect(Atomics.load(cells, Cell.broken)).toBe(0);
      expect(await Semaphore.available(input.semaphore)).toBe(3);
      await runtime.close();
    },
    60_000 + kills * 1500,
  );
});
