// Makes an adapter in a copy of the repository, and does there what its author would do next, with the real commands.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { findExamples, runExample, typecheckExamples, writeExamples } from "@heddle/tooling/docExamples";
import { afterAll, assert, beforeAll, describe, it } from "vitest";

import { type Finished, Workspace } from "./workspace.ts";

// Long enough to break lines, and before the other names in sorted imports.
const name = "a-rather-long-adapter-name";
const folder = `packages/${name}`;
const table = "apps/demo/src/adapters.ts";
const main = "tooling/create-adapter/src/main.ts";
const demo = "apps/demo/src/main.ts";

let workspace: Workspace;
beforeAll(() => {
  workspace = new Workspace();
}, 60_000);
afterAll(() => workspace.remove());

const create = (...args: ReadonlyArray<string>): Promise<Finished> => workspace.node([main, ...args]);

const assertOk = ({ status, stderr, stdout }: Finished): void =>
  assert.strictEqual(status, 0, `${stdout}\n${stderr}`);

const linesOf = ({ stdout }: Finished): ReadonlyArray<Record<string, unknown>> =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("what cannot be made changes nothing", () => {
  const refusals: ReadonlyArray<readonly [args: ReadonlyArray<string>, message: RegExp]> = [
    [[], /expected one name, got none\nusage: pnpm create-adapter NAME/],
    [["a", "b"], /expected one name, got a b/],
    [["--force"], /expected one name, got --force/],
    [["Inline"], /"Inline" cannot be the name of a package here/],
    [["threads"], /packages\/threads exists already/],
    [["tooling"], /tooling\/package\.json is called @heddle\/tooling already/],
    [["fibers-yield"], /the demo has something called "fibers-yield" already/],
  ];

  it("and is told in one line, with exit code 2", async () => {
    const before = workspace.snapshot();
    for (const [args, message] of refusals) {
      const { status, stderr, stdout } = await create(...args);
      assert.deepStrictEqual([args, status, stdout], [args, 2, ""]);
      assert.match(stderr, message);
      assert.notMatch(stderr, /\n {4}at /);
    }
    assert.deepStrictEqual(workspace.snapshot(), before);
  });

  it("also when a table has no place for it, or a file of it exists already", async () => {
    const text = workspace.read(table);
    workspace.write(table, text.replace("puts new rows above this line", "did something here"));
    workspace.write(`.changeset/new-${name}.md`, "mine");
    const before = workspace.snapshot();
    assert.match((await create("newest")).stderr, /has no line that says where new rows belong/);
    assert.match(
      (await create(name)).stderr,
      /\.changeset\/new-a-rather-long-adapter-name\.md exists already/,
    );
    assert.deepStrictEqual(workspace.snapshot(), before);
    workspace.write(table, text);
    rmSync(join(workspace.root, `.changeset/new-${name}.md`));
  });

  it("also when a write fails half-way", async () => {
    const manifest = workspace.read("apps/demo/package.json");
    const blocked = join(workspace.root, "packages", "blocked");
    rmSync(join(workspace.root, ".changeset"), { recursive: true });
    writeFileSync(join(workspace.root, ".changeset"), "a file where a folder has to be");
    const before = workspace.snapshot();
    const { status, stderr } = await create("blocked");
    assert.deepStrictEqual([status, /Nothing was changed\./.test(stderr)], [1, true], stderr);
    assert.deepStrictEqual(workspace.snapshot(), before);
    assert.throws(() => workspace.read(join("packages", "blocked", "package.json")), blocked);
    assert.strictEqual(workspace.read("apps/demo/package.json"), manifest);
    rmSync(join(workspace.root, ".changeset"));
    mkdirSync(join(workspace.root, ".changeset"));
  });
});

describe("an adapter that can be made", () => {
  it("is, tells what to do next, and is never overwritten", async () => {
    const made = await create(name);
    assertOk(made);
    for (const command of ["pnpm install", `pnpm demo primes -r ${name}`, "pnpm check"]) {
      assert.include(made.stdout, command);
    }
    workspace.install(name, ["apps/demo", "tooling/doc-examples"]);
    assert.match((await create(name)).stderr, /exists already/);
    assert.notMatch(workspace.read(`${folder}/src/ARatherLongAdapterName.ts`), /newcomer/i);
  });
});

