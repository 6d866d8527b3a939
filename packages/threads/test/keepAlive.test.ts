import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { assert, describe, it } from "@effect/vitest";

const host = fileURLToPath(new URL("./fixtures/refHost.ts", import.meta.url));
const timeout = 20_000;

const outputOf = async (scenario: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [host, scenario], { timeout });
  return stdout;
};

describe("a program with threads", { timeout }, () => {
  it("lives as long as a thread that is held has work", async () => {
    assert.strictEqual(await outputOf("busy"), "pause is over\nexit\n");
  });

  it("ends by itself when its threads have none, and nothing that they printed is missing", async () => {
    assert.strictEqual(await outputOf("idle"), `${"awaited\n".repeat(1000)}exit\n`);
  });

  it("ends by itself when nobody holds a thread, even one with work", async () => {
    assert.strictEqual(await outputOf("unrefed"), "exit\n");
  });

  it("ends by itself when its pool is a daemon, even one with work", async () => {
    assert.strictEqual(await outputOf("daemon"), `${"awaited\n".repeat(1000)}exit\n`);
  });

  it("has all output of work that it awaited when it exits while a thread prints on", async () => {
    assert.strictEqual(await outputOf("exiting"), "awaited\n".repeat(1000));
  });
});
