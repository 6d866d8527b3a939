import { threadId } from "node:worker_threads";

import { assert, describe, it } from "@effect/vitest";
import { missingInBrowsers } from "@heddle/tooling/browserBundle";

import manifest from "../package.json" with { type: "json" };
import { channelTurns } from "../src/internal/channelTurns.ts";
import * as PlainText from "../src/internal/plainText.ts";
import * as Platform from "../src/Platform.ts";

describe("a browser", () => {
  it("misses nothing in any module", async () => {
    const modules = Object.values(manifest.exports).filter((path) => path.endsWith(".ts"));
    assert.isAbove(modules.length, 20);
    assert.deepStrictEqual(await missingInBrowsers(`${import.meta.dirname}/..`, modules), []);
  });
});

describe("this platform", () => {
  it("tells its process, its parallelism and its way to show values", () => {
    assert.strictEqual(Platform.pid, process.pid);
    assert.strictEqual(Platform.threadId, threadId);
    assert.isAtLeast(Platform.availableParallelism(), 1);
    assert.strictEqual(
      Platform.inspect({ a: [new Map([[1, { b: {} }]])] }),
      "{ a: [ Map(1) { 1 => [Object] } ] }",
    );
    assert.match(Platform.inspect([[[[1]]]]), /\[Array\]/);
    assert.notMatch(Platform.inspect([[[[1]]]], 3), /\[Array\]/);
  });
});

describe("a value as text without util.inspect", () => {
  class Point {
    readonly x = -0;
    get y(): number {
      throw new Error("looked at");
    }
  }
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;

  const shown: ReadonlyArray<readonly [value: unknown, text: string]> = [
    ["text", '"text"'],
    [1n, "1n"],
    [Symbol("s"), "Symbol(s)"],
    [undefined, "undefined"],
    [null, "null"],
    [Number.NaN, "NaN"],
    [() => 1, "[Function: (anonymous)]"],
    [{ a: [1, "b"], c: {} }, '{ a: [ 1, "b" ], c: {} }'],
    [new Map([["k", new Set([1])]]), 'Map { "k" => Set { 1 } }'],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [/a/g, "/a/g"],
    [new Uint16Array(2), "Uint16Array { 4 bytes }"],
    [new Point(), "Point { x: -0 }"],
    [
      {
        get never(): number {
          throw new Error("looked at");
        },
      },
      "{ never: [Getter] }",
    ],
    [{ a: { b: { c: { d: 1 } } } }, "{ a: { b: { c: [Object] } } }"],
    [cyclic, "{ self: { self: { self: [Object] } } }"],
    [Object.create(null), "{}"],
  ];

  for (const [value, text] of shown) {
    it(`is short and plain: ${text}`, () => assert.strictEqual(PlainText.of(value), text));
  }

  it("has the stack of an error, and at most 100 parts of anything", () => {
    assert.match(PlainText.of(new TypeError("why")), /TypeError: why\n\s+at /);
    assert.match(PlainText.of(Array.from({ length: 1000 }, () => 1)), /^\[ (1, ){100}\.\.\. \]$/);
    assert.match(PlainText.of(new Set(Array.from({ length: 1000 }, (_, n) => n))), /, 99, \.\.\. \}$/);
  });
});

describe("turns of a channel", () => {
  it("come one by one and in order, without those that were taken back, whatever an action throws", async () => {
    const turn = channelTurns();
    const seen: Array<string> = [];
    const thrown = new Promise((resolve) => process.once("uncaughtException", resolve));
    await new Promise<void>((resolve) => {
      turn(() => {
        seen.push("first");
        queueMicrotask(() => seen.push("after the first"));
      });
      turn(() => seen.push("taken back"))();
      turn(() => seen.push("second"));
      turn(resolve);
      seen.push("now");
    });
    assert.deepStrictEqual(seen, ["now", "first", "after the first", "second"]);
    turn(() => {
      throw new Error("of an action");
    });
    const next = new Promise<void>((resolve) => void turn(resolve));
    assert.strictEqual(((await thrown) as Error).message, "of an action");
    await next;
  });
});
