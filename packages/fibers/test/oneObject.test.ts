import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";

import { assert, describe, it } from "@effect/vitest";
import * as Adapter from "@heddle/core/Adapter";
import * as Runtime from "@heddle/core/Runtime";
import * as Task from "@heddle/core/Task";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";

import * as Fibers from "../src/Fibers.ts";

const block = (millis: number): void => {
  const end = performance.now() + millis;
  while (performance.now() < end);
};

/** A turn has time for no more than one slice, so each job waits for its own. */
const oneEachTurn = { yieldBudget: 0, blockThreshold: "Infinity" } as const;

describe("a job that waits for its turn of the loop", () => {
  it("never begins when it is cancelled", async () => {
    await using runtime = await Fibers.open(oneEachTurn);
    const started: Array<number> = [];
    const task = Task.make({ name: "t", body: (n: number) => void started.push(n) });
    const aborting = new AbortController();
    const first = runtime.run(task, 1);
    const second = runtime.run(task, 2, { signal: aborting.signal }).catch((error: unknown) => error);
    const third = runtime.run(task, 3);
    assert.deepInclude(runtime.stats(), { queued: 3, running: 0 });
    aborting.abort(new Error("no more"));
    assert.deepInclude(runtime.stats(), { queued: 2, interrupted: 1 });
    await Promise.all([first, third]);
    assert.deepInclude(await second, { message: "no more" });
    assert.deepStrictEqual(started, [1, 3]);
  });

  for (const [where, options] of [
    ["the turn", oneEachTurn],
    ["a place", { concurrency: 1 }],
  ] as const) {
    it(`begins in the asynchronous context of who submitted it, when it waited for ${where}`, async () => {
      await using runtime = await Fibers.open(options);
      const storage = new AsyncLocalStorage<number>();
      const body = {
        sync: () => storage.getStore(),
        async: async () => (await sleep(1), storage.getStore()),
      };
      const tasks = [
        Task.make({ name: "sync", body: body.sync }),
        Task.make({ name: "async", body: body.async }),
        Task.make({ name: "effect", body: () => Effect.delay(Effect.sync(body.sync), 1) }),
      ];
      for (const task of tasks) {
        const seen = await Promise.all([1, 2, 3].map((n) => storage.run(n, () => runtime.run(task))));
        assert.deepStrictEqual(seen, [1, 2, 3], task.name);
      }
    });
  }
});

describe("the block detector", () => {
  const reportsOf = async (task: Task.Task<string, void, unknown>) => {
    const reports: Array<Fibers.BlockReport> = [];
    await using runtime = await Fibers.open({
      blockThreshold: 30,
      onBlocked: (report) => void reports.push(report),
    });
    await runtime.run(task);
    return reports;
  };
  class Other extends Context.Service<Other, number>()("test/Other") {}
  const foreign = Layer.succeed(Runtime.Runtime, undefined as never);
  const blocked = Effect.sync(() => block(60));

  for (const [what, effect] of [
    ["in its first slice", blocked],
    ["after that slice", Effect.andThen(Effect.sleep(1), blocked)],
    ["where it has another runtime", Effect.provide(Effect.andThen(Effect.sleep(1), blocked), foreign)],
    ["with services of its own", Effect.provideService(Effect.andThen(Effect.sleep(1), blocked), Other, 1)],
  ] as const) {
    it(`names an Effect body that blocks ${what}`, async () => {
      const reports = await reportsOf(Task.make({ name: "guilty", body: () => effect }));
      assert.lengthOf(reports, 1);
      assert.isTrue(reports[0]?.exact);
      assert.deepStrictEqual(reports[0]?.suspects, [{ task: "guilty", jobId: "1" }]);
    });
  }

  it("knows whose children block", async () => {
    const [report] = await reportsOf(
      Task.make({ name: "guilty", body: () => Effect.flatMap(Effect.forkChild(blocked), Fiber.join) }),
    );
    assert.deepStrictEqual(report?.suspects, [{ task: "guilty", jobId: "1" }]);
  });

  it("does not blame a job for what runs before it in the same turn", async () => {
    const reports: Array<Fibers.BlockReport> = [];
    await using runtime = await Fibers.open({
      blockThreshold: 30,
      onBlocked: (report) => void reports.push(report),
    });
    const quick = Task.make({ name: "quick", body: (n: number) => n });
    void runtime.run(quick, 1);
    block(60);
    await runtime.run(quick, 2);
    assert.deepStrictEqual(reports, []);
  });
});

describe("what a body may do with its context", () => {
  it("is to take functions out of it and keep them, also beyond its end", async () => {
    await using runtime = await Fibers.open();
    const kept: Array<() => boolean> = [];
    const task = Task.make({
      name: "t",
      body: async (_: number, { isCancelled, signal, throwIfCancelled }) => {
        kept.push(isCancelled);
        throwIfCancelled();
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        throwIfCancelled();
      },
    });
    const handle = runtime.submit(task, 1);
    assert.isFalse(kept[0]?.());
    await handle.cancel();
    assert.isTrue(kept[0]?.());
    const quick = Task.make({ name: "q", body: (_: number, { isCancelled }) => void kept.push(isCancelled) });
    await runtime.run(quick, 1);
    assert.isFalse(kept[1]?.());
  });

  it("is to cancel its own call before it has returned: what it returned never runs", async () => {
    await using runtime = await Fibers.open({ concurrency: 1 });
    const aborting = new AbortController();
    let ran = 0;
    const task = Task.make({
      name: "t",
      body: (_: number, { isCancelled }) => {
        aborting.abort(new Error("by itself"));
        return Effect.sync(() => (ran++, isCancelled()));
      },
    });
    // The first holds the place, so the second begins when it can be cancelled.
    const first = runtime.run(Task.make({ name: "hold", body: () => sleep(1) }));
    const second = runtime.run(task, 1, { signal: aborting.signal }).catch((error: unknown) => error);
    await first;
    assert.deepInclude(await second, { message: "by itself" });
    assert.strictEqual(ran, 0);
  });
});

describe("the adapter", () => {
  it.effect("runs jobs also by `execute`, in the context of who calls, and can be wrapped", () =>
    Effect.gen(function* () {
      class Name extends Context.Service<Name, string>()("test/Name") {}
      const adapter = yield* Fibers.adapter();
      const called: Array<string> = [];
      const wrapped = Adapter.wrap(adapter, (job, execute) => {
        called.push(job.task.name);
        return execute(job);
      });
      const task = Task.make({ name: "t", body: () => Effect.service(Name) as Effect.Effect<string> });
      for (const runtime of [Runtime.make(wrapped), Runtime.make(adapter)]) {
        const name = yield* Effect.provideService(runtime.run(task), Name, "mine");
        assert.strictEqual(name, "mine");
      }
      assert.deepStrictEqual(called, ["t"]);
    }).pipe(Effect.scoped),
  );
});
