import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { assert, describe, it } from "@effect/vitest";

const hostFile = fileURLToPath(new URL("./fixtures/drainHost.ts", import.meta.url));

interface Told {
  readonly ends: ReadonlyArray<{ readonly status: string; readonly value?: number }>;
  readonly sameWorkers: boolean;
}

describe("Ctrl-C in a terminal", () => {
  it("leaves the workers of a host that lets its work end as they are, and every call succeeds", async () => {
    const folder = mkdtempSync(join(tmpdir(), "heddle-signals-"));
    // A group of its own, as a shell gives to what it starts: a terminal sends to all of it.
    const host = spawn(process.execPath, [hostFile, join(folder, "interrupted")], {
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    try {
      const lines = createInterface({ input: host.stdout })[Symbol.asyncIterator]();
      assert.strictEqual((await lines.next()).value, "all run");
      process.kill(-host.pid!, "SIGINT");
      const told = JSON.parse((await lines.next()).value as string) as Told;
      assert.deepStrictEqual(
        told.ends,
        [0, 1, 2, 3].map((value) => ({ status: "fulfilled", value })),
      );
      assert.isTrue(told.sameWorkers);
      if (host.exitCode === null) await once(host, "exit");
      assert.strictEqual(host.exitCode, 0);
    } finally {
      host.kill("SIGKILL");
      rmSync(folder, { recursive: true });
    }
  });
});
