import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import { afterAll, assert, beforeAll, describe, it } from "vitest";

import {
  findExamples,
  runExample,
  typecheckExamples,
  writeExamples,
  type Example,
} from "../src/docExamples.ts";

const root = join(import.meta.dirname, "fixtures/docs");
const examples = findExamples(root);
const accepted = examples.filter(({ refused }) => refused === undefined);

const example = (name: string): Example => {
  const found = examples.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no example ${name}`);
  return found;
};

describe("finding", () => {
  it("finds the blocks of Markdown and JSDoc at their lines", () => {
    assert.deepStrictEqual(
      examples.map(({ name, mode, path }) => [name, mode, path]),
      [
        ["README.md:7", "run", "lib/double.ts"],
        ["README.md:14", "run", undefined],
        ["README.md:26", "no-run", undefined],
        ["README.md:30", "no-check", undefined],
        ["docs/broken.md:1", "run", undefined],
        ["docs/broken.md:5", "run", undefined],
        ["docs/broken.md:9", "no-run", undefined],
        ["docs/broken.md:13", "run", undefined],
        ["packages/a/src/A.ts:4", "run", undefined],
      ],
    );
  });

  it("takes away the indentation of a list and the stars of a comment", () => {
    assert.match(example("README.md:14").code, /^import \{ double \}/);
    assert.match(example("packages/a/src/A.ts:4").code, /^const sum/);
  });

  it("refuses a block that is excused without a reason or has another spelling", () => {
    assert.deepStrictEqual(
      examples.filter(({ refused }) => refused !== undefined).map(({ name }) => name),
      ["docs/broken.md:9", "docs/broken.md:13"],
    );
  });
});

describe("running", () => {
  let stage: string;
  beforeAll(() => {
    stage = mkdtempSync(join(import.meta.dirname, "../.examples-"));
    writeExamples(stage, accepted);
  });
  afterAll(() => rmSync(stage, { recursive: true, force: true }));

  it("runs a block after the files that come before it", async () => {
    await runExample(stage, example("README.md:7"));
    await runExample(stage, example("README.md:14"));
    await runExample(stage, example("packages/a/src/A.ts:4"));
  });

  it("names the place and the output of a block that fails", async () => {
    const failure = await runExample(stage, example("docs/broken.md:5")).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    assert.match(failure ?? "", /docs\/broken\.md:5: the example ended with 1\n[^]*Error: boom/);
  });

  it("stops a block that does not end", async () => {
    const failure = await runExample(stage, example("README.md:26"), 1000).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    assert.match(failure ?? "", /README\.md:26: the example ended with SIGKILL\nstill running after 1000 ms/);
  });

  it("reports type errors at the lines of the document", { timeout: 120_000 }, async () => {
    const errors = await typecheckExamples(
      stage,
      accepted,
      join(import.meta.dirname, "../../tsconfig.base.json"),
    );
    assert.deepStrictEqual([...errors.keys()], ["docs/broken.md"]);
    assert.match(errors.get("docs/broken.md")?.join("\n") ?? "", /^docs\/broken\.md:2: error TS2322: /);
  });
});