describe("a new adapter", { concurrent: true, timeout: 240_000 }, () => {
  it("is formatted and has no lint errors, as all that was changed for it", async () => {
    const changed = [folder, "apps/demo", "tooling/doc-examples/package.json"];
    assertOk(await workspace.tool("oxfmt", ["--check", ...changed]));
    assertOk(await workspace.tool("oxlint", [folder, table]));
  });

  it("compiles, and so does the demo with it", async () => {
    assertOk(await workspace.tool("tsc", ["-p", "tsconfig.json"], folder));
    assertOk(await workspace.tool("tsc", ["-p", "tsconfig.json"], "apps/demo"));
  });

  it("passes the conformance suite at sizes 1 and 4", async () => {
    const args = ["run", "--reporter=json", "--outputFile=../../result.json"];
    assertOk(await workspace.tool("vitest", args, folder));
    const result = JSON.parse(workspace.read("result.json")) as Record<string, number>;
    assert.strictEqual(result["numFailedTests"], 0);
    assert.isAbove(result["numPassedTests"] ?? 0, 200);
  });

  it("has a README whose examples run", async () => {
    const stage = join(workspace.root, "tooling/doc-examples/.examples");
    const examples = findExamples(workspace.root).filter(({ document }) => document.startsWith(`${folder}/`));
    assert.lengthOf(examples, 2);
    writeExamples(stage, examples);
    const base = join(workspace.root, "tsconfig.base.json");
    assert.deepStrictEqual([...(await typecheckExamples(stage, examples, base))], []);
    for (const example of examples) await runExample(stage, example);
  });

  it("gives the twenty right answers in the demo with -r NAME, and is one of all", async () => {
    const run = await workspace.node([demo, "primes", "-r", name, "--numbers", "small", "--json"]);
    assertOk(run);
    const lines = linesOf(run).filter((line) => String(line["lane"]).startsWith(`${name}/`));
    assert.lengthOf(lines, 20);
    assert.deepStrictEqual([...new Set(lines.map((line) => line["outcome"]))], ["ok"]);
    const all = linesOf(await workspace.node([demo, "primes", "--numbers", "small", "--json"]));
    const ends = all.filter((line) => line["type"] === "run.end").map((line) => line["runtime"]);
    assert.includeMembers(ends, ["serial", "fibers", "threads", "processes", name]);
  });

  it("is named by the demo's help, errors and list of runtimes", async () => {
    assert.include((await workspace.node([demo, "primes", "--help"])).stdout, name);
    assert.include((await workspace.node([demo, "primes", "-r", "nothing"])).stderr, name);
    assert.match(
      (await workspace.node([demo, "spinner", "-r", name])).stderr,
      /its adapter has no coordination/,
    );
    const byQueues = await workspace.node([demo, "primes", "--procs", "end", "-r", name]);
    assert.match(byQueues.stderr, /its adapter has no coordination/);
    assert.match((await workspace.node([demo, "runtimes"])).stdout, new RegExp(`^${name} `, "m"));
  });
});

describe("an adapter that cannot run on a platform", () => {
  it("is refused by name, and left out of all with its reason", async () => {
    const reason = "it needs a page to run in";
    const text = workspace.read(table);
    workspace.write(
      table,
      text.replace(`    name: "${name}",\n`, `    name: "${name}",\n    unavailable: () => "${reason}",\n`),
    );
    const one = await workspace.node([demo, "primes", "-r", name, "--json"]);
    assert.deepStrictEqual([one.status, one.stdout], [2, ""]);
    assert.include(one.stderr, `${name} cannot run this here: ${reason}`);
    const all = await workspace.node([demo, "primes", "--numbers", "small", "--json"]);
    assertOk(all);
    const skipped = linesOf(all).filter((line) => line["type"] === "run.skipped");
    assert.deepInclude(skipped, { type: "run.skipped", workload: "primes", runtime: name, reason });
    const told = (await workspace.node([demo, "primes", "--numbers", "small"])).stdout;
    assert.include(told, `primes on ${name} was left out: ${reason}\n`);
    assert.include((await workspace.node([demo, "runtimes"])).stdout, `${name}  not here: ${reason}`);
  }, 30_000);
});
