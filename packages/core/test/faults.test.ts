/**
 * What happens when an adapter breaks its contract: callers are not harmed, and its author is told.
 */
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Schedule from "effect/Schedule";

import type { Adapter } from "../src/Adapter.ts";
import * as Events from "../src/Events.ts";
import * as Promised from "../src/Promised.ts";
import * as Runtime from "../src/Runtime.ts";
import * as TestRuntime from "../src/testing/TestRuntime.ts";
import { manual } from "./manual.ts";
import { double } from "./tasks.ts";

const opened = () => {
  const { adapter, jobs } = manual();
  const events: Array<Events.Event> = [];
  const runtime = Runtime.make(adapter);
  const run = (options?: Runtime.RunOptions) =>
    Effect.runPromise(
      Effect.provideService(runtime.run(double, 1, options), Events.Observer, (event) => events.push(event)),
    );
  const faults = () => events.flatMap((event) => (event._tag === "AdapterFaulted" ? [event.fault] : []));
  return { events, faults, jobs, run, runtime };
};

describe("an adapter that breaks its contract", () => {
  it("is told when it ends a job twice, and the caller gets the first outcome", async () => {
    const { events, faults, jobs, run } = opened();
    const result = run();
    jobs[0]!.start().succeed(2);
    jobs[0]!.succeed(3);
    assert.strictEqual(await result, 2);
    assert.deepStrictEqual(faults(), ["it ended an attempt twice"]);
    assert.strictEqual(events.filter(({ _tag }) => _tag === "JobEnded").length, 1);
  });

  it("is told when it ends a lost attempt again, and the next attempt goes on", async () => {
    const { faults, jobs, run } = opened();
    const result = run({ retry: Schedule.recurs(1) });
    jobs[0]!.start().lose();
    await Promise.resolve();
    jobs[0]!.succeed(3);
    while (jobs.length < 2) await new Promise(setImmediate);
    jobs[0]!.succeed(4);
    jobs[1]!.start().succeed(2);
    assert.strictEqual(await result, 2);
    assert.deepStrictEqual(faults(), ["it ended an attempt twice", "it ended an attempt twice"]);
  });

  it("is told when it starts a job twice, or gives a result of one that never started", async () => {
    const { faults, jobs, run, runtime } = opened();
    const first = run();
    jobs[0]!.start().start().succeed(2);
    const second = run();
    jobs[1]!.succeed(2);
    assert.deepStrictEqual(await Promise.all([first, second]), [2, 2]);
    assert.deepStrictEqual(faults(), [
      "it started an attempt twice",
      "it ended an attempt that never started",
    ]);
    const { queued, running, succeeded } = await Effect.runPromise(runtime.stats);
    assert.deepStrictEqual({ queued, running, succeeded }, { queued: 0, running: 0, succeeded: 2 });
  });

  const unable: Readonly<Record<string, Partial<Adapter>>> = {
    "throws in execute": {
      execute: () => {
        throw new Error("expected: no execute");
      },
    },
    "throws in begin": {
      begin: () => {
        throw new Error("expected: no begin");
      },
    },
    "gives nothing to cancel by": { begin: () => undefined as never },
    "ends with nothing": { execute: () => Effect.succeed(undefined as never) },
    "ends with what is no outcome": { execute: () => Effect.succeed({ _tag: "Weird" } as never) },
    "ends with what is no exit": {
      begin: (attempt) => (attempt.ended(undefined as never), { cancel: () => undefined }),
    },
  };

  for (const [what, broken] of Object.entries(unable)) {
    it(`is told when it ${what}: the call ends as a defect, and the runtime closes`, async () => {
      const events: Array<Events.Event> = [];
      const adapter: Adapter = { ...TestRuntime.adapter, begin: undefined, ...broken };
      const layer = Runtime.layer(Effect.succeed(adapter), { closeTimeout: "1 minute" });
      const exit = await Effect.runPromise(
        Effect.exit(Runtime.run(double, 1)).pipe(
          Effect.provide(layer),
          Effect.provideService(Events.Observer, (event) => events.push(event)),
        ),
      );
      assert.isTrue(Exit.isFailure(exit) && Exit.hasDies(exit));
      assert.deepStrictEqual(
        events.map((event) => (event._tag === "AdapterFaulted" ? event.fault : event._tag)).toSorted(),
        [
          "JobEnded",
          what.startsWith("ends")
            ? "it ended an attempt with what is no outcome"
            : "it failed to begin an attempt",
        ],
      );
    });
  }

  it("is not heard when it emits something after the end of a job", async () => {
    const { adapter, jobs } = manual();
    const promised = Promised.fromService(Runtime.make(adapter));
    const handle = promised.submit(double, 1);
    const seen: Array<unknown> = [];
    const reading = (async () => {
      for await (const value of handle.progress) seen.push(value);
    })();
    const { job } = jobs[0]!.start();
    await Effect.runPromise(job.emit({ _tag: "Progress", value: "before" }));
    jobs[0]!.succeed(2);
    await Effect.runPromise(job.emit({ _tag: "Progress", value: "after" }));
    await Promise.all([handle.result, reading]);
    assert.deepStrictEqual(seen, ["before"]);
  });
});
