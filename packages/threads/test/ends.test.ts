import { assert, describe, it } from "@effect/vitest";
import { Kind } from "@heddle/pool/Frame";

import * as Threads from "../src/Threads.ts";
import { BareThread, type End, valueOf } from "./fixtures/bareThread.ts";
import * as Tasks from "./fixtures/lifeTasks.ts";

const timeout = 30_000;

const fixture = (file: string): string => new URL(`./fixtures/${file}.ts`, import.meta.url).href;

const kindsOf = (reports: ReadonlyArray<End>): ReadonlyArray<string | number> =>
  reports.map((report) => (report._tag === "Exit" ? "exit" : report.frame[0]));

const nameOf = (cause: unknown): unknown => (cause instanceof Error ? cause.name : cause);

// Reports that came late would come in the next turns.
const someTurns = async (): Promise<void> => {
  for (let n = 0; n < 10; n++) await new Promise((resolve) => setImmediate(resolve));
};

describe("the end of a thread", { timeout }, () => {
  it.each([
    ["exit 0", 0, undefined],
    ["exit 7 in a finally", 7, undefined],
    ["exit twice", 9, undefined],
    ["uncaught", 1, "TypeError"],
    ["uncaught null", 1, null],
    ["uncaught uncloneable", 1, "Error"],
    ["unhandled rejection", 1, "RangeError"],
  ])("by %s is reported once, after the last frames", async (how, exitCode, cause) => {
    const thread = await new BareThread().ready();
    const end = await thread.run(Tasks.end, how);
    await someTurns();
    assert.deepStrictEqual(kindsOf(thread.reports), [Kind.ready, Kind.log, "exit"]);
    const { exit } = end as Extract<End, { _tag: "Exit" }>;
    assert.deepStrictEqual(
      [exit.exitCode, exit.signal, nameOf(exit.cause), exit.isOutOfMemory],
      [exitCode, null, cause, false],
    );
  });

  it("by force is reported once, however often it is asked for and in a loop that never yields", async () => {
    const thread = await new BareThread().ready();
    thread.send(Tasks.end, "spin");
    await new Promise<void>((resolve) => {
      const poll = (): void => void (thread.frames.length > 1 ? resolve() : setImmediate(poll));
      poll();
    });
    thread.connection.kill();
    thread.connection.kill();
    const exit = await thread.kill();
    thread.connection.kill();
    thread.connection.ref();
    thread.connection.unref();
    await someTurns();
    assert.deepStrictEqual(kindsOf(thread.reports), [Kind.ready, Kind.log, "exit"]);
    assert.deepStrictEqual([exit.exitCode, exit.cause], [1, undefined]);
  });

  it("in order is not held up by a body that listens to its parent", async () => {
    const thread = await new BareThread().ready();
    assert.strictEqual(valueOf(await thread.run(Tasks.useParentPort, "listen")), "listen");
    thread.connection.send([[Kind.close]], []);
    assert.strictEqual((await thread.exit()).exitCode, 0);
  });

  it("while it starts is reported once", async () => {
    const thread = new BareThread({ execArgv: ["--import", fixture("exitAtStart")] });
    assert.strictEqual((await thread.exit()).exitCode, 5);
    assert.deepStrictEqual(kindsOf(thread.reports), ["exit"]);
  });

  it("follows a frame that the thread cannot read, with the reason", async () => {
    const thread = await new BareThread({ execArgv: ["--import", fixture("capturePort")] }).ready();
    const end = await thread.run(Tasks.receiveUnreadable, 0);
    assert.strictEqual(end._tag, "Exit");
    assert.strictEqual(nameOf((await thread.exit()).cause), "RangeError");
  });

  it.each(["close", "give away"])(
    "follows the loss of its channel, and takes no other call with it: %s",
    async (how) => {
      const execArgv = ["--import", fixture("capturePort")];
      await using runtime = await Threads.open({ size: 1, execArgv });
      const lost = runtime.run(Tasks.losesChannel, how).catch((cause: unknown) => cause);
      const next = runtime.run(Tasks.echo, "next");
      const { reason } = (await lost) as {
        readonly reason: { readonly _tag: string; readonly cause: Error };
      };
      assert.strictEqual(reason._tag, "WorkerLost");
      assert.include(reason.cause.message, "its channel was closed");
      assert.strictEqual(await next, "next");
    },
  );

  it("is not hurried when it is told to close: what it has begun it may bring to its end", async () => {
    const thread = await new BareThread().ready();
    assert.strictEqual(valueOf(await thread.run(Tasks.lingersAfterClose, 700)), "lingering");
    thread.connection.send([[Kind.close]], []);
    const exit = await thread.exit();
    assert.deepStrictEqual([exit.exitCode, exit.cause], [3, undefined]);
  });

  it.each([false, true])(
    "follows a frame that the host cannot read, with the reason (host blocked meanwhile: %s)",
    async (isHostBlocked) => {
      const thread = await new BareThread().ready();
      valueOf(await thread.run(Tasks.returnDeep, 1));
      // In the phase of timers, so that the host hears of the exit before it looks for messages.
      await new Promise((resolve) => setTimeout(resolve));
      const call = thread.send(Tasks.returnDeep, 7000);
      if (isHostBlocked) {
        const gone = new Int32Array(new SharedArrayBuffer(4));
        thread.send(Tasks.tellAndExit, gone);
        Atomics.wait(gone, 0, 0, 10_000);
        // The word is the thread's last act; what is left of its end is short.
        Atomics.wait(gone, 0, 1, 200);
      }
      const end = await thread.endOf(call);
      assert.strictEqual(end._tag, "Exit");
      assert.strictEqual(nameOf((await thread.exit()).cause), "RangeError");
      assert.strictEqual(thread.exits.length, 1);
    },
  );
});

