import { assert, describe, it } from "@effect/vitest";

import { allGone, run, start, type Started } from "./demo.ts";

// What is promised is 100 ms; a shared machine may be slower, so the figure is printed and the limit is generous.
const limitMillis = 1000;

const endBy = async (demo: Started, signal: NodeJS.Signals, what: string) => {
  const sent = performance.now();
  demo.child.kill(signal);
  const ended = await demo.ended;
  const millis = performance.now() - sent;
  console.log(`${signal} during ${what}: ended after ${millis.toFixed(0)} ms with exit ${ended.code}`);
  assert.isBelow(millis, limitMillis, what);
  return ended;
};

const running = {
  fibers: /"lane":"fibers/,
  threads: /"lane":"threads/,
  processes: /"lane":"processes\/\d+","pid":\d+/,
};

describe("Ctrl-C and kill", () => {
  it("end a blocked loop at once", async () => {
    for (const [signal, code] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ] as const) {
      const demo = start(["spinner", "-r", "fibers-blocking", "--seconds", "60"]);
      await demo.saw(/event loop BLOCKED/);
      const ended = await endBy(demo, signal, "a blocked fibers run");
      assert.strictEqual(ended.code, code);
    }
  });

  for (const [runtime, pattern] of Object.entries(running)) {
    it(`end primes on ${runtime} and leave no process`, async () => {
      const demo = start(["primes", "-r", runtime, "--repeat", "2", "--json"]);
      await demo.saw(pattern);
      const ended = await endBy(demo, "SIGINT", `primes on ${runtime}`);
      assert.deepStrictEqual([ended.code, ended.stderr], [130, ""]);
      const pids = new Set([...ended.stdout.matchAll(/"pid":(\d+)/g)].map((match) => Number(match[1])));
      assert.isAtLeast(pids.size, runtime === "processes" ? 2 : 1);
      await allGone([...pids]);
    }, 60_000);
  }

  it("leave no process after a run that ended by itself", async () => {
    const { code, stdout } = await run(["primes", "-r", "processes", "--numbers", "small", "--json"]);
    assert.strictEqual(code, 0);
    await allGone([...new Set([...stdout.matchAll(/"pid":(\d+)/g)].map((match) => Number(match[1])))]);
  });
});
