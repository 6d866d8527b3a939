import { inspect } from "node:util";

import { assert, describe, it } from "@effect/vitest";
import * as Defect from "@heddle/core/Defect";
import * as Schema from "effect/Schema";

import * as Frame from "../src/Frame.ts";

const { Kind, isWorkerFrame } = Frame;

const envelope = { trace: undefined, annotations: undefined, deadlineEpochMillis: undefined };
const request: Frame.NestRequest = {
  module: "file:///x.ts",
  task: "x",
  mode: "value",
  input: undefined,
  priority: 0,
  timeoutMillis: undefined,
  envelope,
};
const spanId = "b7ad6b7169203331";
const started = {
  _tag: "Started",
  spanId,
  parentSpanId: "the caller's own",
  name: "x",
  kind: "internal",
  startEpochNanos: 1n,
} as const;
const noted = { _tag: "Noted", spanId, name: "x", epochNanos: 1n, attributes: {} } as const;
const ended = { _tag: "Ended", spanId, endEpochNanos: 1n, attributes: {}, failure: undefined } as const;

const defectOf = (depth: number): Defect.Defect => {
  let error = new Error("0");
  for (let i = 1; i < depth; i++) error = new Error(String(i), { cause: error });
  return Defect.fromUnknown(error);
};

/** An array of any length that costs nothing to send. */
const hollow = (length: number): Array<unknown> => Object.assign([], { length });

