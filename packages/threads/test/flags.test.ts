import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { assert, describe, it } from "@effect/vitest";

const program = `
import * as Threads from ${JSON.stringify(new URL("../src/Threads.ts", import.meta.url).href)};
import { write } from ${JSON.stringify(new URL("./fixtures/outputTasks.ts", import.meta.url).href)};
const runtime = await Threads.open({ size: 1 });
await runtime.run(write, { text: "answered\\n", count: 1 });
await runtime.close();
`;
const preload = `data:text/javascript,${encodeURIComponent('console.log("preloaded")')}`;

const run = promisify(execFile);
const timeout = 30_000;

describe("a program whose code came as text", { timeout }, () => {
  it("as an argument starts threads, with its other flags", async () => {
    // Of these, no thread may be given the last two: they are the whole process's.
    const flags = ["--import", preload, "--expose-gc", "--max-old-space-size=300"];
    const text = ["--input-type=module", "-e", program];
    const { stdout } = await run(process.execPath, [...flags, ...text], { timeout });
    assert.deepStrictEqual(stdout.trim().split("\n"), ["preloaded", "preloaded", "answered"]);
  });

  it("through stdin starts threads", async () => {
    const running = run(process.execPath, ["--input-type", "module"], { timeout });
    running.child.stdin?.end(program);
    assert.strictEqual((await running).stdout, "answered\n");
  });

  it("as an argument, without a word about its type, starts threads", async () => {
    const { stdout } = await run(process.execPath, ["-e", program], { timeout });
    assert.strictEqual(stdout, "answered\n");
  });
});
