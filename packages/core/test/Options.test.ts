import { inspect } from "node:util";

import { assert, describe, it } from "@effect/vitest";
import * as Duration from "effect/Duration";

import * as Options from "../src/Options.ts";

describe("options", () => {
  it("take every form of a duration that is zero or more", () => {
    const good = [
      0,
      1.5,
      3n,
      "2 seconds",
      "Infinity",
      { seconds: 1, milliseconds: 5 },
      [1, 5],
      Duration.minutes(1),
    ];
    for (const input of good) assert.isTrue(Options.isDuration(input), inspect(input));
  });

  it("refuse what Effect would read as zero, and what is below zero", () => {
    const bad = [
      Number.NaN,
      {},
      { secs: 1 },
      { seconds: "1" },
      { seconds: -1 },
      -1,
      "-1 second",
      "soon",
      "5 secs",
      null,
    ];
    for (const input of bad) assert.isFalse(Options.isDuration(input), JSON.stringify(input));
  });

  it("are looked for among own properties alone", () => {
    const checks = { size: Options.wholeNumber(1, 5) };
    assert.isUndefined(Options.findProblem(checks, Object.create({ size: -1 }) as object));
    assert.deepInclude(Options.findProblem(checks, JSON.parse('{"__proto__": 1}') as object), {
      option: "__proto__",
    });
    assert.deepInclude(Options.findProblem(checks, { constructor: 1 }), { option: "constructor" });
    assert.deepInclude(Options.findProblem(checks, { size: 6 }), {
      option: "size",
      detail: "expected a whole number from 1 to 5, got 6",
    });
  });
});
