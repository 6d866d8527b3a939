import { assert, describe, it } from "@effect/vitest";

import { escape, hasPty, run, startOnTerminal } from "./demo.ts";

describe("without a terminal", () => {
  it("writes no escape codes, and has an ASCII form for other locales", async () => {
    const ascii = await run(["primes", "-r", "fibers", "--numbers", "small"], { LC_ALL: "C" });
    assert.strictEqual(ascii.code, 0);
    assert.match(ascii.stdout + ascii.stderr, /^[\n\x20-\x7E]*$/);
  });
});

describe.skipIf(!hasPty)("on a terminal (needs `script` of util-linux)", () => {
  it("draws lanes and the state of the loop, and restores the cursor", async () => {
    const { code, stdout } = await startOnTerminal(["primes", "-r", "threads", "-w", "2"]).ended;
    assert.strictEqual(code, 0);
    assert.match(stdout, /threads\/0 +[·█▓░]+/);
    assert.match(stdout, /event loop +ok, \d+ ms since last beat/);
    assert.notInclude(stdout, `${escape}[?1049h`);
    assert.isAbove(stdout.lastIndexOf(`${escape}[?25h`), stdout.lastIndexOf(`${escape}[?25l`));
    // Which one depends on how busy the machine is.
    assert.match(stdout, new RegExp(`${escape}\\[3[1-3]m`));
  }, 30_000);

  it("drops the lanes on a narrow terminal", async () => {
    const { stdout } = await startOnTerminal(["primes", "-r", "threads"], 50).ended;
    assert.match(stdout, /threads × \d+ +\d+ done/);
    assert.notMatch(stdout, /threads\/0/);
  }, 30_000);

  it("NO_COLOR means no colours, TERM=dumb and CI no escape codes at all", async () => {
    const noColour = await startOnTerminal(["primes", "-r", "fibers"], 100, { NO_COLOR: "1" }).ended;
    assert.notMatch(noColour.stdout, new RegExp(`${escape}\\[\\d+m`));
    const dumb = await startOnTerminal(["primes", "--numbers", "small"], 100, { TERM: "dumb" }).ended;
    assert.notInclude(dumb.stdout, escape);
    const ci = await startOnTerminal(["spinner", "--seconds", "0.3"], 100, { CI: "1", NO_COLOR: "1" }).ended;
    assert.notInclude(ci.stdout, escape);
  }, 30_000);

  it("turns the book's spinner over one line and wipes it before the answer", async () => {
    const { stdout } = await startOnTerminal(["spinner", "-r", "threads", "--seconds", "0.6"]).ended;
    for (const sign of ["\\", "|", "/", "-"]) assert.include(stdout, `\r${sign} thinking!`);
    assert.match(stdout, /\r {12}\rAnswer: 42/);
  });

  it("Ctrl-C in a blocked run ends it with 130 and a visible cursor", async () => {
    const demo = startOnTerminal(["spinner", "-r", "fibers-blocking", "--seconds", "60"]);
    await demo.saw(/event loop BLOCKED for 0\.[5-9] s, spinner stuck at frame 0/);
    const sent = performance.now();
    demo.child.stdin?.write("\u0003");
    const { code, stdout } = await demo.ended;
    console.log(
      `Ctrl-C on a terminal during a blocked run: ended after ${(performance.now() - sent).toFixed(0)} ms`,
    );
    assert.strictEqual(code, 130);
    assert.isAtLeast(stdout.lastIndexOf(`${escape}[?25h`), stdout.lastIndexOf(`${escape}[?25l`));
  });
});
