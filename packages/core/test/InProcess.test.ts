import { assert, describe, it } from "@effect/vitest";
import * as Promised from "@heddle/core/Promised";
import * as Runtime from "@heddle/core/Runtime";
import * as Task from "@heddle/core/Task";
import * as TestRuntime from "@heddle/core/testing/TestRuntime";
import * as Effect from "effect/Effect";

type Down = Task.Task<string, number, number>;

const promising: Down = Task.make({
  name: "down/promising",
  body: async (n: number, { run }): Promise<number> => (n === 0 ? 0 : 1 + (await run(promising, n - 1))),
}) as Down;

const effectful: Down = Task.make({
  name: "down/effectful",
  body: (n: number): Effect.Effect<number> =>
    n === 0
      ? Effect.succeed(0)
      : (Effect.map(
          Effect.orDie(Runtime.run(effectful, n - 1)),
          (below) => below + 1,
        ) as Effect.Effect<number>),
}) as Down;

describe("bodies that run in the program", () => {
  for (const task of [promising, effectful]) {
    it(`call one another to any depth, and never leave the stack too little room: ${task.name}`, async () => {
      await using runtime = await Promised.open(TestRuntime.layer());
      assert.strictEqual(await runtime.run(task, 2000), 2000);
    });
  }
});
