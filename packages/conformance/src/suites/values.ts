/**
 * Values keep their meaning on the way in and out, or are refused; nothing changes silently.
 */
import * as assert from "node:assert/strict";

import * as Task from "@heddle/core/Task";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { Case, Suite } from "../Conformance.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Schemas from "../fixtures/tasks/schemas.ts";
import * as Thrown from "../fixtures/tasks/thrown.ts";
import { defectOf, isIsolated, reasonOf } from "../internal/expect.ts";

const survives = (what: string, value: unknown): Case => ({
  id: `values/${what}`,
  title: `${what} survives the trip`,
  // JSON carries these only with a schema.
  needs: (capabilities) => capabilities.values !== "json",
  run: Effect.fnUntraced(function* ({ runtime }) {
    assert.deepEqual(yield* runtime.run(Plain.echo, value), value);
  }),
});

const copies = (capabilities: { readonly values: string }): boolean => capabilities.values !== "reference";

const shared = { name: "shared" };

export const values: Suite = [
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
  survives("null", null),
  survives("RegExp", /a+b/giu),
  survives("long-text", "ü💡".repeat(50_000)),
  survives("shared-reference", [shared, shared]),
  {
    id: "values/cycle",
    title: "a cycle survives the trip",
    needs: (capabilities) => capabilities.values !== "json",
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
    run: Effect.fnUntraced(function* ({ runtime }) {
      const value = { a: 1 };
      const back = yield* runtime.run(Plain.echo, value);
      assert.equal(back === value, runtime.capabilities.values === "reference");
    }),
  },
  {
    id: "values/schema-class",
    title: "a class with a schema goes in and out as that class",
    run: Effect.fnUntraced(function* ({ runtime }) {
      const back = yield* runtime.run(Schemas.mirror, new Schemas.Point({ x: 1, y: 2 }));
      assert.ok(back instanceof Schemas.Point);
      assert.deepEqual([back.x, back.y], [2, 3]);
    }),
  },
  {
    id: "values/schema-stream",
    title: "the elements of a stream with a schema arrive as that class",
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
    run: Effect.fnUntraced(function* ({ events, runtime }) {
      const reason = yield* reasonOf(runtime.run(Schemas.mirror, { x: "no" } as never), "InvalidInput");
      assert.ok(reason.detail.length > 0);
      assert.deepEqual(events, []);
    }),
  },
  {
    id: "values/invalid-output",
    title: "an output that does not fit its schema is InvalidOutput",
    run: Effect.fnUntraced(function* ({ runtime }) {
      const reason = yield* reasonOf(runtime.run(Schemas.wrongOutput, "text"), "InvalidOutput");
      assert.equal(reason.where, "output");
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "values/input-not-serializable",
    title: "an input that cannot cross is NotSerializable with its path, and the runtime goes on",
    needs: copies,
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
    needs: copies,
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
    needs: (capabilities) => isIsolated(capabilities) && copies(capabilities),
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
    needs: copies,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const reason = yield* reasonOf(runtime.run(Thrown.nestedFunction, 0), "NotSerializable");
      assert.equal(reason.path, "output.list[0].get(k).values()[1].deep");
    }),
  },
  {
    id: "values/error-not-serializable",
    title: "a typed failure that cannot cross is NotSerializable with its path, and the runtime goes on",
    needs: (capabilities) => isIsolated(capabilities) && copies(capabilities),
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
    needs: (capabilities) => isIsolated(capabilities) && copies(capabilities),
    run: Effect.fnUntraced(function* ({ runtime }) {
      const reason = yield* reasonOf(runtime.run(Thrown.reportsFunction, 0), "NotSerializable");
      assert.equal(reason.where, "progress");
      assert.equal(reason.path, "progress.rows[1].callback");
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "values/shared-memory",
    title: "a SharedArrayBuffer is shared where the runtime says so, and NotSerializable elsewhere",
    needs: isIsolated,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const words = new Int32Array(new SharedArrayBuffer(4));
      const call = runtime.run(Plain.echo, { words });
      if (runtime.capabilities.sharedMemory) {
        const back = (yield* call) as { readonly words: Int32Array<SharedArrayBuffer> };
        Atomics.store(words, 0, 42);
        assert.equal(Atomics.load(back.words, 0), 42);
      } else {
        const reason = yield* reasonOf(call, "NotSerializable");
        assert.deepEqual([reason.where, reason.path.startsWith("input.words")], ["input", true]);
      }
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "values/BigInt-alone-and-inside",
    title: "BigInt arguments cross, alone and within others, and the next call works",
    needs: (capabilities) => capabilities.values !== "json",
    run: Effect.fnUntraced(function* ({ runtime }) {
      for (const value of [1n, [1n, { deep: 2n ** 100n }], BigInt64Array.of(-1n)]) {
        assert.deepEqual(yield* runtime.run(Plain.echo, value), value);
      }
    }),
  },
  {
    id: "values/by-reference",
    title: "where values go by reference, anything may cross",
    needs: (capabilities) => capabilities.values === "reference",
    run: Effect.fnUntraced(function* ({ runtime }) {
      const f = (): number => 1;
      assert.equal(yield* runtime.run(Plain.echo, f), f);
    }),
  },
  {
    id: "values/closure",
    title: "a task without a module runs where bodies do not leave the isolate, and is refused elsewhere",
    run: Effect.fnUntraced(function* ({ runtime }) {
      const local = Task.make({ name: "local/closure", body: (n: number) => n + 1 });
      if (isIsolated(runtime.capabilities)) yield* reasonOf(runtime.run(local, 1), "TaskNotPortable");
      else assert.equal(yield* runtime.run(local, 1), 2);
    }),
  },
  {
    id: "values/defect-in-schema",
    title: "a body that throws instead of giving its output is a defect, not an invalid output",
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.ok((yield* defectOf(runtime.run(Thrown.throws, "range"))) instanceof RangeError);
    }),
  },
];
