/**
 * The bindings to test runners, in processes of their own: what they say is what came of the cases.
 */
import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, describe, it } from "vitest";

import type { Report } from "../src/Runner.ts";

const directory = mkdtempSync(join(tmpdir(), "heddle-bindings-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const fixture = (file: string): string => fileURLToPath(new URL(`./fixtures/${file}`, import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

const programs = {
  "node:test": ["--test", "--test-reporter=tap", fixture("nodeTestProgram.ts")],
  vitest: [vitest, "run", "--config", fixture("vitest.config.ts")],
} as const;

interface Ran {
  readonly exitCode: number | null;
  readonly output: string;
  readonly report: Report;
}

const ran = async (runner: keyof typeof programs, subject: "sound" | "broken" | "leaky"): Promise<Ran> => {
  // In a folder that is not there yet.
  const file = join(directory, runner.replace(":", "-"), `${subject}.json`);
  const env = { PATH: process.env["PATH"], REPORT: file, SUBJECT: subject, NO_COLOR: "1" };
  const child = spawn(process.execPath, programs[runner], { env, timeout: 60_000 });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  const [exitCode] = (await once(child, "close")) as [number | null];
  assert.ok(existsSync(file), output);
  return { exitCode, output, report: JSON.parse(readFileSync(file, "utf8")) as Report };
};

const verdictsAt = ({ cases }: Report, size: number): ReadonlyArray<string> =>
  cases.filter((told) => told.size === size).map(({ id, verdict }) => `${id} ${verdict}`);

describe.each(["node:test", "vitest"] as const)("%s", { timeout: 90_000 }, (runner) => {
  it("passes a sound runtime, says what is skipped and why, and writes the report", async () => {
    const { exitCode, output, report } = await ran(runner, "sound");
    assert.equal(exitCode, 0, output);
    assert.match(output, /ok \d+ - it doubles \[made\/doubles\]/);
    assert.match(output, /it breaks \[made\/breaks\].* # SKIP/);
    if (runner === "node:test") {
      assert.match(output, /# SKIP issue 1/);
      assert.match(output, /# SKIP it needs a runtime that can move objects/);
    }
    for (const size of [1, 2]) {
      assert.deepEqual(verdictsAt(report, size), [
        "made/doubles passed",
        "made/breaks skipped",
        "made/transfer not-applicable",
      ]);
    }
  });

  it("fails a broken one by the case that it breaks, and writes the report all the same", async () => {
    const { exitCode, output, report } = await ran(runner, "broken");
    assert.equal(exitCode, 1, output);
    assert.match(output, /not ok \d+ - it doubles \[made\/doubles\]/);
    assert.match(output, /42[^]*\[R1\]/);
    for (const size of [1, 2]) assert.ok(verdictsAt(report, size).includes("made/doubles failed"));
  });

  it("fails one that leaves something behind at the end of the group", async () => {
    const { exitCode, output, report } = await ran(runner, "leaky");
    assert.equal(exitCode, 1, output);
    assert.ok(verdictsAt(report, 1).includes("made/doubles passed"), output);
    for (const { reason } of report.leaks) assert.match(reason, /active Timeout/);
    assert.deepEqual(
      report.leaks.map(({ group, size }) => `${group} ${size}`),
      ["made 1", "made 2"],
    );
  });
});
