import { assert, describe, it } from "@effect/vitest";
import * as Envelope from "@heddle/core/Envelope";
import type { JobEvent, Series } from "@heddle/core/Job";
import * as Outcome from "@heddle/core/Outcome";
import type * as RuntimeError from "@heddle/core/RuntimeError";
import * as Task from "@heddle/core/Task";
import * as Cause from "effect/Cause";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";

import * as Frame from "../src/Frame.ts";
import type { ScriptedWorker } from "./scripted.ts";
import { begin, callOf, given, open, reasonOf, until } from "./scriptedAdapter.ts";

const { Kind } = Frame;

describe("a job without a fiber", () => {
  it.live("ends once, with the outcome of its body", () =>
    Effect.gen(function* () {
      const world = yield* open();
      const { begun, ends } = begin(world, world.job());
      yield* given(world, 1);
      world.workers[0]!.send([Kind.outcome, callOf(world.workers[0]), Outcome.success(3)]);
      begun.cancel();
      begun.cancel();
      assert.deepStrictEqual(
        ends.map((exit) => exit._tag === "Success" && exit.value),
        [Outcome.success(3)],
      );
    }),
  );

  it.live(
    "ends as interrupted when it is cancelled before it starts, and while it runs once its body has stopped",
    () =>
      Effect.gen(function* () {
        const world = yield* open();
        const running = begin(world, world.job());
        const waiting = begin(world, world.job());
        yield* given(world, 1);
        waiting.begun.cancel();
        assert.deepStrictEqual(
          waiting.ends.map((exit) => exit._tag === "Success" && exit.value),
          [Outcome.interrupted],
        );
        running.begun.cancel();
        assert.deepStrictEqual(running.ends, []);
        world.workers[0]!.exit(1);
        assert.deepStrictEqual(
          running.ends.map((exit) => exit._tag === "Success" && exit.value),
          [Outcome.interrupted],
        );
      }),
  );

  it.live("hands over events in order, and its end after the last was taken", () =>
    Effect.gen(function* () {
      const world = yield* open();
      const gate = Deferred.makeUnsafe<void>();
      const taken: Array<JobEvent> = [];
      const emit = (event: JobEvent) =>
        Effect.andThen(
          Deferred.await(gate),
          Effect.sync(() => void taken.push(event)),
        );
      const { ends } = begin(world, world.job({ emit, mode: "stream" }));
      yield* given(world, 1);
      const call = callOf(world.workers[0]);
      world.workers[0]!.send(
        [Kind.chunk, call, [1]],
        [Kind.log, call, ["a"], "Warn", { user: 7 }],
        [Kind.progress, call, 0.5],
        [Kind.outcome, call, Outcome.success(undefined)],
      );
      yield* Effect.yieldNow;
      assert.deepStrictEqual([taken, ends], [[], []]);
      Deferred.doneUnsafe(gate, Effect.void);
      yield* until("it has ended", () => ends.length > 0);
      assert.deepStrictEqual(taken, [
        { _tag: "Chunk", values: [1] },
        { _tag: "Log", message: ["a"], level: "Warn", annotations: { user: 7 } },
        { _tag: "Progress", value: 0.5 },
      ]);
    }),
  );

  it.live("ends when it is cancelled, though the consumer of its chunks never comes back", () =>
    Effect.gen(function* () {
      const world = yield* open();
      const logs: Array<unknown> = [];
      const emit = (event: JobEvent) =>
        event._tag === "Chunk" ? Effect.never : Effect.sync(() => void logs.push(event));
      const { begun, ends } = begin(world, world.job({ emit, mode: "stream" }));
      yield* given(world, 1);
      const call = callOf(world.workers[0]);
      world.workers[0]!.send([Kind.chunk, call, [1]], [Kind.chunk, call, [2]]);
      begun.cancel();
      world.workers[0]!.send(
        [Kind.chunk, call, [3]],
        [Kind.log, call, ["cleaned up"], "Info", undefined],
        [Kind.outcome, call, Outcome.interrupted],
      );
      yield* until("it has ended", () => ends.length > 0);
      assert.lengthOf(logs, 1);
    }),
  );

  it.live("costs its worker its life when its stream ignores how far it may run ahead", () =>
    Effect.gen(function* () {
      const world = yield* open();
      const { ends } = begin(world, world.job({ emit: () => Effect.never, mode: "stream" }));
      yield* given(world, 1);
      const [worker] = world.workers;
      for (let n = 0; n < 100 && !worker!.killed; n++) worker!.send([Kind.chunk, callOf(worker), [n]]);
      assert.isTrue(worker!.killed);
      assert.deepStrictEqual(ends, []);
    }),
  );

  it.live("ends with the defect of a caller that throws where it should give an Effect", () =>
    Effect.gen(function* () {
      const world = yield* open({ grace: 10 });
      const emit = (): never => {
        throw new Error("broken");
      };
      const { ends } = begin(world, world.job({ emit }));
      yield* given(world, 1);
      world.workers[0]!.send([Kind.progress, callOf(world.workers[0]), 1]);
      yield* until("it has ended", () => ends.length > 0);
      assert.isTrue(ends[0]?._tag === "Failure" && String(Cause.squash(ends[0].cause)).includes("broken"));
    }),
  );

  it.live("ends with the defect of a caller that breaks on an event", () =>
    Effect.gen(function* () {
      const world = yield* open({ grace: 10 });
      const { ends } = begin(world, world.job({ emit: () => Effect.die("broken") }));
      yield* given(world, 1);
      world.workers[0]!.send([Kind.progress, callOf(world.workers[0]), 1]);
      yield* until("it has ended", () => ends.length > 0);
      assert.isTrue(ends[0]?._tag === "Failure" && Cause.squash(ends[0].cause) === "broken");
    }),
  );

  it.live("is refused beyond 32 levels, and when the pool is closed", () =>
    Effect.gen(function* () {
      const world = yield* Effect.scoped(open());
      const deep = begin(world, world.job({ depth: 33 }));
      const late = begin(world, world.job({ depth: 32 }));
      const reasons = [...deep.ends, ...late.ends].map(reasonOf);
      assert.deepStrictEqual(
        reasons.map((reason) => reason?._tag),
        ["Unsupported", "ShuttingDown"],
      );
      assert.strictEqual(
        reasons[0]?._tag === "Unsupported" && reasons[0].capability,
        "nesting deeper than 32",
      );
    }),
  );

  it.live("tells how its worker died", () =>
    Effect.gen(function* () {
      const world = yield* open({ memoryLimitMiB: 64, quarantineAfter: Number.POSITIVE_INFINITY });
      const reasons: Array<RuntimeError.Reason | undefined> = [];
      const die = (exit: Parameters<ScriptedWorker["exit"]>[1]) =>
        Effect.gen(function* () {
          const { ends } = begin(world, world.job({ attempt: 2 }));
          yield* given(world, reasons.length + 1);
          world.workers.at(-1)!.exit(134, exit);
          reasons.push(reasonOf(ends[0]));
        });
      yield* die({ signal: "SIGABRT", stderrTail: "abort!" });
      yield* die({ isOutOfMemory: true, stderrTail: "heap" });
      const [lost, oom] = reasons;
      assert.deepInclude(lost, {
        _tag: "WorkerLost",
        exitCode: 134,
        signal: "SIGABRT",
        stderrTail: "abort!",
        attempt: 2,
        lane: "scripted/0",
      });
      assert.deepInclude(oom, { _tag: "OutOfMemory", limitMiB: 64, stderrTail: "heap", attempt: 2 });
    }),
  );

  it.live("is refused while its task is in quarantine", () =>
    Effect.gen(function* () {
      const world = yield* open({ quarantineAfter: 1, quarantineTime: "1 minute" });
      begin(world, world.job());
      yield* given(world, 1);
      world.workers[0]!.exit(7);
      const { ends } = begin(world, world.job());
      const reason = reasonOf(ends[0]);
      assert.deepInclude(reason, { _tag: "Quarantined", kills: 1, lastDeath: "exit code 7" });
      assert.isTrue(reason?._tag === "Quarantined" && reason.retryAfterMillis > 50_000);
    }),
  );
});

