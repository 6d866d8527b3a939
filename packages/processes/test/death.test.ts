import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { assert, describe, it, vi } from "@effect/vitest";
import { RuntimeError } from "@heddle/core/RuntimeError";

import * as Processes from "../src/Processes.ts";
import * as Tasks from "./fixtures/tasks.ts";

describe("death of processes", () => {
  it("tells the signal that killed a child, and goes on", async () => {
    await using runtime = await Processes.open({ size: 1 });
    const error = await runtime.run(Tasks.killed, 0).catch((cause: unknown) => cause);
    assert.isTrue(error instanceof RuntimeError && error.reason._tag === "WorkerLost");
    const { reason } = error as RuntimeError;
    assert.isTrue(reason._tag === "WorkerLost" && reason.signal === "SIGKILL" && reason.exitCode === null);
    assert.strictEqual(await runtime.run(Tasks.junk, 1), 1);
  });

  it("leaves no child when the host is killed", async () => {
    const host = spawn(process.execPath, [fileURLToPath(new URL("./fixtures/host.ts", import.meta.url))]);
    const [data] = (await once(host.stdout, "data")) as [Buffer];
    const pid = Number(String(data));
    assert.doesNotThrow(() => process.kill(pid, 0));
    host.kill("SIGKILL");
    await vi.waitFor(() => assert.throws(() => process.kill(pid, 0), /ESRCH/), {
      timeout: 5000,
      interval: 5,
    });
  });
});
