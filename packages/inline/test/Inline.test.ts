import { execFile } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";

import { RuntimeError } from "@heddle/core/RuntimeError";
import * as Task from "@heddle/core/Task";
import { assert, describe, it } from "vitest";

import * as Inline from "../src/Inline.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));

const reasonOf = async (call: Promise<unknown>): Promise<string> => {
  const error: unknown = await call.then(
    () => assert.fail("it was not refused"),
    (refusal: unknown) => refusal,
  );
  return error instanceof RuntimeError ? error.reason._tag : String(error);
};

const compute = (millis: number): void => {
  const end = performance.now() + millis;
  while (performance.now() < end);
};

describe("the inline runtime", () => {
  it("offers the same as every runtime, and nothing else", () => {
    assert.deepStrictEqual(Object.keys(Inline).toSorted(), ["adapter", "layer", "open"]);
  });

  it("starts a body within the call when the place is free, so its stack shows the caller", async () => {
    await using runtime = await Inline.open();
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 100;
    const stacks = Task.make({ name: "stacks/here", body: () => new Error("here").stack ?? "" });
    const callerOfTheTask = () => runtime.run(stacks);
    for (const _ of [1, 2]) assert.match(await callerOfTheTask(), /callerOfTheTask/);
    Error.stackTraceLimit = stackTraceLimit;
  });

  it("starts no body while another one waits", async () => {
    await using runtime = await Inline.open();
    const happened: Array<string> = [];
    const nap = Task.make({
      name: "naps/nap",
      body: async (n: number) => {
        happened.push(`${n} begins`);
        await wait(5);
        happened.push(`${n} ends`);
      },
    });
    await Promise.all([runtime.run(nap, 1), runtime.run(nap, 2)]);
    assert.deepStrictEqual(happened, ["1 begins", "1 ends", "2 begins", "2 ends"]);
  });

  it("lets timers have their turn between bodies, so a deadline holds for a job that waits", async () => {
    await using runtime = await Inline.open();
    let started = 0;
    const crunch = Task.make({
      name: "numbers/crunch",
      body: () => {
        started++;
        compute(30);
      },
    });
    const nap = Task.make({ name: "naps/nap", body: () => wait(1) });
    const first = runtime.run(nap);
    const calls = Array.from({ length: 10 }, () => runtime.run(crunch, undefined, { queueTimeout: 40 }));
    assert.strictEqual(await reasonOf(Promise.all(calls)), "QueueTimeout");
    await Promise.allSettled([first, ...calls]);
    assert.isBelow(started, 5);
  });

  it("keeps no program alive that has nothing else to do", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [fixture("idle")], { timeout: 20_000 });
    assert.strictEqual(stdout, "42\n");
  });

  it("tells the thread that it is opened in", async () => {
    const worker = new Worker(fixture("inThread"));
    const { threadId } = worker;
    const [told] = (await once(worker, "message")) as [number];
    assert.isAbove(threadId, 0);
    assert.strictEqual(told, threadId);
    await worker.terminate();
  });
});

describe("values", () => {
  const same = Task.make({ name: "values/same", body: (value: { readonly bytes: Uint8Array }) => value });
  const value = () => ({ bytes: new Uint8Array([1, 2, 3]) });

  it("are copied in and out, and what is transferred is detached", async () => {
    await using runtime = await Inline.open();
    const given = value();
    const back = await runtime.run(same, given);
    assert.deepStrictEqual(back, given);
    assert.notStrictEqual(back, given);
    await runtime.run(same, given, { transfer: [given.bytes.buffer] });
    assert.strictEqual(given.bytes.length, 0);
  });

  it("are the very objects by reference, and nothing can be transferred", async () => {
    await using runtime = await Inline.open({ values: "reference" });
    const given = value();
    assert.strictEqual(await runtime.run(same, given), given);
    const moved = runtime.run(same, given, { transfer: [given.bytes.buffer] });
    assert.strictEqual(await reasonOf(moved), "Unsupported");
    assert.strictEqual(given.bytes.length, 3);
  });
});

describe("options", () => {
  for (const [options, text] of [
    [{ values: "json" }, /values.*"structured-clone" or "reference"/],
    [{ size: 1 }, /size.*values, maxQueue, whenFull, aging, closeTimeout/],
    [{ maxQueue: -1 }, /maxQueue/],
    [{ whenFull: "drop" }, /whenFull/],
    [{ aging: "soon" }, /aging/],
    [{ closeTimeout: Number.NaN }, /closeTimeout/],
  ] as const) {
    it(`are refused by name: ${Object.keys(options).join()}`, async () => {
      const refusal: unknown = await Inline.open(options as Inline.Options).catch((error: unknown) => error);
      assert.instanceOf(refusal, RuntimeError);
      assert.strictEqual(refusal.code, "HEDDLE_INVALID_OPTIONS");
      assert.match(refusal.message, text);
    });
  }

  it("bound the queue", async () => {
    await using runtime = await Inline.open({ maxQueue: 1, whenFull: "reject" });
    const nap = Task.make({ name: "naps/nap", body: () => wait(5) });
    const accepted = [runtime.run(nap), runtime.run(nap)];
    assert.strictEqual(await reasonOf(runtime.run(nap)), "QueueFull");
    await Promise.all(accepted);
  });
});