describe("a thread that cannot start", { timeout }, () => {
  it.each([
    ["a flag that threads do not know", { execArgv: ["--max-old-space-size=64"] }],
    ["a module that does not exist", { execArgv: ["--import", fixture("missing")] }],
  ])("ends its job with a typed error: %s", async (_, options) => {
    await using runtime = await Threads.open({ size: 1, ...options });
    const error = await runtime.run(Tasks.echo, 1).catch((cause: unknown) => cause);
    assert.strictEqual((error as { readonly code?: string }).code, "HEDDLE_ENGINE_UNAVAILABLE");
  });
});

describe("a body", { timeout }, () => {
  it("does not find the pool's channel in workerData", async () => {
    const thread = await new BareThread().ready();
    assert.deepStrictEqual(valueOf(await thread.run(Tasks.workerData, 0)), [[], [], []]);
    await thread.kill();
  });

  it.each(["post", "remove", "close"])(
    "that uses its parent port (%s) disturbs nothing and outlives it",
    async (how) => {
      const thread = await new BareThread().ready();
      assert.strictEqual(valueOf(await thread.run(Tasks.useParentPort, how)), how);
      assert.strictEqual(valueOf(await thread.run(Tasks.echo, "still here")), "still here");
      assert.deepStrictEqual(kindsOf(thread.reports), [Kind.ready, Kind.outcome, Kind.outcome]);
      thread.connection.send([[Kind.close]], []);
      assert.strictEqual((await thread.exit()).exitCode, 0);
    },
  );

  it("gets the variables that have a value, and no others", async () => {
    const thread = await new BareThread({ env: { A: "1", B: undefined, C: "" } }).ready();
    assert.deepStrictEqual(valueOf(await thread.run(Tasks.env, ["A", "B", "C", "PATH"])), [
      "1",
      undefined,
      "",
      undefined,
    ]);
    await thread.kill();
  });

  it("is not seen as cancelled when an earlier call was", async () => {
    const thread = await new BareThread().ready();
    const first = thread.send(Tasks.isCancelled, 0);
    await thread.endOf(first);
    thread.connection.raiseCancelFlag(first);
    assert.strictEqual(valueOf(await thread.run(Tasks.isCancelled, 0)), false);
    const next = first + 2;
    thread.connection.raiseCancelFlag(next);
    const end = await thread.run(Tasks.isCancelled, 0);
    assert.deepStrictEqual(end, {
      _tag: "Frame",
      frame: [Kind.outcome, next, { _tag: "Interrupted" }, undefined],
    });
    await thread.kill();
  });
});
