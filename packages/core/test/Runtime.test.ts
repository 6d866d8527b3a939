import { assert, describe, it } from "@effect/vitest";
import * as Cause from "effect/Cause";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import * as TestClock from "effect/testing/TestClock";

import * as Events from "../src/Events.ts";
import * as Runtime from "../src/Runtime.ts";
import type { RuntimeError } from "../src/RuntimeError.ts";
import * as Task from "../src/Task.ts";
import * as TestRuntime from "../src/testing/TestRuntime.ts";
import { Boom, count, double, doubleLater, failing, letters, never, sleep, sum, throwing } from "./tasks.ts";

const withRuntime = Effect.provide(Layer.fresh(TestRuntime.layer()));

const reasonOf = <A, R>(effect: Effect.Effect<A, RuntimeError | Boom, R>): Effect.Effect<string, A, R> =>
  Effect.map(Effect.flip(effect), (error) =>
    error._tag === "RuntimeError" ? error.reason._tag : error._tag,
  );

describe("run", () => {
  it.effect("gives the value of every kind of body", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Runtime.run(double, 21), 42);
      assert.strictEqual(yield* Runtime.run(doubleLater, 21), 42);
      assert.strictEqual(yield* Runtime.run(failing, 42), 42);
      assert.strictEqual(yield* Runtime.run(sum, 100), 5050);
    }).pipe(withRuntime),
  );

  it.effect("fails with the task's own failure, returned or thrown", () =>
    Effect.gen(function* () {
      for (const task of [failing, throwing]) {
        const error = yield* Effect.flip(Runtime.run(task, -3));
        assert.instanceOf(error, Boom);
        assert.strictEqual(error.n, -3);
      }
    }).pipe(withRuntime),
  );

  it.effect("dies with what the body throws otherwise", () =>
    Effect.gen(function* () {
      const bad = Task.make({ name: "bad", body: (n: number): number => "x".repeat(-n).length });
      const exit = yield* Effect.exit(Runtime.run(bad, 1));
      assert.isTrue(Exit.isFailure(exit) && Cause.squash(exit.cause) instanceof RangeError);
    }).pipe(withRuntime),
  );

  it.effect("refuses an input that does not fit the schema, before the body starts", () =>
    Effect.gen(function* () {
      let started = false;
      const positive = Schema.Number.check(Schema.isGreaterThan(0));
      const task = Task.make({ name: "t", input: positive, body: (n) => ((started = true), n) });
      assert.strictEqual(yield* reasonOf(Runtime.run(task, -1)), "InvalidInput");
      assert.isFalse(started);
    }).pipe(withRuntime),
  );

  it.effect("refuses an output that does not fit the schema", () =>
    Effect.gen(function* () {
      const positive = Schema.Number.check(Schema.isGreaterThan(0));
      const task = Task.make({ name: "t", output: positive, body: (n: number) => n });
      assert.strictEqual(yield* reasonOf(Runtime.run(task, -1)), "InvalidOutput");
      assert.strictEqual(yield* Runtime.run(task, 1), 1);
    }).pipe(withRuntime),
  );

  it.effect("decodes what a schema encodes, on both ways", () =>
    Effect.gen(function* () {
      const task = Task.make({
        name: "t",
        input: Schema.DateFromString,
        output: Schema.DateFromString,
        body: (date) => new Date(date.getTime() + 1),
      });
      const answer = yield* Runtime.run(task, new Date(1));
      assert.strictEqual(answer.getTime(), 2);
    }).pipe(withRuntime),
  );

  it.effect("names the first place of a value that cannot cross", () =>
    Effect.gen(function* () {
      const task = Task.make({ name: "t", body: (_: unknown) => ({ rows: [1, { callback: () => 1 }] }) });
      const input = yield* Effect.flip(Runtime.run(task, { a: [0, Symbol("no")] }));
      assert.include(input.message, "input.a[1]");
      const output = yield* Effect.flip(Runtime.run(task, 1));
      assert.include(output.message, "output.rows[1].callback");
      assert.strictEqual(output.code, "HEDDLE_NOT_SERIALIZABLE");
    }).pipe(withRuntime),
  );

  it.effect("refuses what is no task and says what it got", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Runtime.run(42 as never, undefined as never));
      assert.strictEqual((error as RuntimeError).code, "HEDDLE_TASK_NOT_FOUND");
      assert.include((error as RuntimeError).message, "number");
    }).pipe(withRuntime),
  );

  it.effect("counts the timeout from the start of the body", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(reasonOf(Runtime.run(sleep, 100, { timeout: 50 })));
      yield* TestClock.adjust(50);
      assert.strictEqual(yield* Fiber.join(fiber), "TaskTimeout");
      const slowAdapter = {
        ...TestRuntime.adapter,
        execute: (job: Parameters<typeof TestRuntime.adapter.execute>[0]) =>
          Effect.delay(TestRuntime.adapter.execute(job), 1000),
      };
      const queued = yield* Effect.forkChild(Runtime.make(slowAdapter).run(sleep, 10, { timeout: 50 }));
      yield* TestClock.adjust(1000);
      yield* TestClock.adjust(10);
      assert.strictEqual(yield* Fiber.join(queued), 10);
    }).pipe(withRuntime),
  );

  it.effect("completes a cancellation when the body's finalizers have ended", () =>
    Effect.gen(function* () {
      const log: Array<string> = [];
      const started = yield* Deferred.make<void>();
      const task = Task.make({
        name: "t",
        body: () =>
          Effect.andThen(Deferred.succeed(started, undefined), Effect.never).pipe(
            Effect.ensuring(
              Effect.andThen(
                Effect.yieldNow,
                Effect.sync(() => void log.push("finalized")),
              ),
            ),
          ),
      });
      const fiber = yield* Effect.forkChild(Runtime.run(task));
      yield* Deferred.await(started);
      yield* Fiber.interrupt(fiber);
      assert.deepStrictEqual(log, ["finalized"]);
    }).pipe(withRuntime),
  );
});

