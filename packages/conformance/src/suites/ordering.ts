/**
 * Jobs start in the order of their submission; `map` gives results in the order that was asked for.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";

import type { Case } from "../Case.ts";
import * as Effects from "../fixtures/tasks/effects.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { assertIdle, assertInOrder, eventually, failureOf, startedIds } from "../internal/expect.ts";

const upTo = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i);

export const ordering: ReadonlyArray<Case> = [
  {
    id: "ordering/fifo",
    title: "jobs start in the order of their submission",
    guarantees: ["O1"],
    run: Effect.fnUntraced(function* ({ events, runtime, size }) {
      const handles = yield* Effect.forEach(upTo(1000), (n) => runtime.submit(Plain.later, n));
      yield* Effect.forEach(handles, (handle) => handle.await);
      assertInOrder(startedIds(events), handles.length, size);
    }),
  },
  {
    id: "ordering/map",
    title: "map gives results in the order of its inputs",
    guarantees: ["O2"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const doubled = yield* Stream.runCollect(runtime.map(Plain.later, upTo(100)));
      assert.deepEqual(
        doubled,
        upTo(100).map((n) => n * 2),
      );
    }),
  },
  {
    id: "ordering/map-ordered-waits",
    title: "an ordered map holds back a later result until the earlier one is there",
    guarantees: ["O2"],
    needs: ["severalPlaces"],
    run: Effect.fnUntraced(function* ({ open, path, runtime }) {
      const [slow, fast] = [path("slow"), path("fast")];
      open(fast);
      const seen: Array<number> = [];
      const results = runtime.map(Plain.gate, [slow, fast]).pipe(Stream.zipWithIndex);
      const fiber = yield* Effect.forkChild(
        Stream.runForEach(results, ([, i]) => Effect.sync(() => void seen.push(i))),
      );
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
      assert.deepEqual(seen, []);
      open(slow);
      yield* Fiber.join(fiber);
      assert.deepEqual(seen, [0, 1]);
    }),
  },
  {
    id: "ordering/map-unordered",
    title: "an unordered map gives results as they come",
    guarantees: ["O2"],
    needs: ["severalPlaces"],
    run: Effect.fnUntraced(function* ({ open, path, runtime }) {
      const slow = path("slow");
      const fast = path("fast");
      open(fast);
      let seen = 0;
      const results = runtime.map(Plain.gate, [slow, fast], { ordered: false });
      yield* Stream.runForEach(results, () =>
        Effect.sync(() => {
          // The first result must be that of the fast one: the slow one waits for this.
          if (++seen === 1) open(slow);
        }),
      );
      assert.equal(seen, 2);
    }),
  },
  {
    id: "ordering/map-all-unordered",
    title: "an unordered map loses nothing and gives nothing twice",
    guarantees: ["O2"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const doubled = yield* Stream.runCollect(runtime.map(Plain.later, upTo(200), { ordered: false }));
      assert.deepEqual(
        doubled.toSorted((a, b) => a - b),
        upTo(200).map((n) => n * 2),
      );
    }),
  },
  {
    id: "ordering/map-lazy",
    title: "map takes its inputs only as far as its concurrency",
    guarantees: ["O3"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      let pulled = 0;
      const inputs = function* (): Generator<number> {
        for (;;) yield pulled++;
      };
      const lazy = Stream.fromIterable(inputs(), { chunkSize: 1 });
      const results = runtime.map(Plain.later, lazy, { concurrency: 3 });
      assert.deepEqual(yield* Stream.runCollect(Stream.take(results, 5)), [0, 2, 4, 6, 8]);
      assert.ok(pulled <= 5 + 3 + 3 + 1, `${pulled} inputs were taken`);
      const stats = (): { readonly running: number } => Effect.runSync(runtime.stats);
      yield* eventually(() => stats().running === 0, "what was taken ahead is cancelled");
    }),
  },
  {
    id: "ordering/map-async-inputs",
    title: "map takes inputs from an async iterable and from a Stream",
    guarantees: ["O5"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const inputs = async function* (): AsyncGenerator<number> {
        for (const n of [1, 2, 3]) yield await Promise.resolve(n);
      };
      assert.deepEqual(yield* Stream.runCollect(runtime.map(Plain.double, inputs())), [2, 4, 6]);
      assert.deepEqual(yield* Stream.runCollect(runtime.map(Plain.double, Stream.range(1, 3))), [2, 4, 6]);
      assert.deepEqual(yield* Stream.runCollect(runtime.map(Plain.double, [])), []);
    }),
  },
  {
    id: "ordering/map-fails",
    title: "the first failure ends a map and cancels what is under way",
    guarantees: ["O4"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const results = runtime.map(Effects.refuse, [1, 2, -1, 3, 4]);
      assert.ok((yield* failureOf(Stream.runDrain(results))) instanceof Effects.Refused);
      yield* assertIdle(runtime);
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "ordering/map-inputs-fail",
    title: "a failure of the inputs is the failure of the map",
    guarantees: ["O5"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const inputs = Stream.concat(Stream.range(1, 3), Stream.fail("no more" as const));
      assert.equal(yield* failureOf(Stream.runDrain(runtime.map(Plain.double, inputs))), "no more");
      yield* assertIdle(runtime);
    }),
  },
];
