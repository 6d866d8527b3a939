import { assert, describe, it } from "@effect/vitest";
import * as Coordination from "@heddle/core/Coordination";
import * as Runtime from "@heddle/core/Runtime";
import * as Processes from "@heddle/processes";
import * as Effect from "effect/Effect";

import { type Adapter, adapters } from "../src/adapters.ts";
import type { HostEvent } from "../src/protocol.ts";
import { namesFor, reasonAgainst } from "../src/runtimes.ts";
import { numbersOf, objection } from "../src/workloads/numbers.ts";
import { checkByQueues } from "../src/workloads/procs.ts";
import { Report } from "../src/workloads/report.ts";
import { onlySleep } from "../src/workloads/sleepVsCrunch.task.ts";
import { jsonLines, run } from "./demo.ts";

const rows: ReadonlyArray<Adapter> = adapters;
const here = rows.filter((row) => row.unavailable?.() === undefined);
const able = (demand: "procs" | "counter") =>
  namesFor(demand === "procs" ? "primes" : demand).filter(
    (name) => reasonAgainst(name, demand) === undefined,
  );

describe("what a row says of sharing", () => {
  for (const { load, name, sharing } of here) {
    it.live(`is what ${name} brings`, () =>
      Effect.gen(function* () {
        const layer = yield* Effect.promise(() => load({ workers: 1, onBlocked: () => undefined }));
        const runtime = yield* Effect.provide(Runtime.Runtime, layer);
        assert.strictEqual(Coordination.of(runtime)?.sharing, sharing);
      }),
    );
  }
});

describe("demo spinner", () => {
  it("ends by its event, not by being cancelled", async () => {
    const { stdout } = await run(["spinner", "-r", "all", "--seconds", "0.3", "--json"]);
    const spinners = jsonLines(stdout).filter((line) => line["task"] === "spinner/spin");
    const runtimes = namesFor("spinner").filter((name) => reasonAgainst(name, "spinner") === undefined);
    assert.deepStrictEqual(
      spinners.map((line) => line["outcome"]),
      runtimes.map(() => "ok"),
    );
  }, 30_000);
});

/** The numbers that a text of results names, each checked. */
const checked = (text: string): ReadonlyArray<bigint> =>
  [...text.matchAll(/^ *(\d+) {2}(P| ) +\d+\.\d{6}s$/gm)].map((match) => {
    const n = BigInt(match[1]!);
    assert.isUndefined(objection("small", n, match[2] === "P"));
    return n;
  });

const bench = {
  workload: "primes",
  runtime: "processes",
  workers: 2,
  numbers: "small",
  repeat: 20,
} as const;

const pidOf = Effect.map(Runtime.run(onlySleep, 0.2), (text) => Number(/^PID: (\d+)/.exec(text)?.[1]));

describe("demo primes --procs", () => {
  for (const [stopping, words] of [
    ["pills", "a poison pill for each"],
    ["end", "the queue's end"],
  ] as const) {
    it(`with ${stopping}: each number is checked once on every runtime, whatever the number of workers`, async () => {
      const args = ["primes", "--procs", stopping, "--numbers", "small", "-w", "3", "--repeat", "2"];
      const { code, stdout } = await run(args);
      assert.strictEqual(code, 0);
      const twice = [...numbersOf("small"), ...numbersOf("small")];
      const [, ...parts] = stdout.split(/^Checking /m);
      assert.lengthOf(parts, able("procs").length + 1);
      for (const part of parts) assert.sameMembers([...checked(part)], twice);
      for (const name of able("procs")) assert.include(stdout, `two queues and ${words} (${name}):`);
      for (const name of able("procs")) assert.match(stdout, new RegExp(`^  ${name} +\\d+ +40/0 `, "m"));
    }, 60_000);

    it(`with ${stopping}: all workers take part, and each tells how much it did`, async () => {
      const args = ["primes", "--procs", stopping, "-r", "threads", "-w", "2", "--repeat", "2", "--json"];
      const { code, stdout } = await run(args);
      assert.strictEqual(code, 0);
      const workers = jsonLines(stdout).filter((line) => String(line["task"]).startsWith("procs/"));
      assert.sameMembers(
        workers.map((line) => line["input"]),
        ["worker 0", "worker 1"],
      );
      assert.strictEqual(new Set(workers.map((line) => line["threadId"])).size, 2);
      assert.strictEqual(
        workers.reduce((sum, line) => sum + line["output"], 0),
        40,
      );
    }, 60_000);

    it.live(`with ${stopping}: a killed worker loses what it had in hand, and nobody waits for it`, () =>
      Effect.gen(function* () {
        // Whichever worker it is: the two checkers below take one each.
        const pid = yield* pidOf;
        const problems: Array<string> = [];
        const count = { ok: 0, failed: 0 };
        const emit = (event: HostEvent): void => {
          if (event.type === "problem") problems.push(event.text);
          if (event.type === "line" && count.ok === 5) process.kill(pid, "SIGKILL");
        };
        const spec = { ...bench, procs: stopping };
        const checks = checkByQueues(spec, stopping);
        yield* Effect.provideService(checks, Report, { emit, frame: () => undefined, count });
        assert.strictEqual(count.ok + count.failed, 20 * bench.repeat);
        assert.isAtMost(count.failed, 1);
        assert.lengthOf(problems, 1);
        assert.match(problems[0]!, /^task "procs\/until(Pill|End)" on processes: .*SIGKILL/);
      }).pipe(Effect.provide(Processes.layer({ size: 2 }))),
    );
  }
});

describe("demo counter", () => {
  it("loses updates in raw memory, and none with a lock or a counter", async () => {
    const { code, stdout } = await run(["counter", "-r", "all", "--json"]);
    assert.strictEqual(code, 0);
    const seen = jsonLines(stdout).filter((line) => line["type"] === "counted");
    const runtimes = able("counter");
    assert.sameMembers(
      seen.map(({ runtime, way }) => `${runtime} ${way}`),
      [
        "serial raw",
        ...runtimes.flatMap((name) => ["raw", "lock", "counter"].map((way) => `${name} ${way}`)),
      ],
    );
    for (const { expected, runtime, seen: total, way } of seen) {
      if (way === "raw" && runtime !== "serial") assert.isBelow(total, expected, runtime);
      else assert.strictEqual(total, expected, `${runtime} ${way}`);
    }
  }, 60_000);

  it("says in words what it saw", async () => {
    const { code, stdout } = await run(["counter"]);
    assert.strictEqual(code, 0);
    assert.match(stdout, /^2 threads count up one number at the same time:\n/);
    assert.match(stdout, /^ {2}raw memory +[\d,]+ of +[\d,]+ {2}[\d,]+ updates lost$/m);
    assert.match(stdout, /^ {2}a Lock +([\d,]+) of +\1 {2}nothing lost$/m);
    assert.match(stdout, /^ {2}a Counter +([\d,]+) of +\1 {2}nothing lost$/m);
  }, 30_000);
});
