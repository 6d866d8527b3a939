/** Runtimes that break their word now and then, in one way each: the report has to tell. */
import { Worker } from "node:worker_threads";

import type { PromisedRuntime } from "@heddle/core/Promised";
import { RuntimeError, WorkerLost } from "@heddle/core/RuntimeError";
import * as Threads from "@heddle/threads";
import { afterEach, describe, expect, it } from "vitest";

import * as Chaos from "../src/chaos.ts";
import { keptBytes } from "../src/leaks.ts";
import { judgeHeap, type Report } from "../src/report.ts";

type Run = (...args: ReadonlyArray<any>) => Promise<any>;

const every = (n: number): (() => boolean) => {
  let count = 0;
  return () => ++count % n === 0;
};

/** A runtime that is right but for what `spoil` does to it. */
const spoiled = (spoil: (runtime: PromisedRuntime) => Partial<PromisedRuntime>): Promise<Report> =>
  Chaos.run({
    subject: {
      name: "threads",
      open: async (options) => {
        const runtime = await Threads.open(options);
        return { ...runtime, ...spoil(runtime) };
      },
    },
    seconds: 5,
    size: 2,
    seed: 3,
    settleMillis: 8000,
  });

/** One whose `run` is wrapped. */
const spoiledRun = (wrap: (run: Run) => Run): Promise<Report> =>
  spoiled((runtime) => ({ run: wrap(runtime.run as Run) as PromisedRuntime["run"] }));

describe("What is kept from life to life", () => {
  const mebibyte = 2 ** 20;
  const measure = (grow: () => void): ReadonlyArray<number> =>
    Array.from({ length: 6 }, () => (grow(), keptBytes()));

  it("is noticed when it grows", () => {
    const kept: Array<ReadonlyArray<number>> = [];
    const heap = judgeHeap(measure(() => kept.push(Array.from({ length: mebibyte / 4 }, () => kept.length))));
    expect(heap.isJudged).toBe(true);
    expect(heap.growthMiB).toBeGreaterThan(heap.limitMiB);
  });

  it("is noticed outside of the heap as well", () => {
    const kept: Array<Uint8Array> = [];
    const heap = judgeHeap(measure(() => kept.push(new Uint8Array(3 * mebibyte))));
    expect(heap.growthMiB).toBeGreaterThan(heap.limitMiB);
  });

  it("is not confused with garbage", () => {
    const heap = judgeHeap(measure(() => void new Uint8Array(3 * mebibyte).fill(1)));
    expect(heap.growthMiB).toBeLessThan(heap.limitMiB);
  });
});

describe("A report is not clean when the runtime", { timeout: 60_000 }, () => {
  it("drops an answer", async () => {
    const isDropped = every(4);
    const report = await spoiledRun((run) => (...args) => {
      const given = run(...args);
      if (!isDropped()) return given;
      given.catch(() => undefined);
      return new Promise(() => undefined);
    });
    expect(report.isClean).toBe(false);
    expect(report.lost).toBeGreaterThan(0);
    expect(report.problems.join("\n")).toMatch(/lost ".*": call \d+/);
  });

  it("runs a body twice", async () => {
    const isDoubled = every(2);
    const report = await spoiledRun((run) => async (task, input, options) => {
      if (!isDoubled()) return run(task, input, options);
      await run(task, input).catch(() => undefined);
      return run(task, input, options);
    });
    expect(report.isClean).toBe(false);
    expect(report.ranTwice).toBeGreaterThan(0);
  });

  it("runs a body after its call has ended", async () => {
    const isRepeated = every(2);
    const report = await spoiledRun((run) => async (task, input, options) => {
      const given = await run(task, input, options);
      if (isRepeated() && !(input.bytes instanceof Uint8Array)) void run(task, input).catch(() => undefined);
      return given;
    });
    expect(report.isClean).toBe(false);
    expect(report.ranTwice).toBeGreaterThan(0);
  });

  it("mixes up two answers", async () => {
    let held: PromiseWithResolvers<unknown> | undefined;
    const report = await spoiledRun((run) => async (...args) => {
      const given = (await run(...args)) as unknown;
      const other = held;
      if (other === undefined) {
        held = Promise.withResolvers();
        // Alone for too long, it takes its own after all.
        setTimeout(() => held?.resolve(given), 500).unref();
        const mine = held.promise;
        return mine;
      }
      held = undefined;
      other.resolve(given);
      return given;
    });
    expect(report.isClean).toBe(false);
    expect(report.wrong).toBeGreaterThan(0);
    expect(report.problems.join("\n")).toMatch(/instead of/);
  });

  it("gives an element of a stream twice", async () => {
    const report = await spoiled(({ stream }) => ({
      stream: async function* (...args: ReadonlyArray<any>) {
        for await (const element of (stream as (...args: ReadonlyArray<any>) => AsyncIterable<any>)(
          ...args,
        )) {
          yield element;
          if (element.n === 3) yield element;
        }
      } as PromisedRuntime["stream"],
    }));
    expect(report.isClean).toBe(false);
    expect(report.duplicated + report.wrong).toBeGreaterThan(0);
    expect(report.problems.join("\n")).toMatch(/element 3 twice/);
  });

  it("fails a call whose worker nobody harmed", async () => {
    const isFailed = every(4);
    const report = await spoiledRun((run) => async (task, ...args) => {
      const given = (await run(task, ...args)) as unknown;
      if (!isFailed()) return given;
      const lost = { lane: "threads/0", exitCode: 1, signal: null, attempt: 1 };
      throw new RuntimeError({ runtime: "threads", task: task.name, reason: new WorkerLost(lost) });
    });
    expect(report.isClean).toBe(false);
    expect(report.wrong).toBeGreaterThan(0);
    expect(report.problems.join("\n")).toMatch(/ended with WorkerLost/);
  });

  describe("leaves behind", () => {
    const left: Array<Worker> = [];
    const timers: Array<NodeJS.Timeout> = [];
    afterEach(() => {
      for (const timer of timers) clearInterval(timer);
      return Promise.all(left.splice(0).map((worker) => worker.terminate()));
    });

    it("a worker and timers", async () => {
      const report = await spoiled(() => {
        if (left.length > 0) return {};
        left.push(new Worker(new URL("./idle.ts", import.meta.url)));
        // More than the test runner itself may end meanwhile.
        for (let n = 0; n < 10; n++) timers.push(setInterval(() => undefined, 60_000));
        return {};
      });
      expect(report.isClean).toBe(false);
      expect(report.leakedWorkers).toBeGreaterThan(0);
      expect(report.leakedHandles).toBeGreaterThan(0);
    });
  });
});
