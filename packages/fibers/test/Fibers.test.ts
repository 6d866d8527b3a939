import { setTimeout as sleep } from "node:timers/promises";

import { assert, describe, it } from "@effect/vitest";
import * as Events from "@heddle/core/Events";
import * as Runtime from "@heddle/core/Runtime";
import * as Task from "@heddle/core/Task";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";

import * as Fibers from "../src/Fibers.ts";

const block = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

const collect = async <A>(values: AsyncIterable<A>): Promise<ReadonlyArray<A>> => {
  const all: Array<A> = [];
  for await (const value of values) all.push(value);
  return all;
};

const rejectionOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail("it should have been rejected"),
    (error: unknown) => error,
  );

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const busyGenerator = Task.make({
  name: "busyGenerator",
  body: function* (ms: number) {
    const end = performance.now() + ms;
    let steps = 0;
    while (performance.now() < end) {
      steps++;
      yield;
    }
    return steps;
  },
});

const busyEffect = Task.make({
  name: "busyEffect",
  body: (ms: number) =>
    Effect.gen(function* () {
      const end = performance.now() + ms;
      let steps = 0;
      while (performance.now() < end) yield* Effect.sync(() => steps++);
      return steps;
    }),
});

describe("calls", () => {
  it("tell a body where it runs, and the caller of its progress", async () => {
    await using runtime = await Fibers.open();
    const task = Task.make({
      name: "t",
      progress: Schema.Number,
      body: async (_: void, { progress, unit }) => {
        progress(1);
        progress(2);
        return unit;
      },
    });
    const handle = runtime.submit(task);
    assert.deepInclude(await handle.result, { lane: "fibers/0", pid: process.pid, threadId: 0 });
    assert.deepStrictEqual(await collect(handle.progress), [1, 2]);
  });
});

describe("options", () => {
  const wrong: ReadonlyArray<readonly [string, Record<string, unknown>]> = [
    ["concurrency", { concurrency: 0 }],
    ["concurrency", { concurrency: Number.NaN }],
    ["concurrency", { concurrency: 1.5 }],
    ["yieldBudget", { yieldBudget: -1 }],
    ["yieldBudget", { yieldBudget: "soon" }],
    ["blockThreshold", { blockThreshold: "-1 seconds" }],
    ["blockThreshold", { blockThreshold: 5 }],
    ["closeTimeout", { closeTimeout: Number.NaN }],
    ["onBlocked", { onBlocked: 1 }],
    ["size", { size: 1 }],
  ];
  it.effect.each(wrong)("names the wrong option %s", ([option, options]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(Fibers.adapter(options)));
      assert.isTrue(error.reason._tag === "InvalidOptions" && error.reason.option === option);
      assert.strictEqual(error.code, "HEDDLE_INVALID_OPTIONS");
    }),
  );
});

describe("concurrency", () => {
  it("runs at most so many bodies at once, in the order of submission", async () => {
    await using runtime = await Fibers.open({ concurrency: 2 });
    const order: Array<number> = [];
    let running = 0;
    let most = 0;
    const task = Task.make({
      name: "t",
      body: async (n: number) => {
        order.push(n);
        most = Math.max(most, ++running);
        await turn();
        running--;
      },
    });
    const inputs = Array.from({ length: 20 }, (_, n) => n);
    await Promise.all(inputs.map((n) => runtime.run(task, n)));
    assert.deepStrictEqual(order, inputs);
    assert.strictEqual(most, 2);
  });
});

describe("yielding", () => {
  for (const task of [busyGenerator, busyEffect]) {
    it(`lets timers run beside ten jobs of ${task.name}`, async () => {
      await using runtime = await Fibers.open();
      let ticks = 0;
      const ticker = setInterval(() => ticks++, 10);
      await Promise.all(Array.from({ length: 10 }, () => runtime.run(task, 300)));
      clearInterval(ticker);
      assert.isAtLeast(ticks, 8);
    });
  }

  it("makes progress even with a budget of nothing", async () => {
    await using runtime = await Fibers.open({ yieldBudget: 0 });
    assert.isAbove(await runtime.run(busyEffect, 5), 0);
    assert.isAbove(await runtime.run(busyGenerator, 5), 0);
  });
});