const text = (_: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}n` : value);

describe("Frame.isWorkerFrame", () => {
  it("takes every frame of a worker", () => {
    const frames: ReadonlyArray<Frame.WorkerFrame> = [
      [Kind.ready, Frame.version, 1, 0],
      [Kind.outcome, 1, { _tag: "Success", value: undefined }],
      [Kind.outcome, 1, { _tag: "Failure", error: 1 }],
      [Kind.outcome, 1, { _tag: "Interrupted" }],
      [Kind.outcome, 1, { _tag: "Defect", defect: { _tag: "Value", value: undefined } }],
      [
        Kind.outcome,
        1,
        { _tag: "Defect", defect: Defect.fromUnknown(new AggregateError([1, new Error("a")])) },
      ],
      [Kind.refused, 1, { _tag: "ModuleFailed", where: "input", detail: "" }],
      [Kind.chunk, 1, [undefined]],
      [Kind.chunk, 1, Array.from({ length: 512 }, (_, n) => n)],
      [Kind.progress, 1, undefined],
      [Kind.log, 1, [], "Info", undefined],
      [Kind.log, 1, [1], "Fatal", { a: 1 }],
      [Kind.nest, 1, 1, request],
      [
        Kind.nest,
        1,
        2,
        {
          ...request,
          mode: "stream",
          priority: -10,
          timeoutMillis: 0.5,
          envelope: { trace: ["a", "b", true], annotations: { a: 1 }, deadlineEpochMillis: 1.5 },
        },
      ],
      [Kind.nestCancel, 1, 1],
      [Kind.nestCredit, 1, 1, 1],
      [Kind.span, 1, started],
      [Kind.span, 1, noted],
      [Kind.span, 1, ended],
      [Kind.span, 1, { ...ended, failure: "why" }],
      [Kind.dying, defectOf(100)],
      [Kind.heap, 0],
      [Kind.ask, []],
      [Kind.ask, [[1, 2, "acquire", []]]],
    ];
    for (const frame of frames) assert.isTrue(isWorkerFrame(frame), JSON.stringify(frame, text));
  });

  it("takes what a real error of a worker becomes, however deep its causes are", () => {
    for (const depth of [1, 8, 9, 1000])
      assert.isTrue(isWorkerFrame([Kind.dying, defectOf(depth)]), String(depth));
  });

  it("refuses a frame with any one field of the wrong kind", () => {
    const wrong = [
      null,
      "1",
      -1,
      1.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      true,
      [],
      {},
      () => 1,
      Symbol("s"),
      1n,
    ];
    const frames: ReadonlyArray<readonly [Frame.WorkerFrame, ReadonlyArray<string>]> = [
      [[Kind.nestCancel, 1, 1], []],
      [[Kind.nestCredit, 1, 1, 1], []],
      [
        [Kind.nest, 1, 1, request],
        ["module", "task", "mode", "priority", "envelope"],
      ],
      [
        [Kind.span, 1, started],
        ["_tag", "spanId", "parentSpanId", "name", "kind", "startEpochNanos"],
      ],
      [
        [Kind.span, 1, noted],
        ["_tag", "spanId", "name", "epochNanos", "attributes"],
      ],
      [
        [Kind.span, 1, ended],
        ["_tag", "spanId", "endEpochNanos", "attributes", "failure"],
      ],
    ];
    for (const [frame, fields] of frames) {
      for (const [index, part] of frame.entries()) {
        for (const bad of wrong) {
          if (typeof part === typeof bad && typeof part !== "number") continue;
          const broken: unknown = frame.with(index, bad as never);
          assert.isFalse(isWorkerFrame(broken), `${String(index)} ${inspect(bad)}`);
        }
      }
      const payload = frame.at(-1) as Record<string, unknown>;
      for (const field of fields) {
        for (const bad of wrong.filter((value) => typeof value !== typeof payload[field])) {
          if (field === "failure" && typeof bad === "string") continue;
          const broken: unknown = frame.with(frame.length - 1, { ...payload, [field]: bad } as never);
          assert.isFalse(isWorkerFrame(broken), `${field} ${inspect(bad)}`);
        }
      }
      assert.isFalse(isWorkerFrame([...frame, undefined]), "one part too many");
      assert.isFalse(isWorkerFrame(frame.slice(0, -1)), "one part missing");
    }
  });

  it("refuses what would harm whoever uses it", () => {
    const cyclic: Record<string, unknown> = { _tag: "Error", name: "", message: "", fields: {} };
    cyclic["cause"] = cyclic;
    let wide: unknown = { _tag: "Value", value: 1 };
    for (let i = 0; i < 10; i++) {
      wide = {
        _tag: "Error",
        name: "",
        message: "",
        fields: {},
        errors: Array.from({ length: 100 }, () => wide),
      };
    }
    const harmful: ReadonlyArray<unknown> = [
      [Kind.dying, cyclic],
      [Kind.dying, wide],
      [Kind.outcome, 1, { _tag: "Defect", defect: { _tag: "Error", name: "", fields: {} } }],
      [Kind.outcome, 1, { _tag: "Defect", defect: { ...cyclic, cause: 5 } }],
      [Kind.outcome, 1, { _tag: "Defect", defect: { ...cyclic, cause: undefined, errors: {} } }],
      [Kind.nest, 1, 1, { ...request, priority: 11 }],
      [Kind.nest, 1, 1, { ...request, timeoutMillis: Number.NaN }],
      [Kind.nest, 1, 1, { ...request, envelope: { ...envelope, deadlineEpochMillis: Number.NaN } }],
      [Kind.nest, 1, 1, { ...request, envelope: { ...envelope, trace: ["a", "b"] } }],
      [Kind.nest, 1, 1, { ...request, envelope: { ...envelope, annotations: [] } }],
      [Kind.span, 1, { ...started, spanId: "B7AD6B7169203331" }],
      [Kind.log, 1, [], "Info", []],
      [Kind.log, 1, [], "toString", undefined],
      [Kind.refused, 1, { _tag: "ModuleFailed", where: "elsewhere", detail: "" }],
      [Kind.ask],
      [Kind.ask, undefined],
      [Kind.ask, "acquire"],
      [Kind.ask, [], 1],
      [Kind.heap, -1],
      [Kind.heap, Number.NaN],
      [Kind.ready, Frame.version, -1, 0],
      [Kind.outcome, 0, { _tag: "Interrupted" }],
      [Kind.outcome, 2 ** 53, { _tag: "Interrupted" }],
    ];
    for (const frame of harmful) assert.isFalse(isWorkerFrame(frame));
  });

  it("refuses arrays of any length that hold nothing, at once", () => {
    const error = { _tag: "Error", name: "", message: "", stack: undefined, fields: {} };
    const startedAt = performance.now();
    for (const length of [1, 512, 2 ** 32 - 1]) {
      const sparse = hollow(length);
      const harmful: ReadonlyArray<unknown> = [
        sparse,
        [Kind.log, 1, sparse, "Info", undefined],
        [Kind.log, 1, [], "Info", sparse],
        [Kind.chunk, 1, sparse],
        [Kind.dying, { ...error, errors: sparse }],
        [Kind.dying, { ...error, fields: sparse }],
        [Kind.outcome, 1, { _tag: "Defect", defect: { ...error, errors: sparse } }],
        [Kind.nest, 1, 1, { ...request, envelope: { ...envelope, trace: sparse } }],
        [Kind.nest, 1, 1, { ...request, envelope: sparse }],
        [Kind.span, 1, { ...noted, attributes: sparse }],
        Object.assign(hollow(length), { 0: Kind.log, 1: 1 }),
      ];
      for (const frame of harmful) assert.isFalse(isWorkerFrame(frame), `${length}`);
    }
    assert.isBelow(performance.now() - startedAt, 1000);
  });

  it("refuses records with more entries than were sent", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(2 ** 20));
    for (const record of [shared, new String("x".repeat(2 ** 20)), new Map(), new Error("no record")]) {
      assert.isFalse(isWorkerFrame([Kind.span, 1, { ...noted, attributes: record }]));
      assert.isFalse(isWorkerFrame([Kind.log, 1, [], "Info", record]));
    }
  });

  it("refuses garbage", () => {
    const garbage: ReadonlyArray<unknown> = [
      undefined,
      null,
      0,
      "",
      {},
      [],
      [Kind.ready],
      [Kind.ready, 1, 2],
      [Kind.ready, "1", 2, 3],
      [Kind.run, 1, 2],
      [Kind.outcome, 1],
      [Kind.outcome, 1, null],
      [Kind.outcome, "1", { _tag: "Interrupted" }],
      [Kind.outcome, 1, { _tag: "Other" }],
      [Kind.outcome, 1, { _tag: "Defect" }],
      [Kind.outcome, 1.5, {}],
      [
        Kind.refused,
        1,
        {
          _tag: "Other",
          detail: "",
        },
      ],
      [Kind.refused, 1, { _tag: "ModuleFailed" }],
      [Kind.chunk, 1, 2],
      [Kind.chunk, 1, []],
      [Kind.chunk, 1, Array.from({ length: 513 }, (_, n) => n)],
      [Kind.log, 1, "text"],
      [99, 1, 2],
      [Kind.progress, 1, 2, 3],
    ];
    for (const frame of garbage) assert.isFalse(isWorkerFrame(frame), JSON.stringify(frame));
  });

  it.prop("never throws", { frame: Schema.Json }, ({ frame }) => {
    assert.isBoolean(isWorkerFrame(frame));
  });
});
