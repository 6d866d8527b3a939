/**
 * Values keep their meaning on the way in and out, or are refused; nothing changes silently.
 */
import assert from "node:assert/strict";

import * as Task from "@heddle/core/Task";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { Case } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Schemas from "../fixtures/tasks/schemas.ts";
import * as Thrown from "../fixtures/tasks/thrown.ts";
import * as Together from "../fixtures/tasks/together.ts";
import * as Told from "../fixtures/tasks/told.ts";
import { defectOf, reasonOf, upTo } from "../internal/expect.ts";

const survives = (what: string, value: unknown, needs?: Case["needs"]): Case => ({
  id: `values/${what}`,
  title: `${what} survives the trip`,
  guarantees: ["V1"],
  // JSON carries most of these only with a schema.
  needs: needs ?? ["richValues"],
  run: Effect.fnUntraced(function* ({ runtime }) {
    assert.deepEqual(yield* runtime.run(Plain.echo, value), value);
  }),
});

const shared = { name: "shared" };

// Places 0, 2 and 4 are holes, which are not the same as undefined.
const sparse: Array<unknown> = [];
sparse.length = 5;
sparse[1] = 1;
sparse[3] = undefined;

export const values: ReadonlyArray<Case> = [
  survives("bigint", 9_999_999_999_999_917n),
  survives("Map", new Map<unknown, unknown>([[{ key: 1 }, new Map([["a", 1n]])]])),
  survives("Set", new Set([1, "1", 1n])),
  survives("Date", new Date(1_234_567_890_123)),
  survives("typed-array", Float64Array.of(0.1, -0, Number.NaN, Infinity)),
  survives(
    "bytes",
    new Uint8Array(70_000).map((_, i) => i),
  ),
  survives("DataView", new DataView(Uint8Array.of(1, 2, 3).buffer, 1)),
  survives("NaN-and-minus-zero", [Number.NaN, -0, Infinity, -Infinity]),
  survives("undefined", { a: undefined, b: [undefined, null] }),
  survives("undefined-alone", undefined),
  survives("null", null, []),
  survives("RegExp", /a+b/giu),
  survives("long-text", "ü💡".repeat(50_000), []),
  survives("lone-surrogates", ["\ud800", "a\udc00b", { "\udfff": "\ud83d" }], []),
  survives("sparse-array", sparse),
  survives(
    "megabytes",
    new Uint8Array(3_000_000).map((_, i) => i % 251),
  ),
  survives("shared-reference", [shared, shared]),
  {
    id: "values/cycle",
    title: "a cycle survives the trip",
    guarantees: ["V1"],
    needs: ["richValues"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const ring: { self?: unknown } = {};
      ring.self = ring;
      const back = (yield* runtime.run(Plain.echo, ring)) as typeof ring;
      assert.equal(back.self, back);
    }),
  },
  {
    id: "values/copied",
    title: "values are copied where the runtime says so",
    guarantees: ["V2"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const value = { a: 1 };
      const back = yield* runtime.run(Plain.echo, value);
      assert.equal(back === value, runtime.capabilities.values === "reference");
    }),
  },
  {
    id: "values/input-own",
    title: "where values are copied, a body may change its input, and the caller's object stays as it was",
    guarantees: ["V2"],
    needs: ["copies"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const input = { list: [1, 2], inner: { n: 1, gone: "not yet" } };
      assert.deepEqual(yield* runtime.run(Told.changes, input), { list: [1, 2, 3], inner: { n: 2 } });
      assert.deepEqual(input, { list: [1, 2], inner: { n: 1, gone: "not yet" } });
      input.inner.n = 7;
      assert.deepEqual(yield* runtime.run(Told.changes, input), { list: [1, 2, 3], inner: { n: 8 } });
    }),
  },
  {
    id: "values/own-at-once",
    title: "of calls that are made at once each body gets a copy of its own, also of what their inputs share",
    guarantees: ["V2"],
    needs: ["copies"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const common = { count: 0 };
      // Most of them are given to busy workers ahead, once the first have turned out to be short.
      for (const row of [{ shared: common }, { shared: common, map: new Map([[1, common]]) }]) {
        const calls = upTo(500).map((n) => runtime.run(Together.changes, { n, ...row }));
        assert.deepEqual(
          yield* Effect.all(calls, { concurrency: "unbounded" }),
          upTo(500).map((n) => `${n} 1`),
        );
      }
    }),
  },
  {
    id: "values/schema-class",
    title: "a class with a schema goes in and out as that class",
    guarantees: ["V3"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const back = yield* runtime.run(Schemas.mirror, new Schemas.Point({ x: 1, y: 2 }));
      assert.ok(back instanceof Schemas.Point);
      assert.deepEqual([back.x, back.y], [2, 3]);
    }),
  },
  {
    id: "values/schema-stream",
    title: "the elements of a stream with a schema arrive as that class",
    guarantees: ["V3", "S1"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const points = yield* Stream.runCollect(runtime.stream(Schemas.walk, 3));
      assert.ok(points.every((point) => point instanceof Schemas.Point));
      assert.deepEqual(
        points.map(({ sum }) => sum),
        [0, 0, 0],
      );
    }),
  },
  {
    id: "values/invalid-input",
    title: "an input that does not fit its schema is InvalidInput, before anything starts",
    guarantees: ["V3"],
    run: Effect.fnUntraced(function* ({ events, runtime }) {
      const reason = yield* reasonOf(runtime.run(Schemas.mirror, { x: "no" } as never), "InvalidInput");
      assert.ok(reason.detail.length > 0);
      assert.deepEqual(events, []);
    }),
  },
  {
    id: "values/invalid-output",
    title: "an output that does not fit its schema is InvalidOutput",
    guarantees: ["V3"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const reason = yield* reasonOf(runtime.run(Schemas.wrongOutput, "text"), "InvalidOutput");
      assert.equal(reason.where, "output");
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "values/input-not-serializable",
    title: "an input that cannot cross is NotSerializable with its path, and the runtime goes on",
    guarantees: ["V4"],
    needs: ["copies", "richValues"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const input = { rows: [{}, { callback: () => 1 }] };
      const reason = yield* reasonOf(runtime.run(Plain.echo, input), "NotSerializable");
      assert.equal(reason.where, "input");
      assert.equal(reason.path, "input.rows[1].callback");
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
      const symbol = yield* reasonOf(
        runtime.run(Plain.echo, new Map([["k", Symbol("s")]])),
        "NotSerializable",
      );
      assert.equal(symbol.path, "input.get(k)");
    }),
  },
  {
    id: "values/output-not-serializable",
    title: "an output that cannot cross is NotSerializable with its path, and the runtime goes on",
    guarantees: ["V4"],
    needs: ["copies"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const reason = yield* reasonOf(runtime.run(Plain.functionInside, 0), "NotSerializable");
      assert.equal(reason.where, "output");
      assert.equal(reason.path, "output.rows[1].callback");
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "values/element-not-serializable",
    title: "an element of a stream that cannot cross ends the stream with NotSerializable",
    guarantees: ["V4"],
    needs: ["isolation", "copies", "streaming"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const elements = runtime.stream(Plain.functionInStream, 0);
      const reason = yield* reasonOf(Stream.runCollect(elements), "NotSerializable");
      assert.equal(reason.where, "output");
      assert.match(reason.path, /callback$/);
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "values/nested-not-serializable",
    title: "the path of what cannot cross leads through arrays, maps and sets",
    guarantees: ["V4"],
    needs: ["copies", "richValues"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const reason = yield* reasonOf(runtime.run(Thrown.nestedFunction, 0), "NotSerializable");
      assert.equal(reason.path, "output.list[0].get(k).values()[1].deep");
    }),
  },
  {
    id: "values/error-not-serializable",
    title: "a typed failure that cannot cross is NotSerializable with its path, and the runtime goes on",
    guarantees: ["V4", "E1"],
    needs: ["isolation", "copies"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const reason = yield* reasonOf(runtime.run(Schemas.failsWithFunction, 0), "NotSerializable");
      assert.equal(reason.where, "error");
      assert.equal(reason.path, "error.rows[1].callback");
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "values/progress-not-serializable",
    title: "progress that cannot cross ends the body with NotSerializable, unless it catches that",
    guarantees: ["V4", "P1"],
    needs: ["isolation", "copies"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const reason = yield* reasonOf(runtime.run(Thrown.reportsFunction, 0), "NotSerializable");
      assert.equal(reason.where, "progress");
      assert.equal(reason.path, "progress.rows[1].callback");
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "values/shared-memory",
    title: "a SharedArrayBuffer is the same memory on both sides",
    guarantees: ["V6"],
    needs: ["sharedMemory"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const words = new Int32Array(new SharedArrayBuffer(4));
      const back = yield* runtime.run(Plain.echo, { words });
      Atomics.store(words, 0, 42);
      assert.equal(Atomics.load((back as { readonly words: typeof words }).words, 0), 42);
    }),
  },
  {
    id: "values/no-shared-memory",
    title: "without shared memory a SharedArrayBuffer is NotSerializable, and the runtime goes on",
    guarantees: ["V6", "V4"],
    needs: ["isolation", "noSharedMemory"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const words = new Int32Array(new SharedArrayBuffer(4));
      const reason = yield* reasonOf(runtime.run(Plain.echo, { words }), "NotSerializable");
      assert.deepEqual([reason.where, reason.path.startsWith("input.words")], ["input", true]);
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "values/BigInt-alone-and-inside",
    title: "BigInt arguments cross, alone and within others, and the next call works",
    guarantees: ["V1"],
    needs: ["richValues"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      for (const value of [1n, [1n, { deep: 2n ** 100n }], BigInt64Array.of(-1n)]) {
        assert.deepEqual(yield* runtime.run(Plain.echo, value), value);
      }
    }),
  },
  {
    id: "values/by-reference",
    title: "where values go by reference, anything may cross",
    guarantees: ["V2"],
    needs: ["references"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const f = (): number => 1;
      assert.equal(yield* runtime.run(Plain.echo, f), f);
    }),
  },
  {
    id: "values/closure",
    title: "a task without a module runs where bodies do not leave the isolate",
    guarantees: ["K3"],
    needs: ["noIsolation"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const local = Task.make({ name: "local/closure", body: (n: number) => n + 1 });
      assert.equal(yield* runtime.run(local, 1), 2);
    }),
  },
  {
    id: "values/closure-refused",
    title:
      "a task without a module is TaskNotPortable where bodies leave the isolate, before anything starts",
    guarantees: ["K3"],
    needs: ["isolation"],
    run: Effect.fnUntraced(function* ({ events, runtime }) {
      const local = Task.make({ name: "local/closure", body: (n: number) => n + 1 });
      yield* reasonOf(runtime.run(local, 1), "TaskNotPortable");
      assert.deepEqual(events, []);
    }),
  },
  {
    id: "values/defect-in-schema",
    title: "a body that throws instead of giving its output is a defect, not an invalid output",
    guarantees: ["E2", "V3"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.ok((yield* defectOf(runtime.run(Thrown.throws, "range"))) instanceof RangeError);
    }),
  },
];