describe("map", () => {
  it.effect("keeps the order of the inputs, unless told not to", () =>
    Effect.gen(function* () {
      const inputs = [30, 10, 20];
      const ordered = yield* Effect.forkChild(Stream.runCollect(Runtime.map(sleep, inputs)));
      const unordered = yield* Effect.forkChild(
        Stream.runCollect(Runtime.map(sleep, inputs, { ordered: false })),
      );
      yield* TestClock.adjust(10);
      yield* TestClock.adjust(10);
      yield* TestClock.adjust(10);
      assert.deepStrictEqual([...(yield* Fiber.join(ordered))], [30, 10, 20]);
      assert.deepStrictEqual([...(yield* Fiber.join(unordered))], [10, 20, 30]);
    }).pipe(withRuntime),
  );

  it.effect("takes inputs lazily, as many ahead as its concurrency", () =>
    Effect.gen(function* () {
      let taken = 0;
      const inputs = function* () {
        for (;;) yield ++taken;
      };
      const three = yield* Runtime.map(double, inputs(), { concurrency: 2 }).pipe(
        Stream.take(3),
        Stream.runCollect,
      );
      assert.deepStrictEqual([...three], [2, 4, 6]);
      assert.isAtMost(taken, 10);
    }).pipe(withRuntime),
  );

  it.effect("takes Effect streams and async iterables as inputs", () =>
    Effect.gen(function* () {
      const a = yield* Stream.runCollect(Runtime.map(double, Stream.range(1, 3)));
      assert.deepStrictEqual([...a], [2, 4, 6]);
      const b = yield* Stream.runCollect(
        Runtime.map(
          double,
          (async function* () {
            yield 1;
            yield 2;
          })(),
        ),
      );
      assert.deepStrictEqual([...b], [2, 4]);
    }).pipe(withRuntime),
  );

  it.effect("ends with the first failure", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Stream.runDrain(Runtime.map(failing, [1, -2, 3])));
      assert.instanceOf(error, Boom);
    }).pipe(withRuntime),
  );
});

describe("stream", () => {
  it.effect("gives what a Stream or an async generator yields", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual([...(yield* Stream.runCollect(Runtime.stream(count, 3)))], [1, 2, 3]);
      assert.deepStrictEqual([...(yield* Stream.runCollect(Runtime.stream(letters, 3)))], ["a", "b", "c"]);
    }).pipe(withRuntime),
  );

  it.live("cancels the body when the consumer stops early", () =>
    Effect.gen(function* () {
      let ended = false;
      const endless = Task.make({
        name: "endless",
        body: async function* () {
          try {
            for (let i = 0; ; i++) yield i;
          } finally {
            ended = true;
          }
        },
      });
      const two = yield* Runtime.stream(endless).pipe(Stream.take(2), Stream.runCollect);
      assert.deepStrictEqual([...two], [0, 1]);
      assert.isTrue(ended);
    }).pipe(withRuntime),
  );

  it.live("holds the body back while the consumer is slow", () =>
    Effect.gen(function* () {
      let made = 0;
      const endless = Task.make({
        name: "endless",
        body: async function* () {
          for (;;) yield ++made;
        },
      });
      yield* Runtime.stream(endless).pipe(
        Stream.take(1),
        Stream.tap(() => Effect.sleep(30)),
        Stream.runDrain,
      );
      assert.isAtMost(made, 64);
    }).pipe(withRuntime),
  );

  it.effect("refuses a body of the other mode", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* reasonOf(Runtime.run(count as never, 1 as never)), "InvalidOutput");
      assert.strictEqual(
        yield* reasonOf(Stream.runDrain(Runtime.stream(double as never, 1 as never))),
        "InvalidOutput",
      );
    }).pipe(withRuntime),
  );
});

