import { assert, describe, it, vi } from "@effect/vitest";

import { Kind } from "../../src/Frame.ts";
import * as Nested from "./fixtures/nested.ts";
import * as Tasks from "./fixtures/values.ts";
import { Host, turns } from "./harness.ts";

const success = (value: unknown) => ({ _tag: "Success", value });
const bytes = new Uint8Array([1, 2, 3]);

const movedSizes = (host: Host) =>
  host.moved
    .filter((list) => list.length > 0)
    .map((list) => list.map((object) => object instanceof ArrayBuffer));

describe("what a body moves", () => {
  it("moves a buffer deep in the output, once, however often it was named", async () => {
    for (const kind of ["ok", "twice"]) {
      const host = new Host();
      const outcome = await host.end(host.call(Tasks.moves, kind));
      assert.deepStrictEqual(outcome, success({ deep: new Map([["bytes", bytes]]) }));
      assert.deepStrictEqual(movedSizes(host), [[true]]);
    }
  });

  it("copies without it", async () => {
    const host = new Host();
    await host.end(host.call(Tasks.moves, "nothing"));
    assert.deepStrictEqual(movedSizes(host), []);
  });

  it.each([
    ["view", /a Uint8Array cannot be moved, but its `buffer` can/],
    ["plain", /expected an ArrayBuffer or another transferable object, got Object/],
    ["number", /got number/],
    ["shared", /SharedArrayBuffer is shared already/],
    ["missing", /ArrayBuffer that is in no value which the body gave/],
    ["detached", /was moved before/],
  ])("fails that call alone for a %s", async (kind, message) => {
    const host = new Host();
    const outcome = (await host.end(host.call(Tasks.moves, kind))) as { defect: Error };
    assert.strictEqual(outcome.defect.name, "TypeError");
    assert.match(outcome.defect.message, message);
    assert.deepStrictEqual(await host.end(host.call(Nested.double, 1)), success(2));
  });

  it("refuses an output whose buffer was moved elsewhere meanwhile", async () => {
    const host = new Host();
    const refusal = await host.end(host.call(Tasks.moves, "detachedLater"));
    assert.deepStrictEqual(refusal, {
      _tag: "NotSerializable",
      where: "output",
      detail: "output.deep.get(bytes)",
    });
    assert.deepStrictEqual(await host.end(host.call(Nested.double, 1)), success(2));
  });

  it.each([
    ["an async iterable", Tasks.movesEach],
    ["a Stream", Tasks.streamMoves],
  ])("moves each with its own chunk of %s", async (_, task) => {
    const host = new Host();
    const call = host.call(task, 3, { mode: "stream" });
    assert.deepStrictEqual(await host.end(call), success(undefined));
    assert.strictEqual(host.of(Kind.chunk).flatMap(([, , values]) => values).length, 3);
    assert.strictEqual(movedSizes(host).flat().length, 3);
  });

  it("moves what an Effect gives", async () => {
    const host = new Host();
    assert.deepStrictEqual(await host.end(host.call(Tasks.effectMoves, 1)), success(new Uint8Array([7])));
    assert.deepStrictEqual(movedSizes(host), [[true]]);
  });
});