describe("the block detector", () => {
  const blockThreshold = 30;
  const reportsOf = async (
    task: Task.Task<string, void, unknown>,
    beside?: Task.Task<string, void, unknown>,
  ): Promise<ReadonlyArray<Fibers.BlockReport>> => {
    const reports: Array<Fibers.BlockReport> = [];
    const options = {
      blockThreshold,
      onBlocked: (report: Fibers.BlockReport) => void reports.push(report),
    };
    await using runtime = await Fibers.open(options);
    await Promise.all([runtime.run(task), ...(beside === undefined ? [] : [runtime.run(beside)])]);
    return reports;
  };

  const blockers = [
    Task.make({ name: "sync", body: () => block(60) }),
    Task.make({ name: "async", body: async () => block(60) }),
    Task.make({
      name: "generator",
      body: function* () {
        yield;
        block(60);
        yield;
      },
    }),
    Task.make({
      name: "effect",
      body: () =>
        Effect.andThen(
          Effect.sleep(1),
          Effect.sync(() => block(60)),
        ),
    }),
  ];
  const quiet = Task.make({ name: "quiet", body: () => turn() });
  for (const blocker of blockers) {
    it(`names a body that blocks: ${blocker.name}`, async () => {
      const [report, ...more] = await reportsOf(blocker, quiet);
      assert.isTrue(report?.exact);
      assert.deepStrictEqual(
        report?.suspects.map(({ task }) => task),
        [blocker.name],
      );
      assert.isAtLeast(report?.blockedMillis ?? 0, 55);
      assert.lengthOf(more, 0);
    });
  }

  it("suspects the promises that run when their continuation blocks", async () => {
    const guilty = Task.make({ name: "guilty", body: async () => (await sleep(5), block(80), sleep(30)) });
    const beside = Task.make({ name: "beside", body: () => sleep(20) });
    const [report, ...more] = await reportsOf(guilty, beside);
    assert.isFalse(report?.exact);
    assert.sameMembers(report?.suspects.map(({ task }) => task) ?? [], ["guilty", "beside"]);
    assert.lengthOf(more, 0);
  });

  it("takes any threshold that is one", async () => {
    const warnings: Array<Error> = [];
    const warned = (warning: Error): void => void warnings.push(warning);
    process.on("warning", warned);
    await using runtime = await Fibers.open({ blockThreshold: "365 days" });
    await runtime.run(quiet);
    await turn();
    process.off("warning", warned);
    assert.deepStrictEqual(warnings, []);
  });

  it("says nothing of jobs that yield or wait", async () => {
    const waits = Task.make({ name: "waits", body: () => sleep(80) });
    const works = Task.make({
      name: "works",
      body: () => busyEffect.body(80, undefined as never) as Effect.Effect<number>,
    });
    const beganAt = performance.now();
    const before = process.threadCpuUsage();
    const reports = await reportsOf(waits, works);
    const { system, user } = process.threadCpuUsage(before);
    // The loop is held by who has the core instead, if the machine is busy: the jobs were at work all the time.
    const offCpuMillis = performance.now() - beganAt - (system + user) / 1000;
    assert.deepStrictEqual(
      reports.filter(({ blockedMillis }) => blockedMillis - offCpuMillis > blockThreshold),
      [],
    );
  });
});

describe("the layer of a task", () => {
  class Db extends Context.Service<Db, { readonly id: number }>()("test/Db") {}

  it("is built once, although its first job is cancelled, and released at close", async () => {
    const log: Array<string> = [];
    const acquire = Effect.sync(() => (log.push("built"), { id: log.length })).pipe(Effect.delay(10));
    const live = Layer.effect(
      Db,
      Effect.acquireRelease(acquire, () => Effect.sync(() => void log.push("released"))),
    );
    const task = Task.make({ name: "t", layer: live, body: (_: number) => Effect.map(Db, ({ id }) => id) });
    const runtime = await Fibers.open();
    const first = runtime.submit(task, 0);
    const others = collect(runtime.map(task, [1, 2, 3]));
    await turn();
    await first.cancel();
    assert.deepStrictEqual(await others, [1, 1, 1]);
    assert.strictEqual(await runtime.run(task, 4), 1);
    assert.deepStrictEqual(log, ["built"]);
    await runtime.close();
    assert.deepStrictEqual(log, ["built", "released"]);
  });

  it("is tried again when it could not be built", async () => {
    let tries = 0;
    const live = Layer.effect(
      Db,
      Effect.suspend(() =>
        ++tries === 1 ? Effect.die(new Error("not yet")) : Effect.succeed({ id: tries }),
      ),
    );
    const task = Task.make({ name: "t", layer: live, body: () => Effect.map(Db, ({ id }) => id) });
    await using runtime = await Fibers.open();
    assert.strictEqual(((await rejectionOf(runtime.run(task))) as Error).message, "not yet");
    assert.strictEqual(await runtime.run(task), 2);
  });
});

describe("the Effect side", () => {
  it.live("provides the runtime by its layer", () =>
    Effect.gen(function* () {
      const { isolation, values } = yield* Runtime.capabilities;
      assert.deepStrictEqual({ isolation, values }, { isolation: "none", values: "reference" });
      assert.isAbove(yield* Runtime.run(busyGenerator, 1), 0);
    }).pipe(Effect.provide(Fibers.layer())),
  );
});

describe("waiting for a turn", () => {
  it.live("a job that waits behind a body that holds the loop is queued, not running", () =>
    Effect.gen(function* () {
      const hold = Task.make({
        name: "test/hold",
        body: (millis: number) => {
          const end = performance.now() + millis;
          while (performance.now() < end);
        },
      });
      const ended: Array<Extract<Events.Event, { readonly _tag: "JobEnded" }>> = [];
      // The first body runs as it is submitted; the third is submitted while the second still waits for a turn.
      yield* Effect.forEach([80, 80, 1], (millis) => Runtime.run(hold, millis), {
        concurrency: "unbounded",
      }).pipe(
        Effect.provideService(Events.Observer, (event) => {
          if (event._tag === "JobEnded") ended.push(event);
        }),
      );
      const third = ended.find(({ id }) => id === "3");
      assert.isAbove(third?.queuedMillis ?? 0, 70);
      assert.isBelow(third?.runMillis ?? 1000, 70);
    }).pipe(Effect.provide(Fibers.layer())),
  );
});
