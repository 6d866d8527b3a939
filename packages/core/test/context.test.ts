import { assert, describe, it } from "@effect/vitest";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Logger from "effect/Logger";
import * as Option from "effect/Option";
import * as References from "effect/References";
import * as Schedule from "effect/Schedule";
import * as Tracer from "effect/Tracer";

import type { Adapter } from "../src/Adapter.ts";
import type { JobEvent } from "../src/Job.ts";
import * as Promised from "../src/Promised.ts";
import * as Runtime from "../src/Runtime.ts";
import * as TestRuntime from "../src/testing/TestRuntime.ts";
import { manual } from "./manual.ts";
import { double } from "./tasks.ts";

interface Line {
  readonly message: unknown;
  readonly level: string;
  readonly annotations: Readonly<Record<string, unknown>>;
}

/** Runs a job that emits some events and ends, and gives what the caller's logger and tracer got. */
const emitted = (events: ReadonlyArray<JobEvent>) =>
  Effect.gen(function* () {
    const { adapter, jobs } = manual();
    const lines: Array<Line> = [];
    const spans: Array<Tracer.NativeSpan> = [];
    const logger = Logger.make(({ fiber, logLevel, message }) => {
      const annotations = Context.get(fiber.context, References.CurrentLogAnnotations);
      lines.push({ message, level: logLevel, annotations });
    });
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options);
        spans.push(span);
        return span;
      },
    });
    const fiber = yield* Runtime.make(adapter)
      .run(double, 1)
      .pipe(
        Effect.annotateLogs({ caller: "yes" }),
        Effect.provide(Logger.layer([logger])),
        Effect.provideService(Tracer.Tracer, tracer),
        Effect.forkChild({ startImmediately: true }),
      );
    jobs[0]!.start();
    for (const event of events) yield* jobs[0]!.job.emit(event);
    jobs[0]!.succeed();
    yield* Fiber.join(fiber);
    return { lines, spans };
  });

describe("what a body tells", () => {
  it.effect("log lines reach the caller's logger with their level and both sides' annotations", () =>
    Effect.gen(function* () {
      const { lines } = yield* emitted([
        { _tag: "Log", message: ["plain"] },
        {
          _tag: "Log",
          message: ["bad", 1],
          level: "Error",
          annotations: { body: 1, ["__proto__"]: { x: 1 } },
        },
      ]);
      assert.deepInclude(lines[0], { level: "Info", annotations: { caller: "yes" } });
      assert.deepInclude(lines[1], { message: ["bad", 1], level: "Error" });
      assert.deepInclude(lines[1]!.annotations, { caller: "yes", body: 1 });
      assert.strictEqual(({} as Record<string, unknown>)["x"], undefined);
    }),
  );

  it.effect("spans reach the caller's tracer below the caller's span, with times, notes and ends", () =>
    Effect.gen(function* () {
      const started = (spanId: string, parentSpanId: string): JobEvent => ({
        _tag: "Span",
        event: { _tag: "Started", spanId, parentSpanId, name: spanId, kind: "internal", startEpochNanos: 5n },
      });
      const ended = (spanId: string, failure: string | undefined): JobEvent => ({
        _tag: "Span",
        event: { _tag: "Ended", spanId, endEpochNanos: 9n, attributes: { n: 1 }, failure },
      });
      const { spans } = yield* emitted([
        started("outer", "somewhere"),
        started("inner", "outer"),
        {
          _tag: "Span",
          event: { _tag: "Noted", spanId: "inner", name: "note", epochNanos: 6n, attributes: {} },
        },
        ended("inner", "boom"),
        ended("outer", undefined),
        ended("never started", undefined),
        started("left open", "outer"),
      ]);
      const [run, outer, inner, leftOpen] = spans;
      assert.deepStrictEqual(
        spans.map(({ name }) => name),
        ["run double", "outer", "inner", "left open"],
      );
      const parentOf = (span: Tracer.NativeSpan | undefined) => Option.getOrUndefined(span!.parent)?.spanId;
      assert.deepStrictEqual([parentOf(outer), parentOf(inner)], [run!.spanId, outer!.spanId]);
      assert.strictEqual(outer!.traceId, run!.traceId);
      assert.deepInclude(outer!.status, { _tag: "Ended", startTime: 5n, endTime: 9n });
      assert.isTrue(inner!.status._tag === "Ended" && Exit.isFailure(inner!.status.exit));
      assert.strictEqual(leftOpen!.status._tag, "Ended");
      assert.strictEqual(inner!.events.length, 1);
      assert.strictEqual(outer!.attributes.get("n"), 1);
    }),
  );
});

describe("options of a call", () => {
  it.effect("that make no sense are refused by name, before anything starts", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const runtime = Runtime.make(adapter);
      const wrong: ReadonlyArray<readonly [string, unknown]> = [
        ["priority", 11],
        ["priority", 0.5],
        ["timeout", Number.NaN],
        ["queueTimeout", -1],
        ["retry", 3],
        ["detached", "yes"],
        ["transfer", {}],
        ["timeOut", 3],
      ];
      for (const [option, value] of wrong) {
        const error = yield* Effect.flip(runtime.run(double, 1, { [option]: value }));
        assert.deepInclude(error.reason, { _tag: "InvalidOptions", option });
      }
      assert.strictEqual(jobs.length, 0);
    }),
  );

  it.effect("capabilities are those of the runtime as it is now, in both forms", () =>
    Effect.sync(() => {
      let parallelism = 2;
      const adapter: Adapter = {
        ...TestRuntime.adapter,
        get capabilities() {
          return { ...TestRuntime.adapter.capabilities, parallelism };
        },
      };
      const runtime = Runtime.make(adapter);
      const promised = Promised.fromService(runtime);
      parallelism = 5;
      assert.strictEqual(runtime.capabilities.parallelism, 5);
      assert.strictEqual(promised.capabilities.parallelism, 5);
    }),
  );

  it.effect("are those that the object itself has", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const inherited = Object.create({ timeout: "garbage" }) as object;
      const fiber = yield* Effect.forkChild(Runtime.make(adapter).run(double, 1, inherited), {
        startImmediately: true,
      });
      jobs[0]!.start().succeed(2);
      assert.strictEqual(yield* Fiber.join(fiber), 2);
    }),
  );

  it.effect("retry and transfer exclude each other: a second attempt would find nothing left to move", () =>
    Effect.gen(function* () {
      const { adapter, jobs } = manual();
      const moving = { ...adapter, capabilities: { ...adapter.capabilities, transfer: true } };
      const options = { retry: Schedule.recurs(1), transfer: [new ArrayBuffer(1)] };
      const error = yield* Effect.flip(Runtime.make(moving).run(double, 1, options));
      assert.deepInclude(error.reason, { _tag: "InvalidOptions", option: "retry" });
      assert.strictEqual(jobs.length, 0);
    }),
  );

  it.effect("resize and recycle are refused where there are no workers", () =>
    Effect.gen(function* () {
      const runtime = Runtime.make(manual().adapter);
      for (const call of [runtime.resize(2), runtime.recycle]) {
        assert.deepInclude((yield* Effect.flip(call)).reason, { _tag: "Unsupported", capability: "elastic" });
      }
    }),
  );
});
