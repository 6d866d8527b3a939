import { assert, describe, it } from "@effect/vitest";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Schedule from "effect/Schedule";

import { type Adapter, type Attempt, executing } from "../src/Adapter.ts";
import * as Outcome from "../src/Outcome.ts";
import * as Promised from "../src/Promised.ts";
import * as Runtime from "../src/Runtime.ts";
import { RuntimeError } from "../src/RuntimeError.ts";
import * as TestRuntime from "../src/testing/TestRuntime.ts";
import { lost } from "./manual.ts";
import { double } from "./tasks.ts";

/** An adapter whose attempts the test ends. */
const beginning = () => {
  const attempts: Array<Attempt> = [];
  const cancelled: Array<string> = [];
  const begin = (attempt: Attempt) => {
    attempts.push(attempt);
    return {
      cancel: () => {
        cancelled.push(attempt.id);
        attempt.ended(Exit.succeed(Outcome.interrupted));
      },
    };
  };
  const adapter: Adapter = { ...TestRuntime.adapter, name: "beginning", execute: executing(begin), begin };
  return { adapter, attempts, cancelled };
};

const run = (attempt: Attempt | undefined, value: unknown): void => {
  attempt?.started({ runtime: "beginning", lane: "beginning/0", pid: 0, threadId: 0 });
  attempt?.ended(Exit.succeed(Outcome.success(value)));
};

class Name extends Context.Service<Name, string>()("test/Name") {}

describe("an adapter that begins attempts", () => {
  it.effect(
    "knows the context of the caller, and tells the end to the attempt, by itself or by `execute`",
    () =>
      Effect.gen(function* () {
        const { adapter, attempts } = beginning();
        for (const used of [adapter, { ...adapter, begin: undefined }]) {
          const call = Effect.provideService(Runtime.make(used).run(double, 1), Name, "caller");
          const fiber = yield* Effect.forkChild(call, { startImmediately: true });
          const attempt = attempts.pop();
          const context = attempt!.context as Context.Context<Name>;
          assert.strictEqual(Context.get(context, Name), "caller");
          run(attempt, 2);
          assert.strictEqual(yield* Fiber.join(fiber), 2);
        }
      }),
  );

  it("gives later attempts the same context, and is cancelled once", async () => {
    const { adapter, attempts, cancelled } = beginning();
    const promised = Promised.fromService(Runtime.make(adapter));
    const aborting = new AbortController();
    const result = promised
      .run(double, 1, { retry: Schedule.recurs(1), signal: aborting.signal })
      .catch((error: unknown) => error);
    const reason = lost(1);
    attempts[0]?.ended(Exit.fail(new RuntimeError({ runtime: "beginning", task: "double", reason })));
    while (attempts.length < 2) await new Promise((resolve) => void setImmediate(resolve));
    assert.deepStrictEqual(
      attempts.map(({ attempt }) => attempt),
      [1, 2],
    );
    assert.strictEqual(attempts[1]?.context, attempts[0]?.context);
    aborting.abort(new Error("enough"));
    assert.deepInclude(await result, { message: "enough" });
    assert.deepStrictEqual(cancelled, ["1"]);
  });

  it("may throw: the call ends as a defect", async () => {
    const begin = () => {
      throw new Error("expected: no begin");
    };
    const promised = Promised.fromService(Runtime.make({ ...TestRuntime.adapter, begin }));
    const error = await promised.run(double, 1).catch((thrown: unknown) => thrown);
    assert.deepInclude(error, { message: "expected: no begin" });
  });
});
