/**
 * Streams keep their order, hold their producer back and end it with their consumer.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { Case } from "../Case.ts";
import * as Effects from "../fixtures/tasks/effects.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { assertIdle, defectOf, failureOf } from "../internal/expect.ts";
import { atRest, textOf } from "../internal/producer.ts";

const upTo = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i);

// One element travels in each chunk here. A pool lets a body be eight chunks ahead and a caller buffers sixteen elements;
// the rest is room for those that are on their way.
const bound = 64;

export const streaming: ReadonlyArray<Case> = [
  {
    id: "streaming/order",
    title: "all elements arrive, in order",
    guarantees: ["S1"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.deepEqual(yield* Stream.runCollect(runtime.stream(Plain.count, 2000)), upTo(2000));
      const numbers = yield* Stream.runCollect(runtime.stream(Effects.range, 2000));
      assert.deepEqual(numbers, upTo(2001).slice(1));
    }),
  },
  {
    id: "streaming/empty",
    title: "a stream may be empty",
    guarantees: ["S1"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.deepEqual(yield* Stream.runCollect(runtime.stream(Plain.count, 0)), []);
      assert.deepEqual(yield* Stream.runCollect(runtime.stream(Effects.range, 0)), []);
    }),
  },
  {
    id: "streaming/early-end",
    title: "a consumer that ends early cancels an async generator and waits for its finally",
    guarantees: ["S3"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      const file = path("produced");
      const first = yield* Stream.runCollect(Stream.take(runtime.stream(Plain.produce, file), 3));
      assert.deepEqual(first, [1, 2, 3]);
      assert.equal(textOf(file), "returned");
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "streaming/early-end-effect",
    title: "a consumer that ends early interrupts a Stream body and waits for its finalizers",
    guarantees: ["S3"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      const values = runtime.stream(Effects.finalizedStream, { file, text: "finalized" });
      assert.deepEqual(yield* Stream.runCollect(Stream.take(values, 3)), [1, 2, 3]);
      assert.deepEqual(marks(file), ["finalized"]);
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "streaming/back-pressure",
    title: "a slow consumer holds the producer back",
    guarantees: ["S2"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      const file = path("produced");
      let taken = 0;
      const slow = Stream.mapEffect(runtime.stream(Plain.produce, file), (n) =>
        Effect.gen(function* () {
          assert.equal(n, ++taken);
          if (taken !== 1 && taken !== 100) return n;
          const ahead = (yield* atRest(file)) - taken;
          assert.ok(ahead >= 0 && ahead < bound, `the producer is ${ahead} elements ahead`);
          return n;
        }),
      );
      yield* Stream.runDrain(Stream.take(slow, 101));
    }),
  },
  {
    id: "streaming/typed-failure",
    title: "a typed failure in the middle comes after the elements before it",
    guarantees: ["S1", "E1"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const seen: Array<number> = [];
      const values = runtime.stream(Effects.refusedStream, 5);
      const error = yield* failureOf(Stream.runForEach(values, (n) => Effect.sync(() => void seen.push(n))));
      assert.ok(error instanceof Effects.Refused);
      assert.deepEqual(seen, [1, 2, 3, 4, 5]);
    }),
  },
  {
    id: "streaming/defect",
    title: "a defect in the middle comes after the elements before it",
    guarantees: ["S1", "E2"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const seen: Array<number> = [];
      const values = runtime.stream(Plain.failingStream, 5);
      const defect = yield* defectOf(Stream.runForEach(values, (n) => Effect.sync(() => void seen.push(n))));
      assert.ok(defect instanceof RangeError);
      assert.equal((defect as { readonly code?: unknown }).code, "E_STREAM");
      assert.deepEqual(seen, upTo(5));
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "streaming/consumer-fails",
    title: "a consumer that fails ends the body",
    guarantees: ["S3"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      const file = path("produced");
      const values = Stream.mapEffect(runtime.stream(Plain.produce, file), (n) =>
        n < 3 ? Effect.succeed(n) : Effect.fail("enough" as const),
      );
      assert.equal(yield* failureOf(Stream.runDrain(values)), "enough");
      assert.equal(textOf(file), "returned");
    }),
  },
  {
    id: "streaming/at-once",
    title: "several streams at once do not mix",
    guarantees: ["S1", "R2"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const all = yield* Effect.forEach(
        [300, 200, 100],
        (n) => Stream.runCollect(runtime.stream(Plain.count, n)),
        { concurrency: "unbounded" },
      );
      assert.deepEqual(all, [upTo(300), upTo(200), upTo(100)]);
    }),
  },
];
