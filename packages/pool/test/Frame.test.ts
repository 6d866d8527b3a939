import { assert, describe, it } from "@effect/vitest";
import * as Schema from "effect/Schema";

import * as Frame from "../src/Frame.ts";

const { Kind, isWorkerFrame } = Frame;

describe("Frame.isWorkerFrame", () => {
  it("takes every frame of a worker", () => {
    const frames: ReadonlyArray<Frame.WorkerFrame> = [
      [Kind.ready, Frame.version, 1, 0],
      [Kind.outcome, 1, { _tag: "Success", value: undefined }],
      [Kind.outcome, 1, { _tag: "Failure", error: 1 }],
      [Kind.outcome, 1, { _tag: "Interrupted" }],
      [Kind.outcome, 1, { _tag: "Defect", defect: { _tag: "Value", value: undefined } }],
      [Kind.refused, 1, { _tag: "ModuleFailed", where: "input", detail: "" }],
      [Kind.chunk, 1, []],
      [Kind.progress, 1, undefined],
      [Kind.log, 1, [], "Info", undefined],
    ];
    for (const frame of frames) assert.isTrue(isWorkerFrame(frame), JSON.stringify(frame));
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
