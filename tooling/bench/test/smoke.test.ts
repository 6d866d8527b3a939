import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, assert, beforeAll, describe, it } from "vitest";

import { documentOf } from "../src/document.ts";
import type { Report } from "../src/report.ts";
import { runChild } from "../src/runChild.ts";
import { build, stage } from "../src/stage.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

let folder: string;
beforeAll(() => {
  // Turbo has built what this package depends on before it runs its tests.
  if (process.env["TURBO_HASH"] === undefined) build();
  folder = stage();
}, 180_000);

const bench = (...args: ReadonlyArray<string>): string =>
  execFileSync(process.execPath, [main, "--no-build", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

describe("a smoke run of one workload", () => {
  let report: Report;
  beforeAll(() => {
    report = JSON.parse(bench("noop-64", "--smoke", "--json")) as Report;
  }, 60_000);

  it("gets right answers from Heddle, a peer and the raw pool", () => {
    const [workload] = report.workloads;
    const measured = workload?.contenders.filter(({ status }) => status === "measured").map(({ id }) => id);
    assert.includeMembers(measured ?? [], ["heddle-threads", "piscina", "raw-threads"]);
    assert.deepStrictEqual([workload?.bestPeer, workload?.bestRaw], ["piscina", "raw-threads"]);
  });

  it("prints the documented schema", () => {
    assert.deepInclude(report, { schema: "heddle-bench", version: 1, mode: "smoke" });
    assert.hasAllKeys(report, [
      "schema",
      "version",
      "mode",
      "startedAt",
      "seconds",
      "machine",
      "versions",
      "disturbances",
      "workloads",
    ]);
    assert.hasAllKeys(report.workloads[0], [
      "id",
      "title",
      "unit",
      "better",
      "rounds",
      "note",
      "bestPeer",
      "bestRaw",
      "contenders",
      "goals",
      "calibration",
    ]);
    assert.hasAllKeys(report.workloads[0]?.contenders[0], [
      "id",
      "title",
      "role",
      "status",
      "median",
      "min",
      "max",
      "samples",
      "cpuMicrosPerTask",
      "ratioToBestPeer",
      "ratioToRaw",
    ]);
    assert.hasAllKeys(report.workloads[0]?.goals[0], [
      "subject",
      "against",
      "compare",
      "bound",
      "limit",
      "text",
      "actual",
      "verdict",
    ]);
  });

  it("can be written as a document that tells every goal", () => {
    const text = documentOf(report);
    for (const goal of report.workloads[0]?.goals ?? []) assert.include(text, goal.text);
    assert.include(text, "**Heddle threads**");
  });
});

describe("the folder that children run in", () => {
  it("is the same as long as nothing has changed", () => {
    assert.strictEqual(stage(), folder);
  });

  it("resolves Heddle to what was built", () => {
    const code = 'console.log(import.meta.resolve("@heddle/threads"))';
    const resolved = execFileSync(process.execPath, ["--input-type=module", "-e", code], {
      cwd: join(folder, "app"),
      encoding: "utf8",
    });
    assert.match(resolved, /node_modules\/@heddle\/threads\/dist\/Threads\.js/);
  });
});

describe("a contender", () => {
  const scratch = mkdtempSync(join(tmpdir(), "heddle-bench-"));
  afterAll(() => rmSync(scratch, { recursive: true }));

  const reasonFor = async (contender: string, timeLimitSeconds = 20): Promise<string> => {
    const outcome = await runChild(
      {
        contender,
        file: "../../../../test/fixtures/broken",
        probe: "burst",
        size: 1,
        params: { warmUpSeconds: 0, warmUpCalls: 10, calls: 10 },
      },
      { stage: folder, timeLimitSeconds },
    );
    if (outcome.kind === "failed") return outcome.reason;
    return outcome.problem === undefined ? "it passed" : `measured, but ${outcome.problem}`;
  };

  it("with a wrong answer fails, even if only the type is wrong", async () => {
    assert.match(await reasonFor("wrong"), /WrongAnswer: expected 0, got 1 \(number\)/);
    assert.match(await reasonFor("text"), /WrongAnswer: expected 0, got 0 \(string\)/);
  });

  it("that cannot be closed was measured, and ended badly", async () => {
    assert.match(await reasonFor("unclosable"), /^measured, but Error: stuck/);
  });

  it("that rejects, crashes or cannot be opened fails with its reason", async () => {
    assert.match(await reasonFor("rejecting"), /no such luck/);
    assert.match(await reasonFor("crashing"), /SIGABRT/);
    assert.match(await reasonFor("unopenable"), /TypeError: cannot open/);
    assert.match(await reasonFor("nobody"), /has no nobody/);
  });

  it("that ends the process in the middle fails, though with exit code 0", async () => {
    assert.match(await reasonFor("leaving"), /exit code 0/);
  });

  it("that hangs fails after its time, and nothing is left of it", async () => {
    process.env["TMPDIR"] = scratch;
    assert.match(await reasonFor("hanging", 2), /more than 2 s/);
    const pid = Number(readFileSync(join(scratch, "pid"), "utf8"));
    const isAlive = (): boolean => {
      try {
        return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0] !== "Z";
      } catch {
        return false;
      }
    };
    const deadline = Date.now() + 5000;
    while (isAlive() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.isFalse(isAlive());
  });
});
