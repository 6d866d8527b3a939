// The assertions of chai walk every hole of a sparse array.
import * as assertStrict from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort } from "node:worker_threads";

import { assert, describe, it } from "@effect/vitest";

import { decode, encode } from "../src/internal/codec.ts";
import { descriptors } from "../src/internal/descriptors.ts";
import { ipc } from "../src/internal/ipc.ts";
import { goodbye, MessageReader, toMessage } from "../src/internal/messages.ts";
import * as Processes from "../src/Processes.ts";
import * as Tasks from "./fixtures/tasks.ts";

const roundTrip = <A>(value: A): A => {
  const { bytes, layout } = encode([[12, 1, value]]);
  return (decode(layout, bytes) as [[number, number, A]])[0][2];
};

const cyclic: Record<string, unknown> = { list: [1] };
cyclic["self"] = cyclic;
(cyclic["list"] as Array<unknown>).push(cyclic);

// oxlint-disable-next-line no-sparse-arrays
const sparse = [1, , 3];
sparse.length = 6;

class Point {
  x = 1;
  y = { z: [2] };
  norm(): number {
    return this.x;
  }
}

const sameAsBetweenThreads: Record<string, unknown> = {
  undefined: undefined,
  "undefined in an object": { a: undefined, b: null },
  "undefined in a value": { _tag: "Success", value: undefined },
  "undefined in a value, in another order": { value: undefined, _tag: "Success" },
  bigint: 12n ** 50n,
  numbers: [0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e21, 5e-324, 2 ** 53 - 1],
  "minus zero": -0,
  text: ["", "é日本😀", "\ud800 alone", "\u2028 \0"],
  "Map and Set": new Map<unknown, unknown>([[{ a: 1 }, new Set([1, "x", Number.NaN])]]),
  Date: [new Date(5), new Date(Number.NaN)],
  RegExp: /a+(?<b>c)/giu,
  "boxed primitives": [new Object(1), new Object("x"), new Object(true), new Object(1n)],
  "typed arrays": [new Uint8Array([1, 2]), new Float64Array([1.5, -0, Number.NaN]), new BigInt64Array([-1n])],
  "an empty view": new Uint8Array(0),
  DataView: new DataView(new ArrayBuffer(16), 4, 8),
  "a buffer": new Uint8Array([1, 2, 3]).buffer,
  "a resizable buffer": new ArrayBuffer(4, { maxByteLength: 8 }),
  errors: [new Error("a"), new RangeError("b", { cause: { code: 1n } }), new TypeError("c")],
  "a cycle": cyclic,
  "a sparse array": sparse,
  "a very sparse array": Object.assign([], { 4000000000: 1 }),
  "an array with properties": Object.assign([1, 2], { extra: 1 }),
  "nested arrays": [[], [[]], [[1], [{}]]],
  "an instance of a class": new Point(),
  "an object without prototype": Object.assign(Object.create(null) as object, { a: 1 }),
  "a key __proto__": JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'),
  "keys that are numbers": { 2: "b", 1: "a", z: 1, "-1": 2 },
  "a property toJSON": { toJSON: "text" },
  "a getter": {
    get a() {
      return 1;
    },
  },
  "many objects": Array.from({ length: 5000 }, (_, n) => ({ n, next: { n } })),
};

const refused: Record<string, () => unknown> = {
  "a function": () => () => 1,
  "a symbol": () => ({ s: Symbol("s") }),
  "shared memory": () => new SharedArrayBuffer(8),
  "a view of shared memory": () => new Uint8Array(new SharedArrayBuffer(8), 0, 2),
  "a Blob": () => [new Blob(["x"])],
  "a URL": () => new URL("https://example.org"),
  "a message port": () => ({ port: closedPort() }),
  "a DOMException": () => new DOMException("x"),
  Headers: () => new Map([[1, new Headers()]]),
  "a stream": () => new ReadableStream(),
  "a proxy": () => new Proxy({}, {}),
  "a proxy of an array": () => new Proxy([1], {}),
  "a promise": () => Promise.resolve(),
  "a WeakMap": () => new WeakMap(),
  "a detached buffer": () => {
    const bytes = new Uint8Array(4);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  },
  "a function deep inside": () => ({ a: [new Map([[1, new Set([() => 1])]])] }),
};

const closedPort = (): MessagePort => {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
};

const read = (
  ...chunks: ReadonlyArray<Uint8Array>
): { readonly batches: Array<unknown>; readonly reader: MessageReader } => {
  const batches: Array<unknown> = [];
  const reader = new MessageReader((frames) => batches.push(frames));
  for (const chunk of chunks) reader.read(Buffer.from(chunk));
  return { batches, reader };
};

