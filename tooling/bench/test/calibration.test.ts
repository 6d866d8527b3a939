import { assert, describe, it } from "vitest";

import { judge, loadDisturbance, sample } from "../src/calibration.ts";

const samples = (...millis: ReadonlyArray<number>) => millis.map((one) => ({ millis: one, othersCores: 0 }));

describe("calibration", () => {
  it("finds nothing on a quiet machine", () => {
    assert.deepStrictEqual(judge(samples(100, 104, 109)).disturbances, []);
    assert.deepStrictEqual(judge([]).disturbances, []);
  });

  it("tells that the loop varied by more than a tenth", () => {
    const judged = judge(samples(100, 104, 111));
    assert.closeTo(judged.spread, 0.11, 1e-9);
    assert.match(judged.disturbances.join(), /varied by 11 %/);
  });

  it("tells that others work here, also where the loop did not suffer", () => {
    const busy = [0.9, 0.8, 0].map((othersCores) => ({ millis: 100, othersCores }));
    assert.match(judge(busy).disturbances.join(), /others used 80 % of a core/);
  });

  it("tells that the load was high before", () => {
    assert.deepStrictEqual(loadDisturbance(0.4, 2), []);
    assert.match(loadDisturbance(1.5, 2).join(), /1\.50 on 2 cores/);
    assert.deepStrictEqual(loadDisturbance(1.5, 16), []);
  });

  it("measures a loop that takes time", () => {
    const { millis, othersCores } = sample();
    assert.isAbove(millis, 1);
    assert.isAtLeast(othersCores, 0);
  });
});
