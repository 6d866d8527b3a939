import { assert, describe, it } from "@effect/vitest";

import * as Threads from "../src/Threads.ts";
import * as Tasks from "./fixtures/tasks.ts";

describe("memory of threads", () => {
  it("moves what is transferred", async () => {
    await using runtime = await Threads.open({ size: 1 });
    const [moved, copied] = [new Uint8Array(1000).fill(1), new Uint8Array(1000).fill(2)];
    assert.strictEqual(await runtime.run(Tasks.sum, moved, { transfer: [moved.buffer] }), 1000);
    assert.strictEqual(await runtime.run(Tasks.sum, copied), 2000);
    assert.deepStrictEqual([moved.byteLength, copied.byteLength], [0, 1000]);
  });

  it("shares a SharedArrayBuffer", async () => {
    await using runtime = await Threads.open({ size: 2 });
    const words = new Int32Array(new SharedArrayBuffer(4));
    await Promise.all(Array.from({ length: 50 }, () => runtime.run(Tasks.increment, words)));
    assert.strictEqual(words[0], 50);
  });
});
