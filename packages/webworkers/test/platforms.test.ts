import { existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

import * as Runner from "@heddle/conformance/Runner";
import { assert, describe, it } from "vitest";

import * as WebWorkers from "../src/WebWorkers.ts";
import { programOf, run } from "./platforms.ts";

const timeout = 420_000;

const reportFile = (platform: string): string =>
  fileURLToPath(new URL(`../.conformance/${platform.toLowerCase()}.json`, import.meta.url));

const lost = (how: string): string => `WorkerLost, exit code ${how}`;

const ends = {
  throws: lost("1, TypeError: expected: nobody catches it"),
  rejects: lost("1, RangeError: expected: not handled"),
  exits: lost("3"),
  posts: "5",
  polls: "AbortError",
  addsOne: 1,
};

const expected: Readonly<Record<string, object>> = {
  Bun: { ...ends, closes: lost("0"), spins: "AbortError" },
  Deno: { ...ends, closes: lost("null") },
};

// They wait more than they compute, so they may run side by side.
describe.concurrent.each(["Bun", "Deno"])("Web Workers of %s", { timeout }, (platform) => {
  const program = programOf(platform);
  // Where this has to be proven, a missing platform is a failure.
  const isSkipped = program === undefined && process.env["CI"] !== "true";
  const how = isSkipped ? "; skipped, since pnpm installs it on Linux only" : "";

  it.skipIf(isSkipped)(`pass the suite on one worker and on four${how}`, async () => {
    assert.isDefined(program, `${platform} is not installed`);
    const file = reportFile(platform);
    rmSync(file, { force: true });
    const problem = await run(program, "conformance", platform, file, "1", "4").then(
      () => undefined,
      (error: unknown) => error,
    );
    // What the report tells says more.
    if (!existsSync(file)) throw problem;
    const report = JSON.parse(readFileSync(file, "utf8")) as Runner.Report;
    assert.deepStrictEqual(Runner.failures(report), []);
    assert.isUndefined(problem);
    assert.deepStrictEqual(report.sizes, [1, 4]);
    assert.isAbove(report.cases.filter(({ verdict }) => verdict === "passed").length, 500);
  });

  it.skipIf(isSkipped)(`tell how they end, and refuse what they cannot${how}`, async () => {
    assert.isDefined(program, `${platform} is not installed`);
    const told = JSON.parse(await run(program, "ends")) as Record<string, unknown>;
    for (const [what, end] of Object.entries(expected[platform] ?? {})) {
      assert.strictEqual(told[what], end, what);
    }
    for (const [what, end] of Object.entries(told)) {
      if (what.startsWith("after ")) assert.strictEqual(end, "42", what);
    }
    assert.match(String(told["missing"]), /none\.ts.*HEDDLE_ENGINE_UNAVAILABLE/);
    for (const [option, message] of Object.entries(told["options"] as Record<string, string>)) {
      if (option === "daemon" && platform === "Bun") assert.strictEqual(message, "opened");
      else assert.match(message, /HEDDLE_INVALID_OPTIONS/, option);
    }
  });
});

const bun = programOf("Bun");

describe.skipIf(bun === undefined && process.env["CI"] !== "true")("a program on Bun", { timeout }, () => {
  it("ends by itself when its workers are idle", async () => {
    assert.isDefined(bun, "Bun is not installed");
    assert.strictEqual(await run(bun, "idle"), "42\n");
  });

  it("has stopped a body that computes when its end is told, and ends by itself while one goes on", async () => {
    assert.isDefined(bun, "Bun is not installed");
    assert.deepStrictEqual(JSON.parse(await run(bun, "kills")), {
      counts: "AbortError",
      countsOn: false,
      afterCounts: 42,
      loops: "AbortError",
      afterLoops: 42,
    });
  });

  it("has stopped a body that calls the platform as well, if Bun was started for that", async () => {
    assert.isDefined(bun, "Bun is not installed");
    const polling = { ...bun, env: { BUN_JSC_usePollingTraps: "1" } };
    assert.deepStrictEqual(JSON.parse(await run(polling, "forceKill", "10")), { passed: 20, failures: [] });
  });
});

describe("a program on Node", () => {
  it("is told at once that there are no Web Workers, and what to take", async () => {
    const error: unknown = await WebWorkers.open().catch((failure: unknown) => failure);
    assert.match(String(error), /no global `Worker`.*@heddle\/threads.*HEDDLE_ENGINE_UNAVAILABLE/);
  });
});
