import { assert, describe, it } from "vitest";

import { parse } from "../src/adapterName.ts";

describe("the name of an adapter", () => {
  it("gives the module its name", () => {
    assert.deepStrictEqual(parse("inline"), { name: "inline", module: "Inline" });
    assert.deepStrictEqual(parse("web-workers"), { name: "web-workers", module: "WebWorkers" });
    assert.deepStrictEqual(parse("v8-isolates2"), { name: "v8-isolates2", module: "V8Isolates2" });
  });

  it("is refused, with the reason, when npm or TypeScript could not use it", () => {
    const wrong = [
      "",
      "Inline",
      "in line",
      "in_line",
      "in.line",
      "../inline",
      "-inline",
      "inline-",
      "in--line",
    ];
    for (const text of [...wrong, "1line", "línea", "a/b", "a\nb"]) {
      assert.throws(() => parse(text), /cannot be the name of a package here: expected small letters/, text);
    }
    assert.throws(() => parse("@heddle/inline"), /leave out the scope/);
    assert.throws(() => parse("x".repeat(207)), /npm allows 206/);
    assert.strictEqual(parse("x".repeat(206)).name.length, 206);
  });

  it("is refused when it means something else already", () => {
    for (const text of ["all", "serial", "task", "runtime", "effect"]) {
      assert.throws(() => parse(text), /means something else/, text);
    }
  });
});
