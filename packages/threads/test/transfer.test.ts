import { assert, describe, it } from "@effect/vitest";
import { Kind } from "@heddle/pool/Frame";

import { BareThread, valueOf } from "./fixtures/bareThread.ts";
import * as Tasks from "./fixtures/lifeTasks.ts";

const timeout = 60_000;
const large = 100 * 2 ** 20;

const last = <A>(all: ReadonlyArray<A>): A => all.at(-1)!;

describe("transfer lists", { timeout }, () => {
  it("move 100 MiB to a thread and back", async () => {
    const thread = await new BareThread().ready();
    const bytes = new Uint8Array(large).fill(7);
    // The call's number is part of its input, since the body answers with a frame of its own.
    const end = await thread.run(Tasks.sendBack, { bytes, call: 1 }, [bytes.buffer]);
    assert.strictEqual(bytes.byteLength, 0);
    assert.strictEqual(valueOf(end), 0);
    const [, , moved] = thread.frames.find(([kind]) => kind === Kind.progress) ?? [];
    assert.deepStrictEqual([...(moved as Uint8Array).subarray(0, 2)], [255, 7]);
    assert.strictEqual((moved as Uint8Array).byteLength, large);
    await thread.kill();
  });

  it("leave 100 MiB where they are when they are copied", async () => {
    const thread = await new BareThread().ready();
    const bytes = new Uint8Array(large).fill(7);
    const copy = valueOf(await thread.run(Tasks.echo, bytes)) as Uint8Array;
    assert.deepStrictEqual([bytes.byteLength, copy.byteLength], [large, large]);
    assert.strictEqual(copy[large - 1], 7);
    await thread.kill();
  });

  it("with something wrong in them throw and send nothing, from the host", async () => {
    const thread = await new BareThread().ready();
    const buffer = new ArrayBuffer(8);
    const detached = new ArrayBuffer(8);
    structuredClone(detached, { transfer: [detached] });
    for (const wrong of [buffer, {}, detached, new SharedArrayBuffer(8), 1]) {
      assert.throws(() => thread.send(Tasks.echo, buffer, [buffer, wrong]));
    }
    assert.throws(() => thread.send(Tasks.echo, [buffer, () => {}], [buffer]));
    assert.strictEqual(buffer.byteLength, 8);
    valueOf(await thread.run(Tasks.echo, 1));
    assert.deepStrictEqual(
      thread.frames.map(([kind]) => kind),
      [Kind.ready, Kind.outcome],
    );
    await thread.kill();
  });

  it("with something wrong in them throw and send nothing, from a thread", async () => {
    const thread = await new BareThread().ready();
    const result = valueOf(await thread.run(Tasks.sendWrong, 1)) as {
      readonly errors: ReadonlyArray<string>;
      readonly left: number;
    };
    assert.strictEqual(result.left, 8);
    assert.notInclude(result.errors, "no error");
    assert.deepStrictEqual(
      thread.frames.map(([kind]) => kind),
      [Kind.ready, Kind.outcome],
    );
    await thread.kill();
  });

  it("are not needed for shared memory, which both sides then see", async () => {
    const thread = await new BareThread().ready();
    const words = new Int32Array(new SharedArrayBuffer(4));
    const [back, again] = [await thread.run(Tasks.echo, words), await thread.run(Tasks.echo, words)].map(
      (end) => valueOf(end) as Int32Array<SharedArrayBuffer>,
    );
    Atomics.store(back!, 0, 42);
    assert.deepStrictEqual([words[0], again![0]], [42, 42]);
    assert.strictEqual(last(thread.frames)[0], Kind.outcome);
    await thread.kill();
  });
});
