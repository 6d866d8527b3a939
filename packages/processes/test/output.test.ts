import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { assert, describe, it } from "@effect/vitest";

import { type Host, startHost } from "./fixtures/hosts.ts";

const finish = async (host: Host): Promise<{ stdout: string; stderr: string; code: number | null }> => {
  const [stdout, stderr, [code]] = await Promise.all([
    text(host.stdout),
    text(host.stderr),
    once(host, "exit") as Promise<[number | null]>,
  ]);
  return { stdout, stderr, code };
};

const line = (worker: string, n: number): string => `${worker} line ${n} ${"-".repeat(60)} end`;
const expected = (worker: string): ReadonlyArray<string> =>
  Array.from({ length: 1000 }, (_, n) => line(worker, n));

const assertWhole = (stdout: string): void => {
  const lines = stdout.trimEnd().split("\n");
  assert.lengthOf(lines, 2000);
  for (const worker of ["A", "B"]) {
    assert.deepStrictEqual(
      lines.filter((printed) => printed.startsWith(worker)),
      expected(worker),
    );
  }
};

describe("what workers print", () => {
  it("appears whole and in order while the loop of the host is blocked", async () => {
    const { code, stderr, stdout } = await finish(startHost("outputHost", "blocked"));
    assert.strictEqual(code, 0, stderr);
    assertWhole(stdout);
    for (const millisBefore of JSON.parse(stderr) as ReadonlyArray<number>) assert.isAbove(millisBefore, 0);
  });

  for (const how of ["process.exit(0)", "process.abort()", "kill"]) {
    it(`appears whole when the worker ends by ${how} right after`, async () => {
      const { code, stderr, stdout } = await finish(startHost("outputHost", how));
      assert.strictEqual(code, 0, stderr);
      assertWhole(stdout);
      assert.match(stderr, /\["rejected","rejected"\]$/);
    });
  }

  it("to a stdout that nobody reads any more is dropped, and ends no job", async () => {
    const host = startHost("outputHost", "unread");
    host.stdout.destroy();
    assert.match(await text(host.stderr), /^\["fulfilled","fulfilled"\]$/);
  });

  it("to a disk that is full is dropped, and ends no job", async () => {
    const full = openSync("/dev/full", "w");
    const file = fileURLToPath(new URL("./fixtures/outputHost.ts", import.meta.url));
    const host = spawn(process.execPath, [file, "unread"], { stdio: ["ignore", full, "pipe"] });
    closeSync(full);
    assert.match(await text(host.stderr!), /^\["fulfilled","fulfilled"\]$/);
  });

  it("to stderr, in any amount, takes no memory and leaves other workers going", async () => {
    const host = startHost("outputHost", "flood", "50");
    let bytes = 0;
    host.stderr.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    const stdout = await text(host.stdout);
    const { during, rssMiB, written } = JSON.parse(stdout) as {
      during: number;
      rssMiB: number;
      written: number;
    };
    if (host.exitCode === null) await once(host, "exit");
    assert.strictEqual(written, 50 * 2 ** 20);
    assert.strictEqual(bytes, written);
    assert.isAbove(during, 10);
    assert.isBelow(rssMiB, 300);
  });

  it("to a stderr that nobody reads any more ends neither the host nor the worker", async () => {
    const host = startHost("outputHost", "flood", "5");
    host.stderr.destroy();
    const stdout = await text(host.stdout);
    assert.strictEqual((JSON.parse(stdout) as { written: number }).written, 5 * 2 ** 20);
    if (host.exitCode === null) await once(host, "exit");
    assert.strictEqual(host.exitCode, 0);
  });
});
