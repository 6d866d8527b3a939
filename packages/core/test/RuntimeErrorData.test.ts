import { assert, describe, it } from "@effect/vitest";

import * as RuntimeError from "../src/RuntimeError.ts";
import * as RuntimeErrorData from "../src/RuntimeErrorData.ts";

const errorOf = (reason: RuntimeError.Reason): RuntimeError.RuntimeError =>
  new RuntimeError.RuntimeError({ runtime: "threads", task: "a", reason });

const throughJson = (error: RuntimeError.RuntimeError): RuntimeError.RuntimeError =>
  RuntimeErrorData.decode(JSON.parse(JSON.stringify(RuntimeErrorData.encode(error))));

const cause = new TypeError("of this", { cause: new RangeError("and that") });

describe("the data of a RuntimeError", () => {
  it.each([
    new RuntimeError.WorkerLost({
      lane: "l/1",
      exitCode: null,
      signal: "SIGKILL",
      attempt: 2,
      stderrTail: "x",
    }),
    new RuntimeError.OutOfMemory({ lane: "l/1", attempt: 1, limitMiB: 64 }),
    new RuntimeError.QueueFull({ maxQueue: 3 }),
    new RuntimeError.QueueTimeout({ queueTimeoutMillis: 5 }),
    new RuntimeError.Quarantined({ kills: 3, lastDeath: "exit", retryAfterMillis: 7 }),
    new RuntimeError.TaskTimeout({ timeoutMillis: 5 }),
    new RuntimeError.NotSerializable({ where: "input", path: "input.f" }),
    new RuntimeError.InvalidInput({ detail: "d" }),
    new RuntimeError.InvalidOutput({ where: "output", detail: "d" }),
    new RuntimeError.TaskNotFound({ module: null, detail: "d" }),
    new RuntimeError.ModuleFailed({ module: "m", detail: "d" }),
    new RuntimeError.TaskNotPortable({}),
    new RuntimeError.Unsupported({ capability: "c" }),
    new RuntimeError.ShuttingDown({}),
    new RuntimeError.ProtocolViolation({ lane: "l/1", detail: "d" }),
    new RuntimeError.EngineUnavailable({ detail: "d" }),
    new RuntimeError.InvalidOptions({ option: "o", detail: "d" }),
  ])("makes the same $_tag again", (reason) => {
    const made = throughJson(errorOf(reason));
    assert.instanceOf(made, RuntimeError.RuntimeError);
    assert.strictEqual(made.reason.constructor, reason.constructor);
    assert.strictEqual(made.message, errorOf(reason).message);
    assert.deepStrictEqual(Object.entries(made.reason), Object.entries(reason));
  });

  it("keeps the text of what caused it", () => {
    const { reason } = throughJson(errorOf(new RuntimeError.EngineUnavailable({ detail: "d", cause })));
    const made = (reason as { readonly cause: TypeError }).cause;
    assert.instanceOf(made, TypeError);
    assert.strictEqual(made.message, "of this");
    assert.strictEqual((made.cause as Error).message, "and that");
  });

  it.each([undefined, 1, {}, { runtime: "a", task: "b", reason: { _tag: "constructor", fields: {} } }])(
    "is not %j",
    (data) => {
      assert.throws(() => RuntimeErrorData.decode(data), TypeError);
    },
  );
});
