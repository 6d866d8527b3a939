import { assert, describe, it } from "@effect/vitest";

import type { RuntimeName } from "../src/adapters.ts";
import { adapterOf, namesFor, reasonAgainst } from "../src/runtimes.ts";
import { numbersOf, objection } from "../src/workloads/numbers.ts";
import { checkPrime, trialDivision } from "../src/workloads/primes.task.ts";
import { escape, jsonLines, run } from "./demo.ts";

const runtimes: ReadonlyArray<RuntimeName> = [
  "serial",
  ...namesFor("primes").filter((name) => reasonAgainst(name, "primes") === undefined),
];

const checkRun = (
  lines: ReadonlyArray<Record<string, any>>,
  runtime: RuntimeName,
  numbers: "book" | "small",
): void => {
  const from = lines.findIndex((line) => line["type"] === "run.start" && line["runtime"] === runtime);
  const to = lines.findIndex((line) => line["type"] === "run.end" && line["runtime"] === runtime);
  assert.isAtLeast(from, 0, runtime);
  const tasks = lines.slice(from + 1, to);
  assert.lengthOf(tasks, 20, runtime);
  for (const task of tasks) {
    assert.strictEqual(task["type"], "task.end");
    assert.strictEqual(task["outcome"], "ok");
    assert.isUndefined(objection(numbers, BigInt(task["input"]), task["output"]), task["input"]);
    assert.match(task["lane"], new RegExp(`^${adapterOf(runtime)?.name ?? runtime}/\\d+$`));
    assert.isTrue(task["queuedMs"] >= 0 && task["runMs"] >= 0);
  }
  const inputs = tasks.map((task) => BigInt(task["input"]));
  assert.sameMembers(inputs, [...numbersOf(numbers)], runtime);
  assert.strictEqual(lines[to]!["ok"], 20);
  assert.strictEqual(lines[to]!["failed"], 0);
};

describe("demo primes", () => {
  it("gives the book's 20 right answers on every runtime, as JSON and nothing else", async () => {
    const { code, stderr, stdout } = await run(["primes", "-r", "all", "--json"]);
    assert.strictEqual(stderr, "");
    assert.strictEqual(code, 0);
    const lines = jsonLines(stdout);
    for (const runtime of runtimes) checkRun(lines, runtime, "book");
    assert.deepStrictEqual(Object.keys(lines[0]!), [
      "type",
      "workload",
      "runtime",
      "workers",
      "node",
      "cores",
    ]);
    const taskKeys = "type task input output lane pid threadId attempt outcome queuedMs runMs".split(" ");
    assert.deepStrictEqual(Object.keys(lines[1]!), taskKeys);
    const runKeys = ["type", "workload", "runtime", "workers", "ok", "failed", "wallMs", "spinner"];
    const lastRun = lines.findLast((line) => line["type"] === "run.end")!;
    assert.deepStrictEqual(Object.keys(lastRun), runKeys);
    assert.deepStrictEqual(Object.keys(lastRun["spinner"]), ["frames", "expected", "longestFreezeMs"]);
  }, 60_000);

  it("runs in several units where there are some, and in one where there is not", async () => {
    const { stdout } = await run(["primes", "-w", "2", "--repeat", "20", "--numbers", "small", "--json"]);
    const tasks = jsonLines(stdout).filter((line) => line["type"] === "task.end");
    const distinct = (runtime: string, key: string): number =>
      new Set(tasks.filter((task) => task["lane"].startsWith(`${runtime}/`)).map((task) => task[key])).size;
    assert.strictEqual(distinct("threads", "pid"), 1);
    assert.strictEqual(distinct("threads", "threadId"), 2);
    assert.strictEqual(distinct("processes", "pid"), 2);
    assert.strictEqual(distinct("fibers", "threadId"), 1);
  }, 30_000);

  it("takes more workers than there are numbers", async () => {
    const { code, stdout } = await run([
      "primes",
      "-r",
      "threads",
      "-w",
      "24",
      "--numbers",
      "small",
      "--json",
    ]);
    assert.strictEqual(code, 0);
    checkRun(jsonLines(stdout), "threads", "small");
    assert.strictEqual(jsonLines(stdout).at(-1)!["workers"], 24);
  }, 60_000);

  it("prints the book's lines and a table without a terminal, with no control characters", async () => {
    const { code, stderr, stdout } = await run(["primes", "-r", "threads", "--numbers", "small"]);
    assert.strictEqual(code, 0);
    assert.match(stdout, /^Checking 20 numbers with \d+ threads \(threads\):$/m);
    assert.match(stdout, /^ {4}999999999989 {2}P {2}\d\.\d{6}s$/m);
    assert.match(stdout, /^20 checks in \d+\.\d\ds$/m);
    assert.match(stdout, /All 40 answers are right/);
    assert.notInclude(stdout + stderr, escape);
    assert.notInclude(stdout + stderr, "\r");
  });

  it("sweeps over numbers of workers and charts the medians", async () => {
    const args = ["primes", "-r", "threads", "--sweep", "1..3", "--repeat", "2", "--numbers", "small"];
    const { code, stdout } = await run(args);
    assert.strictEqual(code, 0);
    for (const k of [1, 2, 3])
      assert.match(stdout, new RegExp(`^  threads × ${k} .*█.*\\(median of 2\\)$`, "m"));
  }, 30_000);
});

describe("trial division", () => {
  it("is right about the fixtures", () => {
    for (const n of numbersOf("small")) assert.isUndefined(objection("small", n, checkPrime(n)), String(n));
    for (const n of [0n, 1n, 4n, 9n, 32_768n ** 2n]) assert.isFalse(checkPrime(n), String(n));
  });

  it("is right at the seams of its slices", () => {
    for (const p of [32_749n, 32_771n, 65_537n]) {
      assert.isFalse(checkPrime(p * p), String(p * p));
      assert.isTrue(checkPrime(p), String(p));
    }
  });

  it("refuses what does not fit instead of guessing", () => {
    assert.throws(() => trialDivision(2n ** 63n).next(), RangeError);
  });

  it("finds fault with a wrong answer", () => {
    assert.match(
      objection("book", 9999999999999917n, false) ?? "",
      /wrong answer: 9999999999999917 is prime/,
    );
    assert.isUndefined(objection("book", 9999999999999917n, true));
  });
});
