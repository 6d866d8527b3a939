import { assert, describe, it } from "@effect/vitest";

import * as RuntimeError from "../src/RuntimeError.ts";

describe("RuntimeError", () => {
  it("says which option is wrong, without naming a task", () => {
    const error = RuntimeError.invalidOptions("fibers", "concurrency", "expected 1 or more, got 0");
    assert.strictEqual(error.code, "HEDDLE_INVALID_OPTIONS");
    assert.match(error.message, /^fibers: option `concurrency` is invalid: expected 1 or more, got 0/);
  });

  it("names the task and the runtime of any other reason", () => {
    const reason = new RuntimeError.TaskTimeout({ timeoutMillis: 5 });
    const error = new RuntimeError.RuntimeError({ runtime: "threads", task: "a", reason });
    assert.match(error.message, /^task "a" on threads: .*\[HEDDLE_TASK_TIMEOUT\]$/);
  });
});
