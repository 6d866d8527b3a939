import { runInNewContext } from "node:vm";

import { assert, describe, it } from "@effect/vitest";

import * as Defect from "../src/Defect.ts";
import * as Promised from "../src/Promised.ts";
import { RuntimeError, WorkerLost } from "../src/RuntimeError.ts";
import * as TestRuntime from "../src/testing/TestRuntime.ts";
import { throws } from "./tasks.ts";

type Thrown = any;

const caught = async (make: () => unknown): Promise<Thrown> => {
  await using runtime = await Promised.open(TestRuntime.layer());
  return runtime.run(throws(make)).then(
    () => assert.fail("it should have been rejected"),
    (thrown: unknown) => thrown,
  );
};

describe("what a body throws", () => {
  it("keeps class, message, code, own fields and cause", async () => {
    const cause = Object.assign(new RangeError("deep"), { depth: 2 } as object);
    const error = await caught(() =>
      Object.assign(new TypeError("wrong", { cause }), { code: "E_WRONG", detail: { a: 1n } } as object),
    );
    assert.instanceOf(error, TypeError);
    assert.deepInclude(error as object, { message: "wrong", code: "E_WRONG", detail: { a: 1n } });
    assert.instanceOf(error.cause, RangeError);
    assert.propertyVal(error.cause, "depth", 2);
    assert.include(String(error.stack), "Defect.test.ts");
  });

  it("keeps the errors of an AggregateError", async () => {
    const error = await caught(() => new AggregateError([new TypeError("a"), "b"], "all"));
    assert.instanceOf(error, AggregateError);
    assert.instanceOf(error.errors[0], TypeError);
    assert.strictEqual(error.errors[1], "b");
  });

  it("keeps the name of a class of the user", async () => {
    class Mine extends Error {
      override readonly name = "Mine";
    }
    const error = await caught(() => new Mine("x"));
    assert.instanceOf(error, Error);
    assert.strictEqual(error.name, "Mine");
  });

  it("may be no error at all", async () => {
    assert.strictEqual(await caught(() => "text"), "text");
    assert.strictEqual(await caught(() => undefined), undefined);
    assert.strictEqual(await caught(() => null), null);
    assert.deepStrictEqual(await caught(() => ({ a: 1 })), { a: 1 });
  });

  it("may be frozen, of another realm, cyclic or hostile", async () => {
    assert.instanceOf(await caught(() => Object.freeze(new TypeError("frozen"))), TypeError);
    const foreign = await caught(() => runInNewContext("new RangeError('foreign')"));
    assert.instanceOf(foreign, RangeError);
    const cyclic = new Error("cyclic");
    cyclic.cause = cyclic;
    assert.strictEqual((await caught(() => cyclic)).message, "cyclic");
    const hostile = Object.defineProperty(new Error("x"), "message", {
      get: () => {
        throw new Error("no");
      },
    });
    assert.strictEqual(Defect.fromUnknown(hostile)._tag, "Error");
    const proxy = new Proxy(
      {},
      {
        getPrototypeOf: () => {
          throw new Error("no");
        },
      },
    );
    assert.doesNotThrow(() => Defect.fromUnknown(proxy));
  });

  it("is bounded when errors refer back to one another", () => {
    const all = new AggregateError([]);
    for (let n = 0; n < 1000; n++) all.errors.push(new Error(`n ${n}`, { cause: all }));
    const start = performance.now();
    const defect = Defect.fromUnknown(all);
    assert.isBelow(performance.now() - start, 2000);
    assert.include(JSON.stringify(defect), "the same again");
    const back = Defect.toUnknown(defect) as AggregateError;
    assert.strictEqual(back.errors.length, 256);
    assert.match(String(back.errors.at(-1)), /745 more/);
  });

  it("says that causes were left out when there are too many", () => {
    let error = new Error("first");
    for (let n = 0; n < 10_000; n++) error = new Error(`n ${n}`, { cause: error });
    let last: unknown = Defect.toUnknown(Defect.fromUnknown(error));
    let count = 0;
    while (last instanceof Error) {
      last = last.cause;
      count++;
    }
    assert.deepStrictEqual([last, count], ["(more was left out)", 15]);
  });

  it("keeps what errors have on their prototypes: tag, code, and the name of a class that gives none", () => {
    class Custom extends Error {}
    const there = Defect.toUnknown(Defect.fromUnknown(new Custom("x"))) as Error;
    assert.strictEqual(there.name, "Custom");
    const aborted = Defect.toUnknown(Defect.fromUnknown(new DOMException("gone", "NotFoundError")));
    assert.deepInclude(aborted, { code: 8 });
    const lost = new RuntimeError({
      runtime: "test",
      task: "t",
      reason: new WorkerLost({ lane: "test/0", exitCode: 3, signal: null, attempt: 1 }),
    });
    const told = Defect.toUnknown(Defect.fromUnknown(lost)) as typeof lost;
    assert.deepInclude(told, { _tag: "RuntimeError", code: "HEDDLE_WORKER_LOST" });
    assert.deepInclude(told.reason, { _tag: "WorkerLost", exitCode: 3, lane: "test/0" });
  });

  it("can be reduced to text", () => {
    const error = Object.assign(new TypeError("bad", { cause: { a: 1 } }), {
      extra: new SharedArrayBuffer(1),
    });
    assert.deepInclude(Defect.withoutFields(Defect.fromUnknown(error)), {
      name: "TypeError",
      message: "bad",
      fields: {},
      cause: { _tag: "Value", value: "[object Object]" },
    });
  });
});