describe("what a body reports", () => {
  it("keeps a loop that never turns from flooding the host, and sends the last value before the end", async () => {
    const host = new Host();
    const count = 1_000_000;
    assert.deepStrictEqual(await host.end(host.call(Tasks.reports, count)), success(count));
    const values = host.of(Kind.progress).map(([, , value]) => value as number);
    assert.isBelow(values.length, 5000);
    assert.deepStrictEqual(
      values.slice(0, 16),
      Array.from({ length: 16 }, (_, i) => i + 1),
    );
    assert.strictEqual(values.at(-1), count);
    assert.deepStrictEqual(
      values,
      values.toSorted((a, b) => a - b),
    );
    assert.strictEqual(host.sent.at(-1)![0], Kind.outcome);
  });

  it("sends each of a few", async () => {
    const host = new Host();
    await host.end(host.call(Tasks.reports, 10));
    assert.strictEqual(host.of(Kind.progress).length, 10);
  });

  it("sends what an object was when it was reported", async () => {
    const host = new Host();
    await host.end(host.call(Tasks.reportsState, 100));
    assert.deepStrictEqual(host.of(Kind.progress).at(-1)![2], { done: 100 });
  });

  it("sends the latest of a body that waits", async () => {
    const host = new Host();
    const call = host.call(Tasks.reportsAndWaits, 1000);
    const latest = (): unknown => host.of(Kind.progress).at(-1)?.[2];
    await vi.waitFor(() => assert.strictEqual(latest(), 1000), { timeout: 5000, interval: 1 });
    assert.deepStrictEqual(host.of(Kind.outcome), []);
    const { length } = host.of(Kind.progress);
    host.send([Kind.cancel, call]);
    assert.deepStrictEqual(await host.end(call), { _tag: "Interrupted" });
    assert.strictEqual(host.of(Kind.progress).length, length);
  });

  it.each([1, 10, 1000])("refuses a value that cannot be cloned, also as number %d", async (n) => {
    const host = new Host();
    assert.deepStrictEqual(await host.end(host.call(Tasks.reportsWrongly, n)), {
      _tag: "NotSerializable",
      where: "progress",
      detail: "progress.deep",
    });
  });

  it("sends what the schema makes of null and undefined", async () => {
    const host = new Host();
    await host.end(host.call(Tasks.reportsSchema, ["a", null]));
    await host.end(host.call(Tasks.reportsNothing, 1));
    assert.deepStrictEqual(
      host.of(Kind.progress).map(([, , value]) => value),
      ["a", null, undefined],
    );
  });

  it("checks each value against the schema at once, also those that are never sent", async () => {
    const host = new Host();
    const values = [...Array.from({ length: 50 }, () => "x"), 5, "y"];
    assert.propertyVal(await host.end(host.call(Tasks.reportsSchema, values)), "_tag", "Defect");
  });
});

describe("what a body gives that breaks whoever looks at it", () => {
  it.each([
    ["proxy", "NotSerializable"],
    ["transfer", "Defect"],
    ["later", "Defect"],
    ["progress", "NotSerializable"],
    ["log", "NotSerializable"],
    ["has", "Defect"],
    ["then", "Defect"],
    ["calls", "Defect"],
    ["both", "Success"],
  ])("ends its own call, once, and nothing else: %s", async (kind, end) => {
    const host = new Host();
    const call = host.call(Tasks.hostile, kind);
    assert.propertyVal(await host.end(call), "_tag", end);
    assert.deepStrictEqual(await host.end(host.call(Nested.double, 1)), success(2));
    await turns();
    assert.strictEqual(host.sent.filter((frame) => frame[1] === call && frame[0] !== Kind.ready).length, 1);
  });
});

describe("names and numbers", () => {
  it.each([Tasks.proto!, Tasks.ctor!, Tasks.hash!])("runs the task $name", async (task) => {
    const host = new Host();
    assert.deepStrictEqual(await host.end(host.call(task, 1)), success(`${task.name} 1`));
    assert.deepStrictEqual(await host.end(host.call(task, 2)), success(`${task.name} 2`));
  });

  it("finds nothing where there is nothing", async () => {
    const host = new Host();
    const { module } = Nested.double;
    assert.propertyVal(await host.end(host.call({ module, name: "toString" }, 1)), "_tag", "TaskNotFound");
  });

  it("tells the deadline", async () => {
    const host = new Host();
    const call = host.call(Tasks.ambient, 1, { deadlineEpochMillis: 5 });
    assert.deepStrictEqual(await host.end(call), success({ deadlineEpochMillis: 5 }));
  });
});
