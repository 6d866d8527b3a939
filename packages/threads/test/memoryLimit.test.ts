import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { assert, describe, it } from "@effect/vitest";

import * as Threads from "../src/Threads.ts";

const host = fileURLToPath(new URL("./fixtures/memoryHost.ts", import.meta.url));
const timeout = 60_000;

// In a process of its own, since it is the host that must survive.
const endsOf = async (what: string, limitMiB: number, times: number): Promise<ReadonlyArray<string>> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [host, what, String(limitMiB), String(times)],
    { timeout },
  );
  return stdout.split("\n").slice(0, -1);
};

describe("the memory limit of threads", { timeout }, () => {
  it.each(["objects", "strings", "maps", "small typed arrays"])(
    "ends a thread that eats %s, and never its host",
    async (what) => {
      const end = "Exit 1 true ERR_WORKER_OUT_OF_MEMORY";
      assert.deepStrictEqual(await endsOf(what, 64, 2), [end, end]);
    },
  );

  it("does not count array buffers, which are outside the heap", async () => {
    assert.deepStrictEqual(await endsOf("100 MiB of buffers", 32, 1), ["Frame 1 false undefined"]);
  });

  it("is refused when no thread could start with it", async () => {
    const error = await Threads.open({ memoryLimitMiB: 15 }).catch((cause: unknown) => cause);
    assert.strictEqual((error as { readonly code?: string }).code, "HEDDLE_INVALID_OPTIONS");
    await (await Threads.open({ memoryLimitMiB: 16 })).close();
  });
});
