import { assert, describe, it } from "@effect/vitest";

import { findOffending, findShared, findUncloneable } from "../src/Cloneable.ts";

const words = new Int32Array(new SharedArrayBuffer(4));

describe("what cannot be sent", () => {
  it("is named by its path, in objects, arrays, maps and sets", () => {
    const f = (): void => undefined;
    const paths: ReadonlyArray<readonly [unknown, string]> = [
      [f, "input"],
      [{ rows: [0, { cb: f }] }, "input.rows[1].cb"],
      [new Map([["k", f]]), "input.get(k)"],
      [new Set([f]), "input.values()[0]"],
    ];
    for (const [value, path] of paths) assert.strictEqual(findUncloneable(value, "input"), path);
  });

  it("may be shared memory, which clones but does not leave the process", () => {
    const cyclic: Record<string, unknown> = { a: 1 };
    cyclic["self"] = cyclic;
    cyclic["deep"] = [{ words }];
    assert.strictEqual(findUncloneable(cyclic, "input"), undefined);
    assert.strictEqual(findShared(cyclic, "input"), "input.deep[0].words");
    assert.strictEqual(findOffending({ buffer: words.buffer }, "input"), "input.buffer");
    assert.strictEqual(findOffending({ plain: new Int32Array(1) }, "input"), undefined);
  });

  it("is found in the keys of a map, behind a key without text, and far down", () => {
    assert.strictEqual(findShared(new Map([[words, 1]]), "input"), "input.keys()[0]");
    const nameless = new Map<object, unknown>([[Object.create(null) as object, { words }]]);
    assert.strictEqual(findShared(nameless, "input"), "input.get(…).words");
    let deep: unknown = words;
    for (let n = 0; n < 900; n++) deep = [deep];
    assert.match(findShared(deep, "input") ?? "", /^input(\[0\]){900}$/);
  });

  it("is named as far as it can be looked at, whatever it is", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    assert.strictEqual(findOffending(proxy, "input"), "input");
    assert.strictEqual(findOffending({ rows: [1, proxy] }, "input"), "input.rows[1]");
    assert.strictEqual(findShared(proxy, "input"), undefined);
  });

  it("is named by the beginning of its path when it is nested more deeply than the stack is", () => {
    let deep: unknown = () => undefined;
    for (let n = 0; n < 100_000; n++) deep = [deep];
    assert.match(findOffending(deep, "input") ?? "", /^input(\[0\])+$/);
    let shared: unknown = words;
    for (let n = 0; n < 100_000; n++) shared = [shared];
    assert.strictEqual(findShared(shared, "input"), undefined);
  });
});
