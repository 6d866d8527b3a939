/**
 * What a body tells while it runs, and what it fails with, arrives as it was told: each once, for its own caller, unchanged.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { Case, Env } from "../Case.ts";
import * as Told from "../fixtures/tasks/told.ts";
import * as ToldEffects from "../fixtures/tasks/toldEffects.ts";
import { defectOf, eventually, failureOf, upTo } from "../internal/expect.ts";
import { linesOf } from "../internal/logged.ts";

/** Values that JSON, or a test for truth, would lose. */
const table: ReadonlyArray<readonly [string, unknown]> = [
  ["undefined", undefined],
  ["minus zero", -0],
  ["NaN and Infinity", [Number.NaN, Infinity, -Infinity]],
  ["undefined and minus zero inside", { a: undefined, b: [undefined, -0, null] }],
  ["bigint", 2n ** 70n],
  ["Map and Set", new Map<unknown, unknown>([[{ k: 1n }, new Set([1, "1"])]])],
  ["Date", new Date(1_234_567_890_123)],
  ["bytes", Uint8Array.of(0, 1, 255)],
];

const messagesOf = (lines: Effect.Success<ReturnType<typeof linesOf>>): ReadonlyArray<unknown> =>
  lines.map(({ message }) => message);

const logged: ReadonlyArray<Case> = [
  {
    id: "context/log-equal",
    title: "each of several equal log lines arrives",
    guarantees: ["X1"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const texts = ["same", "same", "other", "same", "", ""];
      const lines = yield* linesOf(runtime.run(Told.logs, texts));
      assert.deepEqual(
        messagesOf(lines),
        texts.map((text) => [text]),
      );
    }),
  },
  {
    id: "context/log-of-failure",
    title: "the log lines of a body that throws or fails arrive as well, before its end",
    guarantees: ["X1"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const thrown = yield* linesOf(defectOf(runtime.run(Told.logsAndThrows, ["a", "b"])));
      assert.deepEqual(messagesOf(thrown), [["a"], ["b"]]);
      const failed = yield* linesOf(failureOf(runtime.run(ToldEffects.logsAndFails, ["c", "d"])));
      assert.deepEqual(messagesOf(failed), [["c"], ["d"]]);
    }),
  },
];

/** What arrives of the progress that a body makes of its input. */
const reported = (
  { runtime }: Pick<Env, "runtime">,
  values: ReadonlyArray<unknown>,
): Effect.Effect<ReadonlyArray<unknown>, unknown> =>
  Effect.gen(function* () {
    const handle = yield* runtime.submit(Told.reportsEach, values);
    const arrived = yield* Stream.runCollect(handle.progress);
    yield* handle.await;
    return arrived;
  }).pipe(Effect.scoped);

const reports: ReadonlyArray<Case> = [
  {
    id: "progress/falsy",
    title: "progress that is falsy, or equal to the one before, arrives like any other",
    guarantees: ["P1"],
    shares: true,
    run: Effect.fnUntraced(function* (env) {
      const values = [0, "", false, null, null, 1, 1];
      assert.deepEqual(yield* reported(env, values), values);
    }),
  },
  {
    id: "progress/values",
    title: "progress keeps the meaning of its values",
    guarantees: ["P1", "V1"],
    needs: ["richValues"],
    shares: true,
    run: Effect.fnUntraced(function* (env) {
      for (const [what, value] of table) assert.deepEqual(yield* reported(env, [value]), [value], what);
    }),
  },
  {
    id: "progress/own-call",
    title: "what bodies report while others run reaches their own callers",
    guarantees: ["P1"],
    shares: true,
    run: Effect.fnUntraced(function* ({ marks, open, path, runtime, size }) {
      const [begun, gate] = [path("begun"), path("gate")];
      const tags = upTo(Math.min(size, 8)).map((i) => `body ${i}`);
      const handles = yield* Effect.forEach(tags, (tag) =>
        runtime.submit(Told.reportsAround, { tag, begun, gate }),
      );
      yield* eventually(() => marks(begun).length === tags.length, "all bodies begin");
      open(gate);
      for (const [i, handle] of handles.entries()) {
        yield* handle.await;
        const told = [`${tags[i]} before`, `${tags[i]} after`];
        assert.deepEqual(yield* Stream.runCollect(handle.progress), told);
      }
    }),
  },
];

const chunks: ReadonlyArray<Case> = [
  {
    id: "streaming/equal-elements",
    title: "elements that are equal to the one before, or falsy, arrive like any other",
    guarantees: ["S1"],
    needs: ["streaming"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const values = [1, 1, 1, 0, 0, "", "", false, false, null, null];
      for (const task of [Told.each, ToldEffects.eachOfStream]) {
        assert.deepEqual(yield* Stream.runCollect(runtime.stream(task, values)), values);
      }
    }),
  },
  {
    id: "streaming/values",
    title: "the elements of a stream keep their meaning, undefined included",
    guarantees: ["S1", "V1"],
    needs: ["streaming", "richValues"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const values = [...table.map(([, value]) => value), undefined, undefined];
      for (const task of [Told.each, ToldEffects.eachOfStream]) {
        assert.deepEqual(yield* Stream.runCollect(runtime.stream(task, values)), values);
      }
    }),
  },
];

const failures: ReadonlyArray<Case> = [
  {
    id: "errors/typed-values",
    title: "the fields of a typed failure keep the meaning of their values",
    guarantees: ["E1", "V1"],
    needs: ["richValues"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      for (const [what, value] of table) {
        const error = yield* failureOf(runtime.run(ToldEffects.failsWith, value));
        assert.ok(error instanceof ToldEffects.Holding, what);
        assert.ok("value" in error, what);
        assert.deepEqual(error.value, value, what);
      }
    }),
  },
  {
    id: "errors/long-message",
    title: "the message of an error arrives whole, however long",
    guarantees: ["E2"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const defect = yield* defectOf(runtime.run(Told.throwsLong, 5000));
      assert.ok(defect instanceof RangeError);
      assert.equal(defect.message, "m".repeat(5000));
    }),
  },
];

export const told: ReadonlyArray<Case> = [...logged, ...reports, ...chunks, ...failures];
