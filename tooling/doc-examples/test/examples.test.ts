// Every ```ts block in the Markdown files and in the comments of the sources compiles and runs.
import { rmSync } from "node:fs";
import { join } from "node:path";

import { findExamples, runExample, typecheckExamples, writeExamples } from "@heddle/tooling/docExamples";
import { afterAll, assert, beforeAll, describe, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
// Below this package: `@heddle/*` and `effect` resolve from here.
const stage = join(import.meta.dirname, "../.examples");
const examples = findExamples(root);
const accepted = examples.filter(({ refused }) => refused === undefined);
const documents = [...new Set(accepted.map(({ document }) => document))];

beforeAll(() => writeExamples(stage, accepted));
afterAll(() => rmSync(stage, { recursive: true, force: true }));

it("has no block that is neither run nor excused", () => {
  assert.deepStrictEqual(
    examples.filter(({ refused }) => refused !== undefined).map(({ name, refused }) => `${name}: ${refused}`),
    [],
  );
});

describe("types", () => {
  let errors: ReadonlyMap<string, ReadonlyArray<string>>;
  beforeAll(async () => {
    errors = await typecheckExamples(stage, accepted, join(root, "tsconfig.base.json"));
  }, 300_000);

  for (const document of ["", ...documents]) {
    it(`${document === "" ? "the compiler itself" : document} has no errors`, () => {
      assert.strictEqual((errors.get(document) ?? []).join("\n"), "");
    });
  }
});

describe("examples", { concurrent: true, timeout: 150_000 }, () => {
  for (const example of accepted.filter(({ mode }) => mode === "run")) {
    it(`${example.name} runs`, () => runExample(stage, example));
  }
});
