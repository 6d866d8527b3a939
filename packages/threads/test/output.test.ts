import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { assert, describe, it } from "@effect/vitest";

import * as OutputLock from "../src/internal/OutputLock.ts";
import * as Shared from "../src/internal/Shared.ts";

const host = fileURLToPath(new URL("./fixtures/outputHost.ts", import.meta.url));
const timeout = 30_000;

const outputOf = async (scenario: string): Promise<ReadonlyArray<string>> => {
  const options = { timeout, maxBuffer: 1 << 26 };
  const { stdout } = await promisify(execFile)(process.execPath, [host, scenario], options);
  return stdout.split("\n").slice(0, -1);
};

const start = (scenario: string): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [host, scenario], { timeout });

const linesOf = (label: string): ReadonlyArray<string> =>
  Array.from({ length: 1000 }, (_, n) => `${label} ${n}`);

const labelled = (lines: ReadonlyArray<string>, label: string): ReadonlyArray<string> =>
  lines.filter((line) => line.startsWith(`${label} `));

describe("the output of threads", { timeout }, () => {
  it("appears whole and in order while the host's loop is blocked", async () => {
    const lines = await outputOf("blocked");
    assert.strictEqual(lines.at(-1), "the loop was blocked until here");
    assert.strictEqual(lines.length, 2001);
    assert.deepStrictEqual(labelled(lines, "a"), linesOf("a"));
    assert.deepStrictEqual(labelled(lines, "b"), linesOf("b"));
  });

  it.each([
    ["is terminated", "terminate", "1"],
    ["calls process.exit", "exit", "3"],
    ["dies of an error", "uncaught", '"Error: nobody catches this"'],
  ])("is whole when the thread prints and at once %s", async (_, scenario, end) => {
    assert.deepStrictEqual(await outputOf(scenario), [...linesOf("a"), end]);
  });

  it("is whole when one write is much larger than a pipe", async () => {
    assert.deepStrictEqual(await outputOf("large"), ["0123456789abcdef".repeat(65_536)]);
  });

  it("loses nothing and tears no line apart when a slow reader lets the pipe fill up", async () => {
    const child = start("competing");
    const chunks: Array<Buffer> = [];
    for await (const chunk of child.stdout) {
      chunks.push(chunk as Buffer);
      await pause(1);
    }
    const lines = Buffer.concat(chunks).toString().split("\n").slice(0, -1);
    const [a, b] = ["a".repeat(4095), "b".repeat(4095)];
    assert.deepStrictEqual(
      [lines.length, lines.filter((line) => line === a).length, lines.filter((line) => line === b).length],
      [600, 300, 300],
    );
  });

  it("keeps lines of any length of four threads whole, however slow their reader is", async () => {
    // The pipe of a shell: Node's own for children holds more.
    const child = spawn("/bin/sh", ["-c", '"$0" "$1" long | cat', process.execPath, host], { timeout });
    const chunks: Array<Buffer> = [];
    for await (const chunk of child.stdout) {
      chunks.push(chunk as Buffer);
      await pause(1);
    }
    const lines = Buffer.concat(chunks).toString().split("\n").slice(0, -1);
    assert.lengthOf(lines, 200);
    for (const letter of "abcd") {
      const whole = letter.repeat(20_000);
      assert.lengthOf(
        lines.filter((line) => line === whole),
        50,
      );
    }
  });

  it("goes on when a thread is killed while it writes", async () => {
    const child = start("killedWriting");
    const said = text(child.stderr);
    await once(child.stdout, "readable");
    child.stdin.end("go\n");
    await once(child.stderr, "data");
    assert.match(await text(child.stdout), /^a+b\n$/);
    assert.strictEqual(await said, "killed\n");
  });

  it("leaves the streams as they are used everywhere", async () => {
    const result = JSON.stringify({ isFinished: true });
    const printed = ["text", "bytes", "latin", "corked together", "console 1 { isColoured: false }", "ended"];
    assert.deepStrictEqual(await outputOf("stream"), [...printed, result]);
  });

  it("does not stop a thread from being killed when nobody reads it", async () => {
    const child = start("stuck");
    const said = text(child.stderr);
    const exited = once(child, "exit");
    await once(child.stderr, "data");
    child.stdin.end("kill\n");
    // Without a reader, the pipe is full for ever; the host's exit does not depend on it.
    assert.strictEqual((await exited)[0], 0);
    child.stdout.destroy();
    assert.include(await said, "killed 1");
  });

  it("is dropped without an error when its reader has gone", async () => {
    const child = start("unread");
    child.stdout.destroy();
    child.stdin.end("go\n");
    assert.strictEqual(await text(child.stderr), "nothing thrown\n");
  });
});

describe("the lock of what threads print", { timeout }, () => {
  const holding = (words: Int32Array, owner: number): void => void Atomics.store(words, 0, owner);

  it("is free for the next as soon as the host knows that its holder is gone", () => {
    const block = OutputLock.make();
    holding(new Int32Array(block), 7);
    OutputLock.releaseAll(block, 8);
    assert.strictEqual(Atomics.load(new Int32Array(block), 0), 7, "another thread's end changes nothing");
    OutputLock.releaseAll(block, 7);
    assert.strictEqual(Atomics.load(new Int32Array(block), 0), 0);
  });

  it("is taken over from a holder that shows no life, so that none waits for ever", () => {
    const block = OutputLock.make();
    holding(new Int32Array(block), 7);
    let written = 0;
    const lock = new OutputLock.OutputLock(block, 1, 8);
    lock.hold(() => written++);
    lock.hold(() => written++);
    assert.strictEqual(written, 2);
    assert.strictEqual(Atomics.load(new Int32Array(block), 0), 0);
  });

  it("of stdout does not hold up what goes to stderr", () => {
    const block = OutputLock.make();
    holding(new Int32Array(block), 7);
    const startedAt = performance.now();
    new OutputLock.OutputLock(block, 2, 8).hold(() => undefined);
    assert.isBelow(performance.now() - startedAt, 500);
  });

  it("is given back when a write throws", () => {
    const block = OutputLock.make();
    const lock = new OutputLock.OutputLock(block, 1, 8);
    assert.throws(() =>
      lock.hold(() => {
        throw new Error("expected");
      }),
    );
    assert.strictEqual(Atomics.load(new Int32Array(block), 0), 0);
  });
});

describe("the end of stderr", { timeout }, () => {
  it("is known after a thread's death, at most 8 KiB of whole characters", async () => {
    const [tail = ""] = await outputOf("complain");
    const said = JSON.parse(tail) as string;
    const all = `${"aé€😀".repeat(5000)}the end\n`;
    assert.isTrue(all.endsWith(said));
    assert.isAtMost(Buffer.byteLength(said), 8192);
    assert.isAtLeast(Buffer.byteLength(said), 8192 - 3);
  });

  it("is empty when nothing was written there", async () => {
    assert.deepStrictEqual(await outputOf("quiet"), ['""']);
  });

  it.each([1, 7, 4096, 8191, 8192, 8193, 20_000])("keeps the last bytes of writes of %d bytes", (size) => {
    const shared = Shared.make();
    const write = Shared.tailWriter(shared);
    let all = "";
    for (let n = 0; all.length < 40_000; n++) {
      const piece = String(n).padStart(size, ".").slice(0, size);
      write(Buffer.from(piece));
      all += piece;
      assert.strictEqual(Shared.readTail(shared), all.slice(-8192));
    }
  });
});
