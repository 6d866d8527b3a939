/**
 * Large binary values: what arrives is what structured clone would give, and what was sent is still there.
 */
import { types } from "node:util";

import { assert, describe, it } from "@effect/vitest";
import { type HostFrame, Kind } from "@heddle/pool/Frame";

import * as Large from "../src/internal/large.ts";
import { BareThread, valueOf } from "./fixtures/bareThread.ts";
import * as Tasks from "./fixtures/lifeTasks.ts";

const timeout = 60_000;
const bytes = 2 ** 20;

class Mine extends Float32Array {
  readonly note = "not sent";
}

const filled = (buffer: ArrayBuffer): ArrayBuffer => {
  for (const [at, view] of [new Uint8Array(buffer)].entries()) view.fill(7 + at).set([1, 2, 3, 4], 64);
  return buffer;
};
const fresh = (): ArrayBuffer => filled(new ArrayBuffer(bytes));

const odd = (own: object, value: object): object =>
  Object.defineProperties(value, own as PropertyDescriptorMap);

const values: Readonly<Record<string, () => object>> = {
  "an ArrayBuffer": fresh,
  "a Uint8Array": () => new Uint8Array(fresh()),
  "a Float64Array that begins later": () => new Float64Array(fresh(), 64, 1000 * 64),
  "a BigUint64Array": () => new BigUint64Array(fresh()),
  "a Uint8ClampedArray": () => new Uint8ClampedArray(fresh()),
  "a DataView": () => new DataView(fresh(), 64),
  "a Buffer": () => Buffer.from(fresh()),
  "an array of a class of its own": () => new Mine(fresh()),
  "a small part of a large buffer": () => new Uint8Array(fresh(), 64, 8),
  "an array whose buffer can be resized": () =>
    new Uint8Array(filled(new ArrayBuffer(bytes, { maxByteLength: 2 * bytes })), 64),
  "a buffer with a constructor of its own": () => odd({ constructor: { value: null } }, fresh()),
  "an array that lies about itself": () =>
    odd(
      { length: { value: 3 }, byteOffset: { value: 8 }, buffer: { value: "mine" } },
      new Uint16Array(fresh()),
    ),
  "an array that looks like another": () =>
    Object.setPrototypeOf(new Int8Array(fresh()), Float64Array.prototype),
  "what only looks like a buffer": () => Object.create(ArrayBuffer.prototype) as object,
  "a large array in a record": () => ({ pixels: new Uint8Array(fresh()), width: 1024 }),
};

/** All that there is to see of a clone. */
const seen = (clone: unknown): unknown => {
  if (types.isArrayBuffer(clone)) {
    const sum = new Uint8Array(clone).reduce((total, byte) => total + byte, 0);
    return { bytes: clone.byteLength, canGrow: clone.resizable, sum };
  }
  if (!ArrayBuffer.isView(clone)) return clone;
  const { buffer, byteLength, byteOffset } = clone;
  return { type: Object.prototype.toString.call(clone), byteOffset, byteLength, buffer: seen(buffer) };
};

describe("a large value that is copied", { timeout }, () => {
  it.each(Object.entries(values))("arrives as structured clone gives it: %s", async (_, make) => {
    const thread = await new BareThread().ready();
    const value = make();
    const expected = seen(structuredClone(value));
    const back = valueOf(await thread.run(Tasks.echo, value));
    assert.deepStrictEqual(seen(back), expected);
    assert.deepStrictEqual(seen(structuredClone(value)), expected, "it is still there");
    await thread.kill();
  });

  it("is copied once, and the copy is moved; a small one goes as it is", () => {
    const runOf = (input: unknown): HostFrame => [Kind.run, 1, "1", "", "", "value", input, 1, undefined, 0];
    const large = new Uint8Array(fresh());
    const parcel = Large.fromHost([runOf(large)]);
    const sent = parcel?.frames[0]?.[6] as Uint8Array;
    assert.deepStrictEqual([sent.buffer === large.buffer, parcel?.transfer], [false, [sent.buffer]]);
    assert.isUndefined(Large.fromHost([runOf(large.slice(0, 100))]));
  });
});
