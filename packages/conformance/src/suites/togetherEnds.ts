/**
 * How maps of many short jobs end early, and how far they run ahead.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { Case } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Together from "../fixtures/tasks/together.ts";
import { assertIdle, eventually, rejectionOf, upTo } from "../internal/expect.ts";
import { assertSame, endless, promiseFormOf, takeSome, unobserved } from "../internal/maps.ts";
import { refusalOf } from "../internal/refusal.ts";

export const togetherEnds: ReadonlyArray<Case> = [
  {
    id: "ordering/together-lazy",
    title:
      "a map of many short jobs takes no more inputs than its concurrency ahead, and closes them in the end",
    guarantees: ["O3", "O6"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const { inputs, isClosed, taken } = endless();
      const consume = async (): Promise<void> => {
        let given = 0;
        for await (const result of promiseFormOf(runtime).map(Together.halves, inputs, {
          concurrency: 1000,
        })) {
          assert.equal(result, given++ / 2);
          assert.ok(taken() <= given + 1000, `${taken()} inputs for ${given} results`);
          if (given === 5000) return;
        }
      };
      yield* Effect.promise(consume);
      assert.ok(isClosed(), "the inputs were not closed");
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "ordering/together-bounded",
    title: "a map whose results nobody takes takes a bounded number of inputs, also without a concurrency",
    guarantees: ["O3"],
    run: Effect.fnUntraced(function* ({ runtime, size }) {
      const { inputs, taken } = endless();
      const iterator = promiseFormOf(runtime).map(Together.halves, inputs)[Symbol.asyncIterator]();
      for (let n = 0; n < 5000; n++) {
        const { value } = yield* Effect.promise(() => iterator.next());
        assert.equal(value, n / 2);
      }
      yield* eventually(() => Effect.runSync(runtime.stats).queued === 0, "what was taken ends");
      assert.ok(taken() <= 5000 + Math.max(2, size) * 2 * 16_384 + 16_384, `${taken()} inputs`);
      yield* Effect.promise(async () => iterator.return?.());
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "ordering/together-early-end",
    title:
      "whoever leaves a map of many short jobs early has what is under way told, and it has stopped by then",
    guarantees: ["O6", "S3", "C2", "C8"],
    needs: ["isolation"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      for (const task of [Together.holdsAt, Together.waitsAt]) {
        const file = path("stopped");
        const inputs = upTo(5000).map((n) => Together.inputOf(n, 4000, file));
        const found = yield* Effect.promise(() =>
          takeSome(promiseFormOf(runtime).map(task, inputs, { ordered: false, concurrency: 100_000 }), 1000),
        );
        assert.equal(found.length, 1000);
        yield* assertIdle(runtime);
        // It may not have come to that one.
        for (const mark of marks(file)) assert.match(mark, /=true$/);
      }
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "ordering/together-told",
    title: "the job that runs among others hears that its map was left, and those behind it never begin",
    guarantees: ["O6", "C2", "C8"],
    needs: ["isolation", "sharedMemory"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("stopped");
      const controller = new AbortController();
      // The first one: on a busy machine, the series may have stopped before any other, and told results.
      const inputs = upTo(500).map((n) => Together.inputOf(n, 0, file));
      const { signal } = controller;
      const results = promiseFormOf(runtime).map(Together.holdsAt, inputs, {
        chunk: 500,
        concurrency: 100_000,
        signal,
      });
      const iterator = results[Symbol.asyncIterator]();
      const first = iterator.next();
      yield* eventually(() => Effect.runSync(runtime.stats).running === 1, "it runs");
      controller.abort(new RangeError("expected: enough"));
      assert.equal(((yield* rejectionOf(first)) as Error).message, "expected: enough");
      for (const mark of marks(file)) assert.equal(mark, "cancelled=true");
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "ordering/together-waits",
    title: "a job that waits among many holds up none of those behind it, as long as there is another place",
    guarantees: ["O6"],
    needs: ["severalPlaces"],
    run: Effect.fnUntraced(function* ({ open, path, runtime }) {
      const file = path("open");
      // The first one: on a busy machine, the series may have stopped before any other.
      const inputs = upTo(300).map((n) => Together.inputOf(n, 0, file));
      const options = { chunk: 300, concurrency: 100_000, ordered: false };
      const results = promiseFormOf(runtime).map(Together.waitsForFileAt, inputs, options);
      const found: Array<number> = [];
      yield* Effect.promise(async () => {
        for await (const result of results) if (found.push(result) === 299) open(file);
      });
      assert.equal(found.at(-1), 0);
      assertSame(
        found.toSorted((a, b) => a - b),
        upTo(300),
      );
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "ordering/together-abort",
    title: "an aborted map of many short jobs throws the reason of its signal",
    guarantees: ["C4", "O6"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const reason = new RangeError("expected: enough");
      const controller = new AbortController();
      const { inputs, isClosed } = endless();
      const results = promiseFormOf(runtime).map(Together.halves, inputs, { signal: controller.signal });
      let given = 0;
      const consume = async (): Promise<void> => {
        for await (const _ of results) if (++given === 3000) controller.abort(reason);
      };
      assert.equal(yield* rejectionOf(consume()), reason);
      assert.equal(given, 3000);
      assert.ok(isClosed());
      yield* assertIdle(runtime);
      assert.equal(yield* rejectionOf(takeSome(results, 1)), reason);
    }),
  },
  {
    id: "ordering/together-all",
    title: "all results at once are those of the iteration, or its failure, or why it was cancelled",
    guarantees: ["O2", "O6", "C1"],
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      const promised = promiseFormOf(runtime);
      const file = path("marks");
      const ask = async (): Promise<void> => {
        const halves = promised.map(Together.halves, upTo(3000));
        const expected = upTo(3000).map((n) => n / 2);
        assertSame(await halves.toArray(), expected);
        assertSame(await halves.toArray(), expected);
        assert.deepEqual(await promised.map(Together.halves, []).toArray(), []);
        assertSame(
          await promised.map(Together.halves, upTo(30), { chunk: 1 }).toArray(),
          expected.slice(0, 30),
        );
        const unordered = await promised.map(Together.halves, upTo(3000), { ordered: false }).toArray();
        assertSame(
          unordered.toSorted((a, b) => a - b),
          expected,
        );
        const inputs = upTo(2000).map((n) => Together.inputOf(n, 1500, file));
        const failing = promised.map(Together.throwsAt, inputs).toArray();
        assert.match(String(await refusalOf(failing)), /expected: at 1500/);
        const reason = new Error("expected");
        const signal = AbortSignal.abort(reason);
        assert.equal(await refusalOf(promised.map(Together.halves, [1], { signal }).toArray()), reason);
      };
      yield* Effect.promise(ask);
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "ordering/together-asked-at-once",
    title: "results that are asked for at once come in order, and after the end there is nothing",
    guarantees: ["O2", "O6"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const ask = async (): Promise<void> => {
        const iterator = promiseFormOf(runtime).map(Together.halves, upTo(2000))[Symbol.asyncIterator]();
        const steps = await Promise.all(upTo(2100).map(() => iterator.next()));
        assert.deepEqual(
          steps.filter(({ done }) => done !== true).map(({ value }) => value),
          upTo(2000).map((n) => n / 2),
        );
        assert.deepEqual(await iterator.next(), { done: true, value: undefined });
        const left = promiseFormOf(runtime).map(Together.halves, upTo(2000))[Symbol.asyncIterator]();
        await Promise.all([left.next(), left.next(), Promise.resolve(left.return?.())]);
        assert.equal((await left.next()).done, true);
        const error = new RangeError("expected: thrown");
        assert.equal(await Promise.resolve(left.throw?.(error)).catch((thrown: unknown) => thrown), error);
      };
      yield* Effect.promise(ask);
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "ordering/together-interrupted",
    title: "a stream of many short jobs that is interrupted has stopped by then",
    guarantees: ["O6", "S3"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const { inputs, isClosed } = endless();
      const some = runtime.map(Together.halves, inputs).pipe(Stream.take(4000), Stream.runCollect);
      assertSame(
        yield* unobserved(some),
        upTo(4000).map((n) => n / 2),
      );
      assert.ok(isClosed());
      yield* assertIdle(runtime);
    }),
  },
];
