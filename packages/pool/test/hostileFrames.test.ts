import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest";

import * as Frame from "../src/Frame.ts";
import { scripted } from "./scripted.ts";

const { Kind } = Frame;

/** An array of any length that costs nothing to send. */
const hollow = (length: number): Array<unknown> => Object.assign([], { length });

const protoOutcome = JSON.parse(
  '{"_tag":"Success","value":{"__proto__":{"polluted":true}},"__proto__":{"polluted":true}}',
);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

describe("frames of a hostile worker", () => {
  const violations: Record<string, unknown> = {
    "a forged call id": [[Kind.progress, 99, 1]],
    "the id of another worker's call": [[Kind.outcome, 2, { _tag: "Success", value: "forged" }]],
    "an id below all": [[Kind.progress, 0, 1]],
    "the number after that of its call": (call: number) => [
      [Kind.outcome, call + 1, { _tag: "Success", value: "forged" }],
    ],
    garbage: [{ hello: "world" }],
    "an unknown kind": [[99, 1, 1]],
    "a frame of the host": [[Kind.run, 1, "1", "file:///x.ts", "x", "value", 1, 1, undefined]],
    "a batch that is no array": "garbage",
    "a batch that pretends to be an array": { length: 1, 0: [Kind.progress, 1, 1] },
    "a second handshake": [[Kind.ready, Frame.version, 1, 1]],
    "the end of a call that was never": [[Kind.outcome, 99, { _tag: "Success", value: 1 }]],
    "an outcome that is none": [[Kind.outcome, 1, JSON.parse('{"__proto__":{"_tag":"Success"}}')]],
    "a measure that nobody asked for": [[Kind.heap, 1]],
    "two ends in one batch": (call: number) => [
      [Kind.outcome, call, { _tag: "Success", value: 1 }],
      [Kind.outcome, call, { _tag: "Success", value: 2 }],
    ],
    "a batch that holds nothing": hollow(2 ** 32 - 1),
    "a batch of too many frames": (call: number) =>
      Array.from({ length: 1_000_001 }, () => [Kind.progress, call, 1]),
    "a log line that holds nothing": (call: number) => [
      [Kind.log, call, hollow(2 ** 32 - 1), "Info", undefined],
    ],
    "items that are not there": (call: number) => [[Kind.chunk, call, hollow(2 ** 32 - 1)]],
    "errors that are not there": (call: number) => [
      [
        Kind.outcome,
        call,
        {
          _tag: "Defect",
          defect: { _tag: "Error", name: "", message: "", fields: {}, errors: hollow(2 ** 32 - 1) },
        },
      ],
    ],
    "outputs of a call that is no series": (call: number) => [[Kind.outputs, call, [1], 1, true]],
    "that a call which is no series goes on alone": (call: number) => [[Kind.alone, call]],
    "a cause of death that is none": [[Kind.dying, { _tag: "Error" }]],
    "a cause of death that cannot be read": [
      [
        Kind.dying,
        { _tag: "Error", name: "E", message: "", stack: undefined, fields: {}, cause: { _tag: "Error" } },
      ],
    ],
  };
  for (const [what, batch] of Object.entries(violations)) {
    it(`kill only the worker that sends ${what}`, () => {
      const { submit, workers } = scripted({ size: 2 });
      const [a, b, c] = [submit(), submit(), submit()];
      workers[0]!.ready();
      workers[1]!.ready();
      workers[0]!.listener.onFrames(typeof batch === "function" ? batch(a.call.number) : batch);
      assert.deepStrictEqual([workers[0]!.killed, workers[1]!.killed], [true, false]);
      const { length } = a.ends;
      workers[0]!.succeed(a.call, "too late");
      assert.lengthOf(a.ends, length);
      workers[0]!.exit();
      assert.lengthOf(a.ends, 1);
      if (length === 0) assert.isTrue(a.ends[0]?._tag === "Lost" && a.ends[0].violation !== undefined);
      workers[1]!.succeed(b.call, "b");
      assert.deepStrictEqual(b.ends, [{ _tag: "Outcome", outcome: { _tag: "Success", value: "b" } }]);
      // The third waited, unless the hostile worker had been given it by then.
      if (c.ends.length === 0) workers[1]!.succeed(c.call);
      assert.lengthOf(c.ends, 1);
    });
  }

  const wrongOutputs: Record<string, (call: number) => ReadonlyArray<unknown>> = {
    "that are not there": (call) => [Kind.outputs, call, hollow(100), 1, false],
    "in memory that it shares": (call) => [
      Kind.outputs,
      call,
      new Float64Array(new SharedArrayBuffer(16)),
      1,
      false,
    ],
    "in memory that may shrink": (call) => [
      Kind.outputs,
      call,
      new Float64Array(new ArrayBuffer(16, { maxByteLength: 32 })),
      1,
      false,
    ],
    "that took no time that can be": (call) => [Kind.outputs, call, [1], -1, false],
    "that may be the last": (call) => [Kind.outputs, call, [1], 1],
  };
  for (const [what, frame] of Object.entries(wrongOutputs)) {
    it(`kill a worker that sends outputs of a series ${what}`, () => {
      const { submit, workers } = scripted();
      const a = submit({ inputs: [1, 2, 3] });
      workers[0]!.ready();
      workers[0]!.send([Kind.outputs, a.call.number, [1], 1, false]);
      assert.isFalse(workers[0]!.killed);
      workers[0]!.send(frame(a.call.number));
      assert.isTrue(workers[0]!.killed);
    });
  }

  it("kill a worker that ends a series twice", () => {
    const { submit, workers } = scripted();
    const a = submit({ inputs: [1, 2, 3] });
    workers[0]!.ready();
    workers[0]!.send([Kind.outputs, a.call.number, Float64Array.of(1, 2), 5, true]);
    assert.lengthOf(a.ends, 1);
    workers[0]!.send([Kind.outputs, a.call.number, [3], 5, true]);
    assert.isTrue(workers[0]!.killed);
    assert.lengthOf(a.ends, 1);
  });

  it("kill a worker that speaks another version, that does not report in time, or whose first frame is another", () => {
    for (const misbehave of [
      [Kind.ready, 99, 1, 1],
      [Kind.outcome, 1, { _tag: "Success", value: 1 }],
      [Kind.heap, 1],
    ]) {
      const { submit, workers } = scripted();
      submit();
      workers[0]!.send(misbehave);
      assert.isTrue(workers[0]!.killed);
    }
    const { submit, workers } = scripted();
    submit();
    vi.advanceTimersByTime(999);
    assert.isFalse(workers[0]!.killed);
    vi.advanceTimersByTime(1);
    assert.isTrue(workers[0]!.killed);
  });

  it("are dropped when a body may have sent them after its end", () => {
    const { submit, workers } = scripted();
    const [a, b] = [submit(), submit()];
    workers[0]!.ready();
    workers[0]!.succeed(a.call);
    workers[0]!.send([Kind.progress, a.call.number, 1], [Kind.log, a.call.number, [], "Info", undefined]);
    assert.lengthOf(a.ends, 1);
    assert.deepStrictEqual([a.events, b.events, b.ends], [[], [], []]);
    assert.isFalse(workers[0]!.killed);
    workers[0]!.succeed(b.call);
    assert.lengthOf(b.ends, 1);
  });

  it("cannot end the next call of their worker, whose number nobody can know before", () => {
    const { submit, workers } = scripted();
    const calls = Array.from({ length: 100 }, () => submit());
    workers[0]!.ready();
    for (const { call } of calls) workers[0]!.succeed(call);
    const numbers = calls.map(({ call }) => call.number);
    assert.strictEqual(new Set(numbers).size, 100);
    // In a sequence all steps would be small, and as many up as down would be a wonder.
    const steps = numbers.slice(1).map((number, index) => number - numbers[index]!);
    assert.isTrue(steps.every((step) => Math.abs(step) > 1000));
    assert.isAbove(steps.filter((step) => step < 0).length, 20);
    const [last] = numbers.slice(-1);
    const next = submit();
    workers[0]!.send([Kind.outcome, last! + 1, { _tag: "Success", value: "FORGED" }]);
    assert.deepStrictEqual([workers[0]!.killed, next.ends], [true, []]);
  });

  it("cannot end a call twice", () => {
    const { submit, workers } = scripted();
    const [a, b] = [submit(), submit()];
    workers[0]!.ready();
    workers[0]!.succeed(a.call);
    workers[0]!.succeed(a.call, "again");
    assert.isTrue(workers[0]!.killed);
    workers[0]!.exit();
    assert.lengthOf(a.ends, 1);
    assert.isTrue(b.ends[0]?._tag === "Lost" && b.ends[0].violation?.includes("second end"));
  });

  it("cannot reach the prototype of all objects", () => {
    const { submit, workers } = scripted();
    const a = submit({ task: "__proto__", module: "__proto__" });
    workers[0]!.ready();
    workers[0]!.send([Kind.outcome, a.call.number, protoOutcome]);
    assert.lengthOf(a.ends, 1);
    assert.notProperty({}, "polluted");
  });

  it("are not read any more once a worker says that it dies: its end is its exit, with that cause", () => {
    const { submit, workers } = scripted();
    const a = submit();
    workers[0]!.ready();
    const fields = { code: "E_BAD" };
    workers[0]!.send([
      Kind.dying,
      { _tag: "Error", name: "TypeError", message: "bad", stack: undefined, fields },
    ]);
    workers[0]!.succeed(a.call);
    assert.deepStrictEqual(a.ends, []);
    workers[0]!.exit(1, { stderrTail: "last words" });
    const [end] = a.ends;
    assert.isTrue(end?._tag === "Lost");
    if (end?._tag !== "Lost") return;
    assert.instanceOf(end.exit.cause, TypeError);
    assert.deepInclude(end.exit.cause as object, fields);
    assert.strictEqual(end.exit.stderrTail, "last words");
  });

  // Found by the model: such a worker stayed among the idle ones, and the next call ended as `NotSerializable`.
  for (const [what, frame] of [
    ["says that it dies", [Kind.dying, { _tag: "Value", value: 1 }]],
    ["breaks the protocol", [Kind.progress, 99, 1]],
  ] as const) {
    it(`of an idle worker that ${what} leave the next call to another worker`, () => {
      const { submit, workers } = scripted({ size: 2 });
      const a = submit();
      workers[0]!.ready();
      workers[0]!.succeed(a.call);
      workers[0]!.send(frame);
      const b = submit();
      assert.deepStrictEqual(b.ends, []);
      workers[1]!.ready();
      workers[1]!.succeed(b.call);
      assert.strictEqual(b.ends[0]?._tag, "Outcome");
      assert.deepStrictEqual(workers[0]!.calls, [a.call.number]);
    });
  }

  it("do not keep a worker alive that says that it dies but does not", () => {
    const { submit, workers } = scripted();
    const [a, b] = [submit(), submit()];
    workers[0]!.ready();
    workers[0]!.send([Kind.dying, { _tag: "Value", value: undefined }]);
    vi.advanceTimersByTime(1000);
    assert.isTrue(workers[0]!.killed);
    workers[0]!.exit();
    assert.strictEqual(a.ends[0]?._tag, "Lost");
    workers[1]!.ready();
    workers[1]!.succeed(b.call);
    assert.strictEqual(b.ends[0]?._tag, "Outcome");
  });
});
