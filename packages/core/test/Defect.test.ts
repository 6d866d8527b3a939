import { runInNewContext } from "node:vm";

import { assert, describe, it } from "@effect/vitest";

import * as Defect from "../src/Defect.ts";
import * as Promised from "../src/Promised.ts";
import * as TestRuntime from "../src/testing/TestRuntime.ts";
import { throws } from "./tasks.ts";

type Thrown = any;

const caught = async (make: () => unknown): Promise<Thrown> => {
  await using runtime = await Promised.open(TestRuntime.layer);
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
});
