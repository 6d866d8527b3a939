import { assert, describe, it } from "@effect/vitest";
import * as Runtime from "@heddle/core/Runtime";
import { RuntimeError } from "@heddle/core/RuntimeError";
import * as Task from "@heddle/core/Task";
import * as Effect from "effect/Effect";

import * as Fibers from "../src/Fibers.ts";

/** A task that writes down when it starts, and whose bodies run until they are let go. */
const gated = () => {
  const started: Array<number> = [];
  const open = Promise.withResolvers<void>();
  const task = Task.make({
    name: "gated",
    body: async (n: number) => {
      started.push(n);
      await open.promise;
      return n;
    },
  });
  return { started, task, open: () => open.resolve() };
};

describe("the queue", () => {
  it("refuses a job too many by name and takes jobs again when there is room", async () => {
    await using runtime = await Fibers.open({ concurrency: 1, maxQueue: 1, whenFull: "reject" });
    const { open, started, task } = gated();
    const accepted = [runtime.run(task, 1), runtime.run(task, 2)];
    const refused: unknown = await runtime.run(task, 3).catch((error: unknown) => error);
    assert.isTrue(refused instanceof RuntimeError && refused.reason._tag === "QueueFull");
    open();
    assert.deepStrictEqual(await Promise.all(accepted), [1, 2]);
    assert.strictEqual(await runtime.run(task, 4), 4);
    assert.deepStrictEqual(started, [1, 2, 4]);
  });

  it("lets a job too many wait outside, and tells when it is accepted", async () => {
    await using runtime = await Fibers.open({ concurrency: 1, maxQueue: 0 });
    const { open, task } = gated();
    const first = runtime.run(task, 1);
    const second = runtime.submit(task, 2);
    assert.deepInclude(runtime.stats(), { queued: 1, waiting: 1, running: 1 });
    open();
    await second.accepted;
    assert.deepStrictEqual(await Promise.all([first, second.result]), [1, 2]);
  });

  it("starts higher priorities first, unless a lower one has waited long enough", async () => {
    for (const [aging, expected] of [
      ["1 hour", [0, 9, 5, 1]],
      // Everything that waits counts as the highest at once, so it is first come, first served.
      [1, [0, 1, 5, 9]],
    ] as const) {
      await using runtime = await Fibers.open({ concurrency: 1, aging });
      const { open, started, task } = gated();
      const jobs = [runtime.run(task, 0)];
      for (const priority of [1, 5, 9]) {
        jobs.push(runtime.run(task, priority, { priority }));
        // Each has waited longer than the next by more than the ages between their priorities.
        if (aging === 1) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      open();
      await Promise.all(jobs);
      assert.deepStrictEqual(started, [...expected]);
    }
  });
});

describe("one place", () => {
  const double = Task.make({ name: "double", body: (n: number) => n * 2 });

  it("is enough for bodies that call tasks, with promises and with Effect", async () => {
    await using runtime = await Fibers.open({ concurrency: 1 });
    const promises = Task.make({
      name: "promises",
      body: async (n: number, { run }) => run(double, await run(double, n)),
    });
    const effects = Task.make({
      name: "effects",
      body: (n: number) =>
        Effect.orDie(Effect.flatMap(Runtime.run(double, n), (doubled) => Runtime.run(promises, doubled))),
    });
    assert.deepStrictEqual(await Promise.all([runtime.run(promises, 1), runtime.run(effects, 1)]), [4, 8]);
  });
});
