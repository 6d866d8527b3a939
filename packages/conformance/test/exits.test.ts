/**
 * A program that ends while a case runs is red, on every platform and with every test runner.
 */
import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, it } from "vitest";

import * as Runner from "../src/Runner.ts";
import { breaks, doubles, sound } from "./subjects.ts";

const fixture = (file: string): string => fileURLToPath(new URL(`./fixtures/${file}`, import.meta.url));
const modules = fileURLToPath(new URL("../../../node_modules/", import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

const isArm = process.arch === "arm64";
const platforms = [
  ["Node", process.execPath, []],
  ["Bun", join(modules, `@oven/bun-linux-${isArm ? "aarch64" : "x64"}/bin/bun`), []],
  ["Deno", join(modules, `@deno/linux-${isArm ? "arm64" : "x64"}-glibc/deno`), ["run", "-A"]],
] as const;

interface Ran {
  readonly status: number | null;
  readonly output: string;
}

const ran = (command: string, parameters: ReadonlyArray<string>, env: Record<string, string> = {}): Ran => {
  const { status, stderr, stdout } = spawnSync(command, parameters, {
    env: { ...env, PATH: process.env["PATH"], HOME: process.env["HOME"], NO_COLOR: "1", DO_NOT_TRACK: "1" },
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, output: `${stdout}${stderr}` };
};

describe.each(platforms)("a program on %s that ends", { timeout: 90_000 }, (_, command, before) => {
  const program = (when: string, code: number): Ran =>
    ran(command, [...before, fixture("exitProgram.ts"), when, String(code)]);

  it("while a case runs says which one, and fails", () => {
    const { output, status } = program("running", 0);
    assert.match(output, /^the program ended while "made\/exits" ran at size 2 of made$/m);
    assert.equal(status, 1, output);
  });

  it("while a runtime closes says which one, and fails with the code that it ended with", () => {
    const { output, status } = program("closing", 7);
    assert.match(output, /^the program ended while the runtime of "made" closed at size 2 of made$/m);
    assert.equal(status, 7, output);
  });

  it("after the cases is green and says nothing", () => {
    assert.deepEqual(program("later", 0), { status: 0, output: "" });
  });
});

describe("a case that ends the program", { timeout: 90_000 }, () => {
  it("fails the file of node:test", () => {
    const parameters = ["--test", "--test-reporter=tap", fixture("nodeTestProgram.ts")];
    const { output, status } = ran(process.execPath, parameters, { SUBJECT: "exits" });
    assert.match(output, /the program ended while "made\/exits" ran at size 1 of exits/);
    assert.equal(status, 1, output);
  });

  it("fails in vitest, which lets nobody end it", () => {
    const parameters = [vitest, "run", "--config", fixture("vitest.config.ts")];
    const { output, status } = ran(process.execPath, parameters, { SUBJECT: "exits" });
    assert.match(output, /not ok \d+ - it exits \[made\/exits\]/);
    assert.equal(status, 1, output);
  });
});

describe("the program", () => {
  it("is not watched any more after the cases", async () => {
    const before = process.listenerCount("exit");
    await Runner.run("made", sound, { sizes: [1], cases: [doubles, breaks] });
    assert.equal(process.listenerCount("exit"), before);
  });
});
