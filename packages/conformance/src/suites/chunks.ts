/**
 * A typed array in chunks: what bodies give of each comes back as one array, and nothing of the caller's changes.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";

import type { Case } from "../Case.ts";
import * as Chunks from "../fixtures/tasks/chunks.ts";
import { assertIdle, defectOf, promiseOf, reasonOf, rejectionOf } from "../internal/expect.ts";

const floats = (length: number): Float64Array<ArrayBuffer> => Float64Array.from({ length }, (_, i) => i / 3);

export const chunks: ReadonlyArray<Case> = [
  {
    id: "ordering/chunks",
    title: "the chunks of a typed array give one array in order, of the kind that bodies give, in any size",
    guarantees: ["O7"],
    needs: ["richValues"],
    run: Effect.fnUntraced(function* ({ promised, runtime }) {
      for (const length of [0, 1, 999, 100_000]) {
        const values = floats(length);
        const expected = Int32Array.from(values, (value) => Math.round(value * 2));
        const found = yield* runtime.mapChunks(Chunks.rounded, values);
        if (length > 0) assert.deepEqual(found, expected);
        assert.equal(found.length, length);
        const cut = yield* promiseOf(() => promised.mapChunks(Chunks.rounded, values, { chunk: 777 }));
        if (length > 0) assert.deepEqual(cut, expected);
        assert.deepEqual(values, floats(length));
      }
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "ordering/chunks-moved",
    title: "a body that changes and moves its chunk leaves the caller's array as it is",
    guarantees: ["O7", "V5"],
    needs: ["transfer"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const values = floats(300_000);
      const found = yield* runtime.mapChunks(Chunks.scaled, values, { chunk: 1000 });
      assert.deepEqual(
        found,
        values.map((value) => value * 2 + 1),
      );
      assert.deepEqual(values, floats(300_000));
    }),
  },
  {
    id: "ordering/chunks-in-place",
    title: "a view on shared memory is changed in place by bodies that give nothing",
    guarantees: ["O7", "V6"],
    needs: ["sharedMemory", "richValues"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const values = new Uint16Array(new SharedArrayBuffer(2 * 50_000));
      values.forEach((_, i) => (values[i] = i));
      assert.equal(yield* runtime.mapChunks(Chunks.inPlace, values, { chunk: 3000 }), values);
      assert.deepEqual(
        values,
        values.map((_, i) => i + 7),
      );
    }),
  },
  {
    id: "ordering/chunks-not-shared",
    title: "a body that gives nothing for memory that is not shared gives no output",
    guarantees: ["O7"],
    needs: ["richValues"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const reason = yield* reasonOf(runtime.mapChunks(Chunks.inPlace, new Uint16Array(10)), "InvalidOutput");
      assert.match(reason.detail, /expected a typed array/);
    }),
  },
  {
    id: "ordering/chunks-fail",
    title: "the failure of a chunk, or one of another length, ends all of them",
    guarantees: ["O4", "O7"],
    needs: ["richValues"],
    run: Effect.fnUntraced(function* ({ promised, runtime }) {
      const values = floats(10_000);
      values[5000] = -1;
      const thrown = yield* defectOf(runtime.mapChunks(Chunks.faulty, values, { chunk: 100 }));
      assert.ok(thrown instanceof RangeError);
      yield* assertIdle(runtime);
      values[5000] = -2;
      yield* reasonOf(runtime.mapChunks(Chunks.faulty, values, { chunk: 100 }), "InvalidOutput");
      yield* assertIdle(runtime);
      yield* reasonOf(runtime.mapChunks(Chunks.faulty, values, { chunk: 0 }), "InvalidOptions");
      const none = undefined as unknown as typeof values;
      yield* reasonOf(runtime.mapChunks(Chunks.faulty, none), "InvalidInput");
      const reason = new RangeError("expected: enough");
      const aborted = promised.mapChunks(Chunks.faulty, floats(100), { signal: AbortSignal.abort(reason) });
      assert.equal(yield* rejectionOf(aborted), reason);
    }),
  },
];
