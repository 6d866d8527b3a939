import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { assert, describe, it } from "vitest";

const given = async (program: string): Promise<unknown> => {
  const file = fileURLToPath(new URL(`./fixtures/${program}.ts`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  return JSON.parse(stdout);
};

describe("a program in promises", () => {
  it("loads no schemas and no streams before a call needs them", async () => {
    assert.deepStrictEqual(await given("lean"), {
      first: [7, 3],
      areSame: true,
      chunked: [0.5, 1],
      loadedAtFirst: [],
      progress: [3],
      streamed: [0, 1, 2],
    });
  });

  it("makes its calls in order while the first of them waits for schemas", async () => {
    assert.deepStrictEqual(await given("leanSchema"), [
      [1],
      "HEDDLE_INVALID_INPUT",
      [1, 2],
      [1, 2, 3],
      "HEDDLE_SHUTTING_DOWN",
    ]);
  });
});
