import { assert, describe, it } from "@effect/vitest";

import { type Adapter, adapters } from "../src/adapters.ts";
import { namesFor, reasonAgainst } from "../src/runtimes.ts";
import { decide } from "../src/workloads/rightTool.ts";
import { jsonLines, run } from "./demo.ts";

const endsOf = (stdout: string) => jsonLines(stdout).filter((line) => line["type"] === "run.end");

describe("demo spinner", () => {
  it("draws ten frames a second beside the work, and none where the work blocks", async () => {
    const { code, stdout } = await run(["spinner", "-r", "all", "--seconds", "1", "--json"]);
    assert.strictEqual(code, 0);
    const ends = endsOf(stdout);
    assert.deepStrictEqual(
      ends.map((end) => end["runtime"]),
      namesFor("spinner").filter((name) => reasonAgainst(name, "spinner") === undefined),
    );
    for (const { failed, ok, runtime, spinner } of ends) {
      assert.deepStrictEqual([ok, failed], [1, 0], runtime);
      if (runtime !== "fibers-blocking") assert.isAtLeast(spinner.frames, 5, runtime);
      else assert.isAtMost(spinner.frames, 1, runtime);
      if (runtime === "fibers-blocking") assert.isAtLeast(spinner.longestFreezeMs, 800);
    }
    const answers = jsonLines(stdout).filter((line) => String(line["task"]).startsWith("spinner/slow"));
    assert.deepStrictEqual(
      answers.map((line) => line["output"]),
      ends.map(() => 42),
    );
  }, 30_000);

  it("says what it is and what it found", async () => {
    const { code, stdout } = await run(["spinner", "-r", "threads", "--seconds", "0.5"]);
    assert.strictEqual(code, 0);
    assert.match(
      stdout,
      /^spinner object: <Job #1 spinner\/spin on threads, \w+>\nAnswer: 42\nthreads: spinner drew/,
    );
  });
});

describe("the seeds' other programs", () => {
  it("print-numbers: the main program's line comes last", async () => {
    for (const runtime of ["threads", "processes", "fibers", "serial"]) {
      const { code, stdout } = await run(["print-numbers", "-r", runtime, "--seconds", "0.02"]);
      assert.strictEqual(code, 0);
      const numbers = [0, 1, 2, 3, 4].map((n) => `${runtime}: ${n}\n`).join("");
      assert.strictEqual(stdout, `${numbers}Main thread: execution finished\n`);
    }
  }, 30_000);

  it("workers: five naps take as long as one, and each worker says who it is", async () => {
    const { code, stdout } = await run(["workers", "-r", "processes", "--seconds", "2"]);
    assert.strictEqual(code, 0);
    const pids = [
      ...stdout.matchAll(/started {3}PID: (\d+), Process Name: Process-\d, Thread Name: MainThread/g),
    ];
    assert.strictEqual(new Set(pids.map((match) => match[1])).size, 5);
    assert.lengthOf(stdout.match(/Worker \d finished/g) ?? [], 5);
    assert.isBelow(Number(/finished in ([\d.]+)s/.exec(stdout)?.[1]), 8);
  }, 30_000);

  it("sleep-vs-crunch: identity lines and a table", async () => {
    const { code, stdout } = await run(["sleep-vs-crunch", "-r", "threads", "--seconds", "0.2"]);
    assert.strictEqual(code, 0);
    assert.lengthOf(
      stdout.match(/PID: \d+, Process Name: MainProcess, Thread Name: Thread-\d \(id \d+\)/g) ?? [],
      8,
    );
    assert.match(stdout, /threads +\d +8\/0/);
  }, 60_000);

  it("nap: the spinner lives only if the computation naps", async () => {
    const { code, stdout } = await run(["nap", "--json"]);
    assert.strictEqual(code, 0);
    const frames = Object.fromEntries(endsOf(stdout).map((end) => [end["runtime"], end["spinner"].frames]));
    assert.isAtMost(frames["fibers"], 1);
    assert.isAtLeast(frames["fibers-yield"], 3);
    assert.isAtLeast(frames["threads"], 3);
  }, 60_000);

  it("runtimes: every adapter, what to expect of it, and why it is not here if it is not", async () => {
    const { code, stdout } = await run(["runtimes"]);
    assert.strictEqual(code, 0);
    const rows: ReadonlyArray<Adapter> = adapters;
    for (const { description, name, unavailable } of rows) {
      const reason = unavailable?.();
      const said = reason === undefined ? description : `not here: ${reason}`;
      assert.include(stdout, `${name.padEnd(12)}  ${said}`);
    }
    const asJson = jsonLines((await run(["runtimes", "--json"])).stdout);
    assert.deepStrictEqual(
      asJson.map((line) => [line["type"], line["name"], line["unavailable"]]),
      rows.map(({ name, unavailable }) => ["runtime", name, unavailable?.() ?? null]),
    );
  });

  it("right-tool: the decision and the reason", async () => {
    const { code, stdout } = await run(["right-tool", "--work", "io"]);
    assert.strictEqual(code, 0);
    assert.match(stdout, /^Use fibers: waiting needs no thread/);
    const work = { work: "cpu", isolation: "none", lasting: false, millis: 100 } as const;
    assert.strictEqual(decide(work).runtime, "threads");
    assert.strictEqual(decide({ ...work, isolation: "crash" }).runtime, "processes");
    assert.strictEqual(decide({ ...work, millis: 0.1 }).runtime, "fibers");
    assert.strictEqual(decide({ ...work, work: "io", isolation: "memory" }).runtime, "threads");
    assert.strictEqual(decide({ ...work, lasting: true }).runtime, "cluster");
  });
});

describe("demo alone", () => {
  it("shows every runtime, one table and one sentence of advice", async () => {
    const { code, stdout } = await run([]);
    assert.strictEqual(code, 0);
    assert.match(stdout, /fibers-blocking: spinner drew [01] of \d+ frames; the loop was blocked/);
    for (const runtime of ["serial", "fibers", "fibers-yield", "threads", "processes"]) {
      assert.match(stdout, new RegExp(`^  ${runtime} +\\d+ +20/0 `, "m"));
    }
    assert.match(stdout, /\nAdvice: .*\n$/);
  }, 60_000);
});