describe("execute", () => {
  it.live("completes its interruption only when the body has stopped", () =>
    Effect.gen(function* () {
      const world = yield* open({ grace: "Infinity" });
      const fiber = yield* Effect.forkChild(world.adapter.execute(world.job()), { startImmediately: true });
      yield* given(world, 1);
      const interruption = yield* Effect.forkChild(Fiber.interrupt(fiber), { startImmediately: true });
      yield* until("it was asked to stop", () => world.workers[0]!.kinds.includes(Kind.cancel));
      assert.isUndefined(interruption.pollUnsafe());
      world.workers[0]!.send([Kind.outcome, callOf(world.workers[0]), Outcome.interrupted]);
      yield* Fiber.join(interruption);
    }),
  );
});

describe("resize and recycle", () => {
  it.live("change what the capabilities say, and refuse a size that makes no sense", () =>
    Effect.gen(function* () {
      const { adapter } = yield* open();
      adapter.elastic!.resize(3);
      assert.strictEqual(adapter.capabilities.parallelism, 3);
      for (const size of [0, 1.5, Number.NaN, 5000]) {
        assert.throws(() => adapter.elastic!.resize(size), /`size`/);
      }
      yield* adapter.elastic!.recycle;
    }),
  );
});

describe("a series", () => {
  const task = Task.make({ name: "scripted", module: "file:///scripted.ts", body: (n: number) => n });

  const seriesOf = (inputs: Series["inputs"], told: Array<unknown>): Series => ({
    id: "7",
    task,
    inputs,
    envelope: Envelope.empty,
    priority: 0,
    depth: 0,
    emit: () => Effect.void,
    started: () => undefined,
    nest: () => Effect.interrupt,
    finished: (outputs) => void told.push(...outputs),
    alone: () => void told.push("alone"),
  });

  const wrong: Record<string, (call: number) => ReadonlyArray<Frame.WorkerFrame>> = {
    "gives more than it was given": (call) => [[Kind.outputs, call, [1, 2, 3, 4], 1, false]],
    "goes on alone twice": (call) => [
      [Kind.alone, call],
      [Kind.alone, call],
    ],
    "goes on with a job that it was not given": (call) => [
      [Kind.outputs, call, [1, 2, 3], 1, false],
      [Kind.alone, call],
    ],
    "goes on with another job after one that goes on alone": (call) => [
      [Kind.alone, call],
      [Kind.outputs, call, [1], 1, true],
    ],
  };
  for (const [what, frames] of Object.entries(wrong)) {
    it.live(`ends with the worker that ${what}`, () =>
      Effect.gen(function* () {
        const world = yield* open();
        const fiber = yield* Effect.forkChild(
          Effect.flip(world.adapter.executeMany!(seriesOf([1, 2, 3], []))),
        );
        yield* given(world, 1);
        world.workers[0]!.send(...frames(callOf(world.workers[0])));
        assert.isTrue(world.workers[0]!.killed);
        world.workers[0]!.exit(1);
        assert.strictEqual((yield* Fiber.join(fiber)).reason._tag, "ProtocolViolation");
      }),
    );
  }

  it.live("tells what is behind a job that goes on alone, and the output of that job in the end", () =>
    Effect.gen(function* () {
      const world = yield* open();
      const told: Array<unknown> = [];
      const fiber = yield* Effect.forkChild(world.adapter.executeMany!(seriesOf([1, 2, 3], told)));
      yield* given(world, 1);
      const call = callOf(world.workers[0]);
      world.workers[0]!.send([Kind.outputs, call, [10], 1, false], [Kind.alone, call]);
      assert.deepStrictEqual(told, [10, "alone"]);
      world.workers[0]!.send([Kind.outcome, call, Outcome.success(20)]);
      assert.isUndefined(yield* Fiber.join(fiber));
      assert.deepStrictEqual(told, [10, "alone", 20]);
    }),
  );
});
