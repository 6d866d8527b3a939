import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { assert, describe, it } from "@effect/vitest";
import { Kind } from "@heddle/pool/Frame";
import type { Resolved } from "@heddle/pool/PoolOptions";
import type { Connection, WorkerExit } from "@heddle/pool/Transport";

import * as Processes from "../src/Processes.ts";
import * as ProcessTransport from "../src/ProcessTransport.ts";
import { isAlive, millisUntilDead } from "./fixtures/hosts.ts";
import * as Tasks from "./fixtures/tasks.ts";

const module = Tasks.ends.module!;

const defaults = {
  graceMillis: 1000,
  execArgv: undefined,
  env: undefined,
  memoryLimitMiB: undefined,
} as Resolved;

interface Ended {
  readonly exit: WorkerExit;
  readonly batches: ReadonlyArray<unknown>;
  readonly exits: number;
}

/** Runs one task in a worker of its own, without a pool. `onFrame` sees every frame. */
const runAlone = (
  task: string,
  input: unknown,
  options: Partial<Resolved> = {},
  onFrame: (frame: ReadonlyArray<unknown>, connection: Connection) => void = () => undefined,
): Promise<Ended> =>
  new Promise((resolve) => {
    const batches: Array<unknown> = [];
    let exits = 0;
    const connection = ProcessTransport.make({ ...defaults, ...options }).spawn("processes/0", {
      onFrames: (frames) => {
        batches.push(frames);
        if (!Array.isArray(frames)) return connection.kill();
        for (const frame of frames as ReadonlyArray<ReadonlyArray<unknown>>) {
          if (frame[0] === 11) {
            const envelope = { trace: undefined } as never;
            connection.send([[1, 1, "job", module, task, "value", input, 1, envelope, 0]], []);
          } else onFrame(frame, connection);
        }
      },
      onExit: (exit) => {
        exits++;
        // A second report would come within this turn or the next.
        setTimeout(() => resolve({ exit, batches, exits }), 20);
      },
    });
  });

describe("the end of a worker", () => {
  const expected: Record<string, { exitCode: number | null; signal: string | null }> = {
    "process.exit(0)": { exitCode: 0, signal: null },
    "process.exit(1)": { exitCode: 1, signal: null },
    "process.abort()": { exitCode: null, signal: "SIGABRT" },
    "process.reallyExit": { exitCode: 7, signal: null },
    "words like those of V8, and abort": { exitCode: null, signal: "SIGABRT" },
    "closing the pipe it reads from": { exitCode: null, signal: "SIGTERM" },
    "closing the pipe it writes to": { exitCode: null, signal: "SIGTERM" },
    "closing both pipes": { exitCode: null, signal: "SIGTERM" },
  };
  for (const [how, { exitCode, signal }] of Object.entries(expected)) {
    it(`by ${how} is reported once, for what it is`, async () => {
      const { exit, exits } = await runAlone("processes/ends", how);
      assert.strictEqual(exits, 1);
      assert.deepInclude(exit, { exitCode, signal, cause: undefined, isOutOfMemory: false });
    });
  }

  for (const how of [
    "garbage on its pipe",
    "a length beyond all reason",
    "a broken message",
    "an unknown layout",
    "a message that names a prototype",
    "a batch that is all holes",
  ]) {
    it(`${how} is told as something that no pool accepts`, async () => {
      const { batches, exits } = await runAlone("processes/ends", how);
      assert.strictEqual(exits, 1);
      assert.isTrue(batches.at(-1) instanceof Error);
    });
  }

  it.each([2000, 2 ** 32, Number.POSITIVE_INFINITY])(
    "is not hurried when it was told to close, within a grace of %s ms",
    async (graceMillis) => {
      const { exit } = await runAlone("processes/lingers", 300, { graceMillis }, ([kind], { send }) => {
        if (kind === Kind.outcome) send([[Kind.close]], []);
      });
      assert.deepInclude(exit, { exitCode: 3, signal: null });
    },
  );

  it("by a full heap is out of memory, and its last words are kept", async () => {
    const { exit } = await runAlone("processes/hoards", 0, { memoryLimitMiB: 32 });
    assert.isTrue(exit.isOutOfMemory);
    assert.include(exit.stderrTail, "heap out of memory");
    assert.isAtMost(Buffer.byteLength(exit.stderrTail), 8192);
  });

  it("is not delayed by a process that inherited its pipes", async () => {
    let grandchild = 0;
    const start = performance.now();
    const { exit } = await runAlone("processes/leavesGrandchild", 0, {}, (frame) => {
      grandchild = Number(frame[2]);
    });
    const millis = performance.now() - start;
    assert.isTrue(isAlive(grandchild), "it is still there");
    process.kill(grandchild, "SIGKILL");
    assert.strictEqual(exit.exitCode, 5);
    assert.isBelow(millis, 10_000);
  });

  it("follows SIGKILL where SIGTERM is ignored", async () => {
    const { exit, exits } = await runAlone("processes/stubborn", 0, {}, (_frame, { kill }) => kill());
    assert.deepInclude(exit, { exitCode: null, signal: "SIGKILL" });
    assert.strictEqual(exits, 1);
  });

  it("comes to a stopped worker as well", async () => {
    const { exit } = await runAlone("processes/spins", 0, {}, (frame, { kill }) => {
      process.kill(Number(frame[2]), "SIGSTOP");
      kill();
    });
    assert.isTrue(exit.signal === "SIGKILL" || exit.signal === "SIGTERM");
  });

  it("comes to a worker that computes without end", async () => {
    const { exit } = await runAlone("processes/spins", 0, {}, (_frame, { kill }) => kill());
    assert.strictEqual(exit.signal, "SIGTERM");
  });

  it("by a wrong flag is reported with what Node says", async () => {
    const { exit, exits } = await runAlone("processes/echoes", 0, { execArgv: ["--no-such-flag"] });
    assert.strictEqual(exits, 1);
    assert.strictEqual(exit.exitCode, 9);
    assert.include(exit.stderrTail, "bad option");
  });

  it("whose environment no process can have is reported once, with the cause", async () => {
    const { exit, exits } = await runAlone("processes/echoes", 0, { env: { A: "\0" } });
    assert.strictEqual(exits, 1);
    assert.strictEqual((exit.cause as NodeJS.ErrnoException).code, "ERR_INVALID_ARG_VALUE");
  });

  it("for which there are no descriptors is reported with the cause", async () => {
    const file = fileURLToPath(new URL("./fixtures/starvedHost.ts", import.meta.url));
    const host = spawn("/bin/sh", ["-c", 'ulimit -n 64; exec "$0" "$1"', process.execPath, file]);
    assert.strictEqual(await text(host.stdout), "EMFILE\n");
  });

  it("that could not even start is reported once, with the cause", async () => {
    const { execPath } = process;
    process.execPath = "/no/such/node";
    try {
      const { exit, exits } = await runAlone("processes/echoes", 0);
      assert.strictEqual(exits, 1);
      assert.strictEqual((exit.cause as NodeJS.ErrnoException).code, "ENOENT");
    } finally {
      process.execPath = execPath;
    }
  });
});