const framed = (layout: number, body: Buffer): Buffer => {
  const head = Buffer.alloc(5, layout);
  head.writeUInt32LE(body.length + 1);
  return Buffer.concat([head, body]);
};
const textMessage = (text: string): Buffer => framed(0, Buffer.from(text));
const v8Message = (hex: string, layout = 1): Buffer =>
  framed(layout, Buffer.from(`ff0f${hex.replaceAll(" ", "")}`, "hex"));

const message = (...frames: ReadonlyArray<unknown>): Buffer => Buffer.concat(toMessage(frames));

describe("values between processes", () => {
  for (const [name, value] of Object.entries(sameAsBetweenThreads)) {
    it(`${name}: the same as between threads`, () => {
      const copy = roundTrip(value);
      assertStrict.deepStrictEqual(copy, structuredClone(value));
      if (typeof value === "object" && value !== null) {
        assertStrict.deepStrictEqual(
          Reflect.ownKeys(copy as object),
          Reflect.ownKeys(structuredClone(value)),
        );
      }
    });
  }

  for (const [name, make] of Object.entries(refused)) {
    it(`${name} is refused`, () => {
      assert.throws(() => encode([[12, 1, make()]]), /clone|transfer/);
    });
  }

  it("what is one object stays one, what are two views of one buffer stay so", () => {
    const shared = { a: 1 };
    const buffer = new ArrayBuffer(16);
    const [first, second] = roundTrip([shared, shared]);
    assert.strictEqual(first, second);
    const views = roundTrip({ a: new Uint8Array(buffer, 0, 4), b: new Uint16Array(buffer, 4, 2), buffer });
    assert.strictEqual(views.a.buffer, views.buffer);
    assert.strictEqual(views.b.buffer, views.buffer);
  });

  it("a Buffer takes nothing along of what lies beside it", () => {
    const [bytes, more] = roundTrip([Buffer.from("abc"), Buffer.from("de")]) as unknown as [
      Uint8Array,
      Uint8Array,
    ];
    assert.deepStrictEqual([...bytes], [97, 98, 99]);
    assert.strictEqual(bytes.buffer.byteLength, 3);
    assert.strictEqual(more.buffer.byteLength, 2);
  });

  it("a part of a large array does not send all of it, not even beside other parts", () => {
    const large = new Float64Array(1e6);
    const { bytes } = encode([
      [12, 1, large.subarray(0, 10)],
      [12, 2, large.subarray(10, 20)],
    ]);
    assert.isBelow(bytes.length, 1000);
  });

  it("100 MB cross in both directions", async () => {
    await using runtime = await Processes.open({ size: 1 });
    const bytes = new Uint8Array(100 * 2 ** 20).fill(7);
    bytes[bytes.length - 1] = 9;
    const copy = (await runtime.run(Tasks.echoes, bytes)) as Uint8Array;
    assert.strictEqual(copy.length, bytes.length);
    assert.strictEqual(Buffer.compare(copy, bytes), 0);
  });

  it("an input that cannot be cloned is refused and disturbs nobody", async () => {
    await using runtime = await Processes.open({ size: 1 });
    const error = (await runtime.run(Tasks.echoes, { f: () => 1 }).catch((cause: unknown) => cause)) as {
      code?: string;
    };
    assert.strictEqual(error.code, "HEDDLE_NOT_SERIALIZABLE");
    assert.strictEqual(await runtime.run(Tasks.echoes, 2), 2);
  });
});

