import { assert, describe, it } from "@effect/vitest";
import * as Runtime from "@heddle/core/Runtime";
import * as Effect from "effect/Effect";
import * as Logger from "effect/Logger";
import * as References from "effect/References";
import * as Stream from "effect/Stream";
import * as Tracer from "effect/Tracer";

import * as Threads from "../src/Threads.ts";
import * as Light from "./fixtures/light.ts";
import * as Tasks from "./fixtures/worker.ts";

describe("bodies in threads that call their runtime", () => {
  it.live("go five deep on one thread, in promises and in Effect", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Runtime.run(Tasks.descend, 5), 5);
      assert.strictEqual(yield* Runtime.run(Tasks.descendEffect, 5), 5);
    }).pipe(Effect.provide(Threads.layer({ size: 1 }))),
  );

  it("catch typed failures as values of their class, and outlive the death of what they call", async () => {
    await using runtime = await Threads.open({ size: 2 });
    assert.strictEqual(await runtime.run(Tasks.catches, 3), "odd 3");
    assert.strictEqual(await runtime.run(Tasks.catches, 4), 2);
    assert.strictEqual(await runtime.run(Tasks.survives, 1), "WorkerLost");
  });

  it("map and stream", async () => {
    await using runtime = await Threads.open({ size: 2 });
    assert.deepStrictEqual(await runtime.run(Tasks.halves, [2, 4, 6]), [1, 2, 3]);
    const seen: Array<number> = [];
    for await (const n of runtime.stream(Tasks.recount, 1000)) seen.push(n);
    assert.deepStrictEqual(
      seen,
      Array.from({ length: 1000 }, (_, i) => i + 1),
    );
  });

  it("know what they run on", async () => {
    await using runtime = await Threads.open({ size: 1 });
    assert.deepStrictEqual(await runtime.run(Tasks.ambient, 1), {
      isolation: "isolate",
      transfer: true,
      name: "threads",
    });
  });

  it("leave nothing running when they end", async () => {
    await using runtime = await Threads.open({ size: 2 });
    for (let i = 0; i < 20; i++) assert.strictEqual(await runtime.run(Tasks.leaves, i), i);
    assert.strictEqual(runtime.stats().running, 0);
    assert.strictEqual(await runtime.run(Tasks.half, 2), 1);
  });

  it("are cancelled with what they call", async () => {
    await using runtime = await Threads.open({ size: 2 });
    for (let i = 0; i < 10; i++) {
      const job = runtime.submit(Tasks.waits, 1);
      for await (const said of job.progress) {
        assert.strictEqual(said, "waiting");
        break;
      }
      await job.cancel();
      const { queued, running } = runtime.stats();
      assert.deepStrictEqual({ queued, running }, { queued: 0, running: 0 });
    }
    assert.isTrue(runtime.stats().workers.length > 0);
  });
});

describe("a body of Effect that calls nothing", () => {
  it("loads neither Schema nor the runtime", async () => {
    await using runtime = await Threads.open({
      size: 1,
      execArgv: ["--import", import.meta.resolve("@heddle/conformance/recordModules")],
    });
    // The first run loads what the second one tells.
    await runtime.run(Light.loadedModules, 0);
    const loaded = await runtime.run(Light.loadedModules, 0);
    assert.isTrue(
      loaded.some((url) => url.endsWith("/effectBody.ts")),
      "the hooks saw nothing",
    );
    assert.deepStrictEqual(
      loaded.filter((url) =>
        /\/effect\/.*\/(Schema|FileSystem)\.js$|\/(nestedRuntime|Runtime|RuntimeError)\.ts$/.test(url),
      ),
      [],
    );
  });
});

describe("what bodies in threads send", () => {
  it("is moved where they say so", async () => {
    await using runtime = await Threads.open({ size: 1 });
    const bytes = await runtime.run(Tasks.gives, 1000);
    assert.strictEqual(bytes.length, 1000);
    assert.strictEqual(await runtime.run(Tasks.leftBytes, 0), 0);
  });

  it("is bounded where they report without end, and ends with the last value", async () => {
    await using runtime = await Threads.open({ size: 1 });
    const count = 1_000_000;
    const job = runtime.submit(Tasks.floods, count);
    const seen: Array<number> = [];
    for await (const n of job.progress) seen.push(n);
    assert.strictEqual(await job.result, count);
    assert.isBelow(seen.length, 5000);
    assert.strictEqual(seen.at(-1), count);
  });

  it.live("reaches the caller's logger, with level and annotations, and the caller's minimum decides", () =>
    Effect.gen(function* () {
      const lines: Array<unknown> = [];
      const logger = Logger.make(({ fiber, logLevel, message }) => {
        lines.push([logLevel, message, { ...fiber.getRef(References.CurrentLogAnnotations) }]);
      });
      yield* Runtime.run(Tasks.talks, "you").pipe(
        Effect.annotateLogs("request", "r1"),
        Effect.provide(Logger.layer([logger])),
      );
      assert.strictEqual(lines.length, 1);
      const [level, message, annotations] = lines[0] as [string, ReadonlyArray<unknown>, object];
      assert.deepStrictEqual(
        [level, message.slice(0, 2), annotations],
        ["Warn", ["careful", "you"], { request: "r1", from: "body" }],
      );
      assert.match(String(message[2]), /a cause/);
    }).pipe(Effect.provide(Threads.layer({ size: 1 }))),
  );

  it.live("reaches the caller's tracer as one tree", () =>
    Effect.gen(function* () {
      const spans: Array<Tracer.NativeSpan> = [];
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options);
          spans.push(span);
          return span;
        },
      });
      yield* Runtime.run(Tasks.traced, 4).pipe(
        Effect.withSpan("caller"),
        Effect.provideService(Tracer.Tracer, tracer),
      );
      const path = (span: Tracer.AnySpan): string =>
        span._tag === "Span" && span.parent._tag === "Some"
          ? `${path(span.parent.value)}/${span.name}`
          : "caller";
      assert.deepStrictEqual(spans.map(path), [
        "caller",
        "caller/run worker/traced",
        "caller/run worker/traced/outer",
        "caller/run worker/traced/outer/inner",
        "caller/run worker/traced/outer/inner/run worker/half",
      ]);
      assert.isTrue(spans.every((span) => span.status._tag === "Ended"));
      assert.strictEqual(spans[3]!.attributes.get("n"), 4);
    }).pipe(Effect.provide(Threads.layer({ size: 1 }))),
  );

  it.live("reaches a reader of the handle before its end", () =>
    Effect.gen(function* () {
      const handle = yield* Runtime.submit(Tasks.floods, 10);
      assert.strictEqual((yield* Stream.runCollect(handle.progress)).at(-1), 10);
    }).pipe(Effect.scoped, Effect.provide(Threads.layer({ size: 1 }))),
  );
});