describe("submit", () => {
  it.effect("gives a handle with progress, status and result", () =>
    Effect.gen(function* () {
      const task = Task.make({
        name: "steps",
        progress: Schema.DateFromString,
        body: (n: number, context) => {
          for (let i = 0; i < n; i++) context.progress(new Date(i));
          return n;
        },
      });
      const handle = yield* Runtime.submit(task, 2);
      const progress = yield* Stream.runCollect(handle.progress);
      assert.deepStrictEqual([...progress].map(Number), [0, 1]);
      assert.strictEqual(yield* handle.await, 2);
      assert.strictEqual(yield* handle.status, "ended");
      assert.strictEqual(String(handle), "<Job #1 steps on test, ended>");
    }).pipe(Effect.scoped, withRuntime),
  );

  it.effect("cancels on demand and when its scope closes", () =>
    Effect.gen(function* () {
      const handle = yield* Effect.scoped(Runtime.submit(never));
      assert.isTrue(Exit.hasInterrupts(yield* Effect.exit(handle.await)));
      const second = yield* Effect.scoped(Effect.tap(Runtime.submit(never), (job) => job.cancel));
      assert.strictEqual(yield* second.status, "ended");
      const { interrupted, queued, running } = yield* Runtime.stats;
      assert.deepStrictEqual({ interrupted, queued, running }, { interrupted: 2, queued: 0, running: 0 });
    }).pipe(withRuntime),
  );
});

describe("life of the runtime", () => {
  it.effect("tells each job's end exactly once, and last", () =>
    Effect.gen(function* () {
      const events: Array<string> = [];
      const observe = (event: Events.Event): void =>
        void events.push(event._tag === "JobEnded" ? `${event.id} ${event.outcome}` : `${event.id} started`);
      yield* Effect.gen(function* () {
        yield* Runtime.run(double, 1);
        yield* Effect.exit(Runtime.run(failing, -1));
        const fiber = yield* Effect.forkChild(Runtime.run(never), { startImmediately: true });
        yield* Effect.yieldNow;
        yield* Fiber.interrupt(fiber);
        yield* Effect.exit(Runtime.run(double, (() => 1) as never));
      }).pipe(Effect.provideService(Events.Observer, observe));
      assert.deepStrictEqual(events, [
        "1 started",
        "1 Success",
        "2 started",
        "2 Failure",
        "3 started",
        "3 Interrupted",
        "4 NotSerializable",
      ]);
    }).pipe(withRuntime),
  );

  it.effect("lets accepted jobs end, cancels the rest after its timeout and refuses new ones", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make();
      const context = yield* Layer.buildWithScope(
        Runtime.layer(Effect.succeed(TestRuntime.adapter), { closeTimeout: 100 }),
        scope,
      );
      const inside = Effect.provideContext(context);
      const short = yield* Effect.forkChild(inside(Runtime.run(sleep, 50)), { startImmediately: true });
      const long = yield* Effect.forkChild(inside(Runtime.run(sleep, 5000)), { startImmediately: true });
      yield* Effect.yieldNow;
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void));
      yield* TestClock.adjust(50);
      assert.strictEqual(yield* Fiber.join(short), 50);
      assert.strictEqual(yield* reasonOf(inside(Runtime.run(double, 1))), "ShuttingDown");
      yield* TestClock.adjust(50);
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(long)));
      yield* Fiber.join(closing);
    }),
  );
});

describe("timeouts of bodies that hold the loop", () => {
  it.live("a body that blocked past its timeout fails with TaskTimeout, not with its late value", () =>
    Effect.gen(function* () {
      const block = Task.make({
        name: "test/block",
        body: (millis: number) => {
          const end = performance.now() + millis;
          while (performance.now() < end);
          return "late";
        },
      });
      const error = yield* Effect.flip(Runtime.run(block, 60, { timeout: 10 }));
      assert.strictEqual(error.reason._tag, "TaskTimeout");
      assert.strictEqual(yield* Runtime.run(block, 10, { timeout: "10 seconds" }), "late");
    }).pipe(Effect.provide(TestRuntime.layer())),
  );

  it.effect("a timeout that is no duration is refused before anything starts", () =>
    Effect.gen(function* () {
      const unstarted = Task.make({ name: "test/never", body: () => assert.fail("started") });
      for (const timeout of [-1, Number.NaN, "soon" as "1 second"]) {
        const error = yield* Effect.flip(Runtime.run(unstarted, undefined, { timeout }));
        assert.strictEqual(error.reason._tag, "InvalidOptions");
        assert.include(error.message, "timeout");
      }
    }).pipe(Effect.provide(TestRuntime.layer())),
  );
});