describe("messages", () => {
  it("are put together from any chunks", () => {
    const bytes = Buffer.concat([message([1, 2]), message([3, new Uint8Array(3)]), goodbye]);
    for (const size of [1, 3, 7, bytes.length]) {
      const chunks: Array<Buffer> = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
      const { batches, reader } = read(...chunks);
      assert.deepStrictEqual(batches.flat(), [
        [1, 2],
        [3, new Uint8Array(3)],
      ]);
      assert.strictEqual(reader.reading, "goodbye");
    }
  });

  it("of one chunk are told at once", () => {
    assert.deepStrictEqual(read(Buffer.concat([message([1]), message([2], [3])])).batches, [[[1], [2], [3]]]);
  });

  const broken: Record<string, Uint8Array> = {
    "a length beyond all reason": Buffer.from([255, 255, 255, 255]),
    "a length just too long": Buffer.from([1, 0, 0, 64]),
    "no JSON": Buffer.from([3, 0, 0, 0, 0, 91, 92]),
    "JSON that is no batch": Buffer.from([3, 0, 0, 0, 0, 49, 50]),
    "an unknown layout": Buffer.from([2, 0, 0, 0, 99, 0]),
    "no v8 data": Buffer.from([5, 0, 0, 0, 1, 1, 2, 3, 4]),
    "a view of nothing": Buffer.from([6, 0, 0, 0, 2, 255, 15, 92, 99, 0]),
    "a gap in a prototype": textMessage('[[],["__proto__","at"]]'),
    "a gap in a method of a frame": textMessage('[[[1]],[0,"push"]]'),
    "a gap behind all frames": textMessage("[[[1]],[1,0]]"),
    "a gap behind a frame's end": textMessage("[[[1]],[0,1]]"),
    "a gap in no value": textMessage("[[[1,2,[]]],[0,-1]]"),
    "gaps that are no list": textMessage('[[[1]],{"length":2}]'),
    "half a gap": textMessage("[[[1]],[0]]"),
    "frames that are no arrays": textMessage("[[[1],{}]]"),
    "frames that are no list": textMessage('[{"length":1}]'),
    "a batch that is all holes": v8Message("61ffffffff0f4000ffffffff0f"),
    "a batch with a hole": v8Message("61 02 40 00 02"),
    "a batch of too many frames": message(...Array.from({ length: 65_537 }, () => [1])),
    "a view as large as a number says": v8Message(
      "41 01 41 01 5c 02 01 0000000000000000 0000000000000000 4e0000000000005941 24 00 01 24 00 01",
      2,
    ),
    "a batch that is no array": Buffer.concat([Buffer.from([4, 0, 0, 0, 1, 255, 15, 95])]),
  };
  for (const [name, bytes] of Object.entries(broken)) {
    it(`with ${name} are told as an error, after the frames before, and end the reading`, () => {
      const { batches, reader } = read(Buffer.concat([message([1]), bytes]), message([2]));
      assert.strictEqual(batches.length, 2);
      assert.deepStrictEqual(batches[0], [[1]]);
      assert.isTrue(batches[1] instanceof Error);
      assert.strictEqual(reader.reading, "broken");
    });
  }

  it("that name a prototype leave the host's as it is", () => {
    const { at } = Array.prototype;
    read(textMessage('[[],["__proto__","at"]]'), textMessage('[[[]],[0,"__proto__"]]'));
    const left = Array.prototype.at;
    Object.assign(Array.prototype, { at });
    assert.strictEqual(left, at);
  });

  it("that are all holes are refused before anybody walks through them", () => {
    const start = performance.now();
    const { batches } = read(v8Message("61ffffffff0f4000ffffffff0f"));
    assert.isTrue(batches[0] instanceof RangeError);
    assert.isBelow(performance.now() - start, 500);
  });

  it("that are all holes are refused on Node's channel as well, and the next is read", async () => {
    const file = fileURLToPath(new URL("./fixtures/sendsHoles.ts", import.meta.url));
    const child = spawn(process.execPath, [file], { stdio: ipc.stdio, serialization: "advanced" });
    const batches: Array<unknown> = [];
    const ended = new Promise<void>((resolve) => {
      ipc.open(child, { onFrames: (frames) => batches.push(frames), onEnd: () => resolve() });
    });
    await ended;
    assert.isTrue(batches[0] instanceof RangeError);
    assert.deepStrictEqual(batches[1], [[15, 1, "frame"]]);
  });

  it("take no memory for what was only announced", () => {
    const before = process.memoryUsage().arrayBuffers;
    const { batches } = read(Buffer.from([0, 0, 0, 63]), Buffer.alloc(10));
    assert.isBelow(process.memoryUsage().arrayBuffers - before, 10_000_000);
    assert.deepStrictEqual(batches, []);
  });

  it("all arrive from a worker that exits right after it sent them", async () => {
    const file = fileURLToPath(new URL("./fixtures/postsAndExits.ts", import.meta.url));
    const child = spawn(process.execPath, [file], { stdio: descriptors.stdio });
    const received: Array<number> = [];
    const channel = descriptors.open(child, {
      onFrames: (frames) => {
        for (const frame of frames as ReadonlyArray<[number, number, string]>) received.push(frame[2].length);
      },
      onEnd: () => undefined,
    });
    const [exitCode] = (await once(child, "close")) as [number];
    channel.destroy();
    assert.strictEqual(exitCode, 3);
    assert.deepStrictEqual(received, [5, 1024 * 1024, 4]);
  });
});
