import { assert, describe, it } from "@effect/vitest";

import { escape, jsonLines, run, start } from "./demo.ts";

const mistakes: ReadonlyArray<readonly [args: string, message: RegExp]> = [
  ["spiner", /Unknown subcommand "spiner"[^]*spinner/],
  ["primes -r thread", /Invalid value for flag --runtime: "thread"[^]*"threads"/],
  ["primes -w 0", /Invalid value for flag --workers: "0"/],
  ["primes -w abc", /Invalid value for flag --workers: "abc"/],
  ["primes -w 2.5", /Invalid value for flag --workers: "2.5"/],
  ["primes --sweep 5..1", /Invalid value for flag --sweep: "5..1"/],
  ["primes --sweep 1..2 -r fibers", /nothing to sweep/],
  ["primes --repeat 0", /Invalid value for flag --repeat/],
  ["spinner --seconds -1", /Invalid value for flag --seconds: "-1"/],
  ["primes --procs pill", /Invalid value for flag --procs: "pill"[^]*"pills"/],
  ["counter -r fibers", /fibers cannot run this here: its units share one thread/],
  ["primes --workres 3", /Unrecognized flag: --workres[^]*--workers/],
];

describe("a command line that is wrong", () => {
  it("is told in one message on stderr, with exit 2 and an empty stdout", async () => {
    for (const [args, message] of mistakes) {
      const { code, stderr, stdout } = await run(args.split(" "));
      assert.deepStrictEqual([args, code, stdout], [args, 2, ""]);
      assert.match(stderr, message);
      assert.notMatch(stderr, /\n {4}at /);
      assert.notInclude(stderr, escape);
    }
  }, 60_000);
});

describe("what scripts rely on", () => {
  it("--help and --version go to stdout with exit 0", async () => {
    const help = await run(["primes", "--help"]);
    assert.deepStrictEqual([help.code, help.stderr], [0, ""]);
    assert.match(help.stdout, /--sweep/);
    assert.strictEqual((await run(["--version"])).code, 0);
  });

  it("takes the two dashes that pnpm may hand on", async () => {
    assert.strictEqual((await run(["--", "right-tool"])).code, 0);
  });

  it("ends quietly when the reader of its pipe leaves", async () => {
    const demo = start(["primes", "-r", "threads", "--numbers", "small", "--repeat", "50", "--json"]);
    await demo.saw(/run\.start/);
    demo.child.stdout?.destroy();
    const { code, stderr } = await demo.ended;
    assert.deepStrictEqual([code, stderr], [0, ""]);
  });

  it("a killed worker process is one clear line and exit 1, and the JSON stays valid", async () => {
    const demo = start(["primes", "-r", "processes", "-w", "2", "--repeat", "2", "--json"]);
    const match = await demo.saw(/"lane":"processes\/\d+","pid":(\d+)/);
    process.kill(Number(match[1]), "SIGKILL");
    const { code, stderr, stdout } = await demo.ended;
    assert.strictEqual(code, 1);
    assert.match(stderr, /^demo: task "primes\/isPrime" on processes: .*SIGKILL.*\n$/);
    const lost = jsonLines(stdout).filter((line) => line["outcome"] === "worker_lost");
    assert.lengthOf(lost, 1);
    assert.deepStrictEqual([jsonLines(stdout).at(-1)!["ok"], jsonLines(stdout).at(-1)!["failed"]], [39, 1]);
  }, 90_000);
});
