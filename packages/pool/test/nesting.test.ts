import { assert, describe, it } from "@effect/vitest";
import * as Envelope from "@heddle/core/Envelope";
import type { JobEvent } from "@heddle/core/Job";
import * as Outcome from "@heddle/core/Outcome";
import * as RuntimeErrorData from "@heddle/core/RuntimeErrorData";
import * as Effect from "effect/Effect";

import * as Frame from "../src/Frame.ts";
import type { ScriptedWorker } from "./scripted.ts";
import { begin, callOf, given, open, reasonOf, until } from "./scriptedAdapter.ts";

const { Kind } = Frame;

const request = (overrides: Partial<Frame.NestRequest> = {}): Frame.NestRequest => ({
  module: "file:///x.ts",
  task: "nested",
  mode: "value",
  input: 2,
  priority: 0,
  timeoutMillis: undefined,
  envelope: Envelope.empty,
  ...overrides,
});

const upTo = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i);

const toldOf = (worker: ScriptedWorker, kind: number): ReadonlyArray<unknown> =>
  worker.received.flatMap((frame) => (frame[0] === kind ? [frame[3]] : []));

describe("calls that a body makes", () => {
  it.live("run on another worker at size 1, and their end is sent to the body", () =>
    Effect.gen(function* () {
      const world = yield* open();
      const outer = begin(world, world.job());
      yield* given(world, 1);
      const [first] = world.workers;
      const call = callOf(first);
      first!.send([Kind.nest, call, 1, request()]);
      yield* given(world, 2);
      const second = world.workers[1]!;
      second.send(
        [Kind.progress, callOf(second), "half"],
        [Kind.outcome, callOf(second), Outcome.success(4)],
      );
      yield* until("the body is told", () => toldOf(first!, Kind.nestAnswer).length > 0);
      assert.deepStrictEqual(toldOf(first!, Kind.nestEvent), [
        { _tag: "Started", unit: { runtime: "scripted", lane: "scripted/1", pid: 1, threadId: 1 } },
        { _tag: "Progress", value: "half" },
      ]);
      assert.deepStrictEqual(toldOf(first!, Kind.nestAnswer), [
        { _tag: "Outcome", outcome: Outcome.success(4) },
      ]);
      first!.send([Kind.outcome, call, Outcome.success(5)]);
      assert.lengthOf(outer.ends, 1);
    }),
  );

  it.live("tell the body with which error they failed", () =>
    Effect.gen(function* () {
      const world = yield* open();
      begin(world, world.job());
      yield* given(world, 1);
      const [first] = world.workers;
      first!.send([Kind.nest, callOf(first), 1, request()]);
      yield* given(world, 2);
      world.workers[1]!.exit(7);
      yield* until("the body is told", () => toldOf(first!, Kind.nestAnswer).length > 0);
      const [answer] = toldOf(first!, Kind.nestAnswer) as ReadonlyArray<Frame.NestAnswer>;
      const error = answer?._tag === "Error" ? RuntimeErrorData.decode(answer.error) : undefined;
      assert.strictEqual(error?.reason._tag, "WorkerLost");
    }),
  );

  it.live("send items only as far as the body gives credit", () =>
    Effect.gen(function* () {
      const world = yield* open();
      begin(world, world.job());
      yield* given(world, 1);
      const [first] = world.workers;
      const call = callOf(first);
      first!.send([Kind.nest, call, 1, request({ mode: "stream" })]);
      yield* given(world, 2);
      const second = world.workers[1]!;
      const { initialCredit } = Frame;
      const half = upTo(initialCredit).slice(initialCredit / 2);
      second.send([Kind.chunk, callOf(second), half], [Kind.chunk, callOf(second), half]);
      const items = () =>
        (toldOf(first!, Kind.nestEvent) as ReadonlyArray<Frame.NestEvent>).flatMap((event) =>
          event._tag === "Chunk" ? event.values : [],
        );
      yield* until("the credit is used", () => items().length === initialCredit);
      yield* until("there is room again", () => second.kinds.includes(Kind.credit));
      second.send([Kind.chunk, callOf(second), ["a", "b", "c"]]);
      yield* Effect.yieldNow;
      assert.lengthOf(items(), initialCredit);
      first!.send([Kind.nestCredit, call, 1, 1]);
      yield* until("one more came", () => items().length === initialCredit + 1);
      first!.send([Kind.nestCredit, call, 1, 5]);
      yield* until("the last came", () => items().length === initialCredit + 3);
      assert.deepStrictEqual(items(), [...half, ...half, "a", "b", "c"]);
    }),
  );

  it.live("are interrupted by the body, and by its end, which waits for theirs", () =>
    Effect.gen(function* () {
      const world = yield* open();
      const outer = begin(world, world.job());
      yield* given(world, 1);
      const [first] = world.workers;
      const call = callOf(first);
      first!.send([Kind.nest, call, 1, request()], [Kind.nest, call, 2, request()]);
      yield* given(world, 2);
      const second = world.workers[1]!;
      first!.send([Kind.nestCancel, call, 2]);
      yield* until("the second is over", () => toldOf(first!, Kind.nestAnswer).length === 1);
      first!.send([Kind.outcome, call, Outcome.success(1)]);
      yield* until("the first was asked to stop", () => second.kinds.includes(Kind.cancel));
      assert.deepStrictEqual(outer.ends, []);
      second.send([Kind.outcome, callOf(second), Outcome.interrupted]);
      yield* until("the outer one has ended", () => outer.ends.length > 0);
      assert.isFalse(first!.killed);
    }),
  );

  it.live("are cancelled with the job of the body, without waiting for what the body does", () =>
    Effect.gen(function* () {
      const world = yield* open({ grace: "Infinity" });
      const outer = begin(world, world.job());
      yield* given(world, 1);
      const [first] = world.workers;
      first!.send([Kind.nest, callOf(first), 1, request()]);
      yield* given(world, 2);
      const second = world.workers[1]!;
      outer.begun.cancel();
      assert.deepStrictEqual([first!.flags, second.flags], [[callOf(first)], [callOf(second)]]);
      second.send([Kind.outcome, callOf(second), Outcome.interrupted]);
      assert.deepStrictEqual(toldOf(first!, Kind.nestAnswer), [
        { _tag: "Outcome", outcome: Outcome.interrupted },
      ]);
      assert.deepStrictEqual(outer.ends, []);
      first!.send([Kind.outcome, callOf(first), Outcome.interrupted]);
      assert.lengthOf(outer.ends, 1);
    }),
  );

  it.live("that wait for each other's place all run, as long as one of them is left", () =>
    Effect.gen(function* () {
      const world = yield* open();
      begin(world, world.job());
      yield* given(world, 1);
      const [first] = world.workers;
      first!.send([Kind.nest, callOf(first), 1, request()], [Kind.nest, callOf(first), 2, request()]);
      yield* given(world, 2);
      const second = world.workers[1]!;
      second.send([Kind.outcome, callOf(second), Outcome.success(1)]);
      yield* given(world, 3);
      second.send([Kind.outcome, callOf(second, 1), Outcome.success(2)]);
      yield* until("the body is told of both", () => toldOf(first!, Kind.nestAnswer).length === 2);
    }),
  );

  it.live("give their place to no other call when they end", () =>
    Effect.gen(function* () {
      const world = yield* open();
      begin(world, world.job());
      yield* given(world, 1);
      const waiting = begin(world, world.job());
      const [first] = world.workers;
      first!.send([Kind.nest, callOf(first), 1, request()]);
      yield* given(world, 2);
      const second = world.workers[1]!;
      second.send([Kind.outcome, callOf(second), Outcome.success(4)]);
      yield* until("the body is told", () => toldOf(first!, Kind.nestAnswer).length > 0);
      assert.lengthOf(second.calls, 1);
      first!.send([Kind.outcome, callOf(first), Outcome.success(4)]);
      yield* given(world, 3);
      assert.deepStrictEqual(waiting.ends, []);
    }),
  );

  it.live("are interrupted when the worker of the body dies", () =>
    Effect.gen(function* () {
      const world = yield* open({ grace: "Infinity" });
      const outer = begin(world, world.job());
      yield* given(world, 1);
      world.workers[0]!.send([Kind.nest, callOf(world.workers[0]), 1, request()]);
      yield* given(world, 2);
      const second = world.workers[1]!;
      world.workers[0]!.exit(7);
      assert.deepStrictEqual([outer.ends, second.kinds.includes(Kind.cancel)], [[], true]);
      second.send([Kind.outcome, callOf(second), Outcome.interrupted]);
      yield* until("the outer one has ended", () => outer.ends.length > 0);
      assert.strictEqual(reasonOf(outer.ends[0])?._tag, "WorkerLost");
    }),
  );

  it.live("log as the body does", () =>
    Effect.gen(function* () {
      const world = yield* open();
      const events: Array<JobEvent> = [];
      begin(world, world.job({ emit: (event) => Effect.sync(() => void events.push(event)) }));
      yield* given(world, 1);
      const [first] = world.workers;
      first!.send([Kind.nest, callOf(first), 1, request()]);
      yield* given(world, 2);
      const second = world.workers[1]!;
      second.send([Kind.log, callOf(second), ["hello"], "Info", undefined]);
      yield* until("it was logged", () => events.length > 0);
      assert.deepInclude(events[0], { _tag: "Log", message: ["hello"] });
    }),
  );

  const forged: Record<string, (call: number) => ReadonlyArray<unknown>> = {
    "cancel one that never was": (call) => [Kind.nestCancel, call, 99],
    "give credit to one that never was": (call) => [Kind.nestCredit, call, 99, 1],
    "give a credit below one": (call) => [Kind.nestCredit, call, 1, -1],
    "give more credit than there can be room for": (call) => [Kind.nestCredit, call, 1, 2 ** 40],
    "use an id twice": (call) => [Kind.nest, call, 1, request()],
    "have no name": (call) => [Kind.nest, call, 2, request({ task: "" })],
  };
  for (const [what, frame] of Object.entries(forged)) {
    it.live(`cost the worker its life when they ${what}`, () =>
      Effect.gen(function* () {
        const world = yield* open();
        const outer = begin(world, world.job());
        yield* given(world, 1);
        world.workers[0]!.send([Kind.nest, callOf(world.workers[0]), 1, request()]);
        yield* given(world, 2);
        world.workers[0]!.send(frame(callOf(world.workers[0])));
        const second = world.workers[1]!;
        yield* until("the nested one was asked to stop", () => second.kinds.includes(Kind.cancel));
        second.send([Kind.outcome, callOf(second), Outcome.interrupted]);
        yield* until("the outer one has ended", () => outer.ends.length > 0);
        assert.strictEqual(reasonOf(outer.ends[0])?._tag, "ProtocolViolation");
        assert.isFalse(second.killed);
      }),
    );
  }

  it.live("are not forged when a frame of one comes after its end", () =>
    Effect.gen(function* () {
      const world = yield* open();
      begin(world, world.job());
      yield* given(world, 1);
      const [first] = world.workers;
      first!.send([Kind.nest, callOf(first), 1, request()]);
      yield* given(world, 2);
      const second = world.workers[1]!;
      second.send([Kind.outcome, callOf(second), Outcome.success(4)]);
      yield* until("the body is told", () => toldOf(first!, Kind.nestAnswer).length > 0);
      first!.send([Kind.nestCancel, callOf(first), 1], [Kind.nestCredit, callOf(first), 1, 1]);
      assert.isFalse(first!.killed);
    }),
  );
});
