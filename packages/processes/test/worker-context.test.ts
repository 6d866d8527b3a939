import { assert, describe, it } from "@effect/vitest";
import * as Runtime from "@heddle/core/Runtime";
import { RuntimeError } from "@heddle/core/RuntimeError";
import * as Effect from "effect/Effect";
import * as Logger from "effect/Logger";

import * as Processes from "../src/Processes.ts";
import * as Tasks from "./fixtures/worker.ts";

const lossOf = async (run: Promise<unknown>): Promise<{ readonly cause?: unknown }> => {
  const error = await run.catch((cause: unknown) => cause);
  if (error instanceof RuntimeError && error.reason._tag === "WorkerLost") return error.reason;
  return assert.fail(`expected WorkerLost, got ${String(error)}`);
};

describe("what a process dies of", () => {
  it("is told when nobody caught it", async () => {
    await using runtime = await Processes.open({ size: 1 });
    const { cause } = await lossOf(runtime.run(Tasks.throwsLate, "too late"));
    assert.isTrue(cause instanceof RangeError && cause.message === "too late");
    assert.propertyVal(cause, "code", "E_LATE");
    assert.match((cause as Error).stack ?? "", /fixtures[/\\]worker\.ts/);
  });

  it("is told when nobody handled a rejection", async () => {
    await using runtime = await Processes.open({ size: 1 });
    const { cause } = await lossOf(runtime.run(Tasks.rejectsUnheard, "unheard"));
    assert.isTrue(cause instanceof TypeError && cause.message === "unheard");
  });

  it("is nothing where the task handles it itself", async () => {
    await using runtime = await Processes.open({ size: 1 });
    assert.strictEqual(await runtime.run(Tasks.handlesItself, "mine"), "handled mine");
    const [before] = runtime.stats().workers;
    assert.strictEqual(await runtime.run(Tasks.half, 2), 1);
    assert.strictEqual(runtime.stats().workers[0]?.pid, before?.pid);
  });

  it("reaches the body that called it", async () => {
    await using runtime = await Processes.open({ size: 1 });
    assert.strictEqual(await runtime.run(Tasks.survives, "deep down"), "deep down");
  });
});

describe("bodies in processes", () => {
  it("call their runtime, three deep on one process", async () => {
    await using runtime = await Processes.open({ size: 1 });
    assert.strictEqual(await runtime.run(Tasks.descend, 3), 3);
    assert.strictEqual(await runtime.run(Tasks.catches, 3), "odd 3");
    assert.deepStrictEqual(await runtime.run(Tasks.ambient, 1), {
      isolation: "process",
      transfer: false,
      name: "processes",
    });
  });

  it("stream what another process streams", async () => {
    await using runtime = await Processes.open({ size: 1 });
    const seen: Array<number> = [];
    for await (const n of runtime.stream(Tasks.recount, 1000)) seen.push(n);
    assert.deepStrictEqual(
      seen,
      Array.from({ length: 1000 }, (_, i) => i + 1),
    );
  });

  it("copy what they want moved, since a pipe moves nothing", async () => {
    await using runtime = await Processes.open({ size: 1 });
    assert.deepStrictEqual(await runtime.run(Tasks.gives, 3), new Uint8Array([1, 1, 1]));
  });

  it("do not flood the host with what they report, and end with the last value", async () => {
    await using runtime = await Processes.open({ size: 1 });
    const count = 1_000_000;
    const job = runtime.submit(Tasks.floods, count);
    const seen: Array<number> = [];
    for await (const n of job.progress) seen.push(n);
    assert.strictEqual(await job.result, count);
    assert.isBelow(seen.length, 5000);
    assert.strictEqual(seen.at(-1), count);
  });

  it.live("log as text what a pipe cannot carry", () =>
    Effect.gen(function* () {
      const lines: Array<ReadonlyArray<unknown>> = [];
      const logger = Logger.make(({ message }) => void lines.push(message as ReadonlyArray<unknown>));
      yield* Runtime.run(Tasks.talks, 1).pipe(Effect.provide(Logger.layer([logger])));
      assert.strictEqual(lines.length, 1);
      assert.strictEqual(lines[0]![0], "shared");
      assert.strictEqual(lines[0]![2], "[Function (anonymous)]");
    }).pipe(Effect.provide(Processes.layer({ size: 1 }))),
  );
});
