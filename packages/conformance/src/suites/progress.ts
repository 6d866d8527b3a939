/**
 * Progress and log messages reach the caller of their own job.
 */
import * as assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Logger from "effect/Logger";
import * as References from "effect/References";
import * as Stream from "effect/Stream";

import type { Suite } from "../Conformance.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Schemas from "../fixtures/tasks/schemas.ts";

export const progress: Suite = [
  {
    id: "progress/delivered",
    title: "progress arrives in order and ends with the job",
    run: Effect.fnUntraced(function* ({ runtime }) {
      const handle = yield* runtime.submit(Plain.report, { tag: "a", count: 5 });
      assert.deepEqual(yield* Stream.runCollect(handle.progress), ["a1", "a2", "a3", "a4", "a5"]);
      assert.equal(yield* handle.await, "a");
    }),
  },
  {
    id: "progress/bound",
    title: "progress is bound to its call",
    run: Effect.fnUntraced(function* ({ runtime }) {
      const tags = ["a", "b", "c", "d", "e", "f"];
      const handles = yield* Effect.forEach(tags, (tag) => runtime.submit(Plain.report, { tag, count: 3 }));
      for (const [i, handle] of handles.entries()) {
        const tag = tags[i];
        assert.deepEqual(yield* Stream.runCollect(handle.progress), [`${tag}1`, `${tag}2`, `${tag}3`]);
      }
    }),
  },
  {
    id: "progress/unread",
    title: "nobody has to read progress; who reads late sees the latest values",
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.equal(yield* runtime.run(Plain.report, { tag: "a", count: 500 }), "a");
      const handle = yield* runtime.submit(Plain.report, { tag: "b", count: 500 });
      assert.equal(yield* handle.await, "b");
      const kept = yield* Stream.runCollect(handle.progress);
      assert.ok(kept.length < 500);
      assert.equal(kept.at(-1), "b500");
    }),
  },
  {
    id: "progress/schema",
    title: "progress with a schema arrives as its class",
    run: Effect.fnUntraced(function* ({ runtime }) {
      const handle = yield* runtime.submit(Schemas.track, 3);
      const [point] = yield* Stream.runCollect(handle.progress);
      assert.ok(point instanceof Schemas.Point);
      assert.equal(point.sum, 6);
    }),
  },
  {
    id: "progress/log",
    title: "a log message reaches the caller's logger, with the caller's annotations",
    run: Effect.fnUntraced(function* ({ runtime }) {
      const lines: Array<readonly [message: unknown, annotations: unknown]> = [];
      const logger = Logger.make(({ fiber, message }) => {
        lines.push([message, fiber.getRef(References.CurrentLogAnnotations)]);
      });
      yield* Effect.annotateLogs(runtime.run(Plain.talk, "you"), { request: "r1" }).pipe(
        Effect.provide(Logger.layer([logger])),
      );
      assert.deepEqual(
        lines.map(([message, annotations]) => [message, { ...(annotations as object) }]),
        [[["hello", "you", { deep: 1n }], { request: "r1" }]],
      );
    }),
  },
];
