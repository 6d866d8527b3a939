import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import * as Promised from "../src/Promised.ts";
import * as Runtime from "../src/Runtime.ts";
import { RuntimeError } from "../src/RuntimeError.ts";
import * as Task from "../src/Task.ts";
import * as TestRuntime from "../src/testing/TestRuntime.ts";
import { Boom, count, double, failing } from "./tasks.ts";

const waiting = Task.make({
  name: "waiting",
  body: (_: void, { signal }) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
    }),
});

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

describe("the promise façade", () => {
  it("runs, maps and streams", async () => {
    await using runtime = await Promised.open(TestRuntime.layer());
    assert.strictEqual(await runtime.run(double, 21), 42);
    assert.deepStrictEqual(await collect(runtime.map(double, [1, 2])), [2, 4]);
    assert.deepStrictEqual(await collect(runtime.stream(count, 3)), [1, 2, 3]);
    assert.strictEqual(runtime.stats().succeeded, 4);
  });

  it("rejects with the task's own failure", async () => {
    await using runtime = await Promised.open(TestRuntime.layer());
    assert.instanceOf(await rejectionOf(runtime.run(failing, -1)), Boom);
  });

  it("rejects with the reason of the signal", async () => {
    await using runtime = await Promised.open(TestRuntime.layer());
    const reason = { why: "enough" };
    const controller = new AbortController();
    const calls = [
      runtime.run(waiting, undefined, { signal: controller.signal }),
      runtime.submit(waiting, undefined, { signal: controller.signal }).result,
      collect(runtime.map(waiting, [undefined], { signal: controller.signal })),
    ];
    const rejections = Promise.all(calls.map(rejectionOf));
    setImmediate(() => controller.abort(reason));
    assert.deepStrictEqual(await rejections, [reason, reason, reason]);
    assert.strictEqual(await rejectionOf(runtime.run(double, 1, { signal: controller.signal })), reason);
  });

  it("puts one listener on a signal that 20,000 calls share", async () => {
    await using runtime = await Promised.open(TestRuntime.layer());
    const controller = new AbortController();
    let listeners = 0;
    const add = controller.signal.addEventListener.bind(controller.signal);
    controller.signal.addEventListener = (...args: Parameters<typeof add>): void => {
      listeners++;
      add(...args);
    };
    const calls = Array.from({ length: 20_000 }, () => runtime.run(double, 1, { signal: controller.signal }));
    assert.strictEqual((await Promise.all(calls)).length, 20_000);
    assert.strictEqual(listeners, 1);
  });

  it("closes twice and refuses calls from then on", async () => {
    const runtime = await Promised.open(TestRuntime.layer());
    await runtime.close();
    await runtime.close();
    const error = await rejectionOf(runtime.run(double, 1));
    assert.isTrue(error instanceof RuntimeError && error.reason._tag === "ShuttingDown");
  });

  it("cancels a submitted job", async () => {
    await using runtime = await Promised.open(TestRuntime.layer());
    const handle = runtime.submit(waiting);
    await handle.cancel();
    assert.strictEqual(handle.status(), "ended");
    assert.strictEqual(((await rejectionOf(handle.result)) as Error).name, "AbortError");
  });

  it("rejects streams and maps that closing cancels as it does single calls", async () => {
    const runtime = await Promised.open(
      Runtime.layer(Effect.succeed(TestRuntime.adapter), { closeTimeout: 0 }),
    );
    const endless = Task.make({ name: "endless", body: () => Stream.never as Stream.Stream<number> });
    const calls = [
      runtime.run(waiting, undefined),
      collect(runtime.stream(endless)),
      collect(runtime.map(waiting, [undefined])),
    ];
    const rejections = Promise.all(calls.map(rejectionOf));
    while (runtime.stats().running < calls.length) await new Promise((resolve) => setImmediate(resolve));
    await runtime.close();
    for (const rejected of await rejections) {
      assert.instanceOf(rejected, DOMException);
      assert.strictEqual(rejected.name, "AbortError");
    }
  });

  it("refuses what is no signal, and options that are none, before anything starts", async () => {
    await using runtime = await Promised.open(TestRuntime.layer());
    let started = 0;
    const counts = Task.make({ name: "counts", body: () => void started++ });
    for (const options of [
      { signal: {} },
      { signal: 5 },
      null,
      5,
    ] as ReadonlyArray<unknown> as ReadonlyArray<never>) {
      const error = await rejectionOf(runtime.run(counts, undefined, options));
      assert.isTrue(error instanceof RuntimeError && error.reason._tag === "InvalidOptions", String(error));
      const submitted = await rejectionOf(runtime.submit(counts, undefined, options).result);
      assert.instanceOf(submitted, RuntimeError);
    }
    assert.strictEqual(started, 0);
  });

  it("never starts what is submitted with a signal that has aborted", async () => {
    await using runtime = await Promised.open(TestRuntime.layer());
    let started = 0;
    const counts = Task.make({ name: "counts", body: () => void started++ });
    const handle = runtime.submit(counts, undefined, { signal: AbortSignal.abort("enough") });
    assert.strictEqual(await rejectionOf(handle.result), "enough");
    assert.deepStrictEqual(await collect(handle.progress), []);
    await handle.cancel();
    assert.deepStrictEqual([handle.status(), started, runtime.stats().queued], ["ended", 0, 0]);
  });
});
