/**
 * Progress reaches the caller of their own job.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { Case } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Schemas from "../fixtures/tasks/schemas.ts";
import * as Workers from "../fixtures/tasks/workers.ts";
import { upTo } from "../internal/expect.ts";

export const progress: ReadonlyArray<Case> = [
  {
    id: "progress/delivered",
    title: "progress arrives in order and ends with the job",
    guarantees: ["P1"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const handle = yield* runtime.submit(Plain.report, { tag: "a", count: 5 });
      assert.deepEqual(yield* Stream.runCollect(handle.progress), ["a1", "a2", "a3", "a4", "a5"]);
      assert.equal(yield* handle.await, "a");
    }),
  },
  {
    id: "progress/bound",
    title: "progress is bound to its call",
    guarantees: ["P1"],
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
    guarantees: ["P1"],
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
    guarantees: ["P1", "V3"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const handle = yield* runtime.submit(Schemas.track, 3);
      const [point] = yield* Stream.runCollect(handle.progress);
      assert.ok(point instanceof Schemas.Point);
      assert.equal(point.sum, 6);
    }),
  },
  {
    id: "progress/million",
    title: "a million reports without a turn in between are bounded, and the last one is seen",
    guarantees: ["P1"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const times = 1_000_000;
      const handle = yield* runtime.submit(Workers.reportsMuch, times);
      assert.equal(yield* handle.await, times);
      const kept = yield* Stream.runCollect(handle.progress);
      assert.equal(kept.at(-1), times);
      assert.ok(kept.length <= 64, `${kept.length} values were kept`);
    }),
  },
  {
    id: "progress/late",
    title: "what a body reports after its end reaches nobody: not its caller, and not the next call",
    guarantees: ["P1"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      for (const tag of ["a", "b", "c"]) {
        const late = yield* runtime.submit(Workers.reportsLate, tag);
        assert.deepEqual(yield* Stream.runCollect(late.progress), [`${tag} in time`]);
        assert.equal(yield* late.await, tag);
        // Its timer fires while this one runs in the same place.
        const next = yield* runtime.submit(Plain.reportsSlowly, { tag, count: 5 });
        const told = upTo(5).map((i) => `${tag}${i + 1}`);
        assert.deepEqual(yield* Stream.runCollect(next.progress), told);
      }
    }),
  },
];