describe("a pool goes on", () => {
  for (const how of [
    "process.exit(0)",
    "process.abort()",
    "an uncaught exception",
    "an unhandled rejection",
    "closing both pipes",
    "garbage on its pipe",
  ]) {
    it(`after ${how}, and the job has one end`, async () => {
      await using runtime = await Processes.open({ size: 1 });
      const error = (await runtime.run(Tasks.ends, how).catch((cause: unknown) => cause)) as {
        reason?: { _tag: string };
      };
      assert.include(["WorkerLost", "ProtocolViolation"], error.reason?._tag);
      assert.strictEqual(await runtime.run(Tasks.echoes, 1), 1);
    });
  }

  for (const how of ["a message that names a prototype", "a batch that is all holes"]) {
    it(`after ${how}, which is told for what it is`, async () => {
      const { at } = Array.prototype;
      await using runtime = await Processes.open({ size: 1 });
      const error = (await runtime.run(Tasks.ends, how).catch((cause: unknown) => cause)) as {
        reason?: { _tag: string };
      };
      const left = Array.prototype.at;
      Object.assign(Array.prototype, { at });
      assert.strictEqual(left, at);
      assert.strictEqual(error.reason?._tag, "ProtocolViolation");
      assert.strictEqual(await runtime.run(Tasks.echoes, 1), 1);
    });
  }

  it("with the worker of a task that replaced what others use", async () => {
    await using runtime = await Processes.open({ size: 1 });
    assert.strictEqual(await runtime.run(Tasks.sabotages, 0), "done");
    const pids = runtime.stats().workers.map(({ pid }) => pid);
    for (const value of [1, undefined, { a: [1, null] }, new Map([[1n, new Uint8Array(3)]])]) {
      assert.deepStrictEqual(await runtime.run(Tasks.echoes, value), value);
    }
    assert.deepStrictEqual(
      runtime.stats().workers.map(({ pid }) => pid),
      pids,
    );
  });

  it("after a kill from outside", async () => {
    await using runtime = await Processes.open({ size: 1 });
    const job = runtime.submit(Tasks.waits, 0);
    for await (const pid of job.progress) {
      process.kill(pid, "SIGKILL");
      assert.isBelow(await millisUntilDead([pid]), 5000);
      break;
    }
    const error = (await job.result.catch((cause: unknown) => cause)) as { reason?: { signal: string } };
    assert.strictEqual(error.reason?.signal, "SIGKILL");
    assert.strictEqual(await runtime.run(Tasks.echoes, 1), 1);
  });
});
