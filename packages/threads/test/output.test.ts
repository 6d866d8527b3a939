import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { assert, describe, it } from "@effect/vitest";

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
