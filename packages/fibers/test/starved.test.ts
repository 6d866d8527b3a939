import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { assert, describe, it } from "@effect/vitest";

const host = fileURLToPath(new URL("./fixtures/waitsHost.ts", import.meta.url));

describe("a program that the machine does not let run", () => {
  it("is not told that a job that waits holds its loop", async () => {
    const child = spawn(process.execPath, [host], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const lines: Array<string> = [];
      const output = createInterface({ input: child.stdout });
      output.on("line", (line) => lines.push(line));
      await once(output, "line");
      await wait(100);
      child.kill("SIGSTOP");
      await wait(300);
      child.kill("SIGCONT");
      await once(output, "close");
      assert.deepStrictEqual(lines, ["waiting", "done"]);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
