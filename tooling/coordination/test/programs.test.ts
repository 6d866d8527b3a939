import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { all } from "../src/places.ts";

const file = fileURLToPath(new URL("../src/programs.ts", import.meta.url));

const outputOf = async (name: string, place: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [file, name, place], { timeout: 30_000 });
  return stdout.trim();
};

describe.each(all)("a program on $name", ({ name }) => {
  it("stays alive while it waits", async () => {
    expect(await outputOf("waiting", name)).toBe("it was set");
  }, 40_000);

  it("ends by itself when no wait is left, whatever it has made", async () => {
    expect(await outputOf("finished", name)).toBe("done");
  }, 40_000);
});
