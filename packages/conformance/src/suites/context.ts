/**
 * The caller's context reaches the body, and what the body logs and traces reaches the caller.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Tracer from "effect/Tracer";

import type { Case } from "../Case.ts";
import * as NestedEffects from "../fixtures/tasks/nestedEffects.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { linesOf, spansOf } from "../internal/logged.ts";

export const context: ReadonlyArray<Case> = [
  {
    id: "context/log",
    title: "a log line of a plain body reaches the caller's logger, with the caller's annotations",
    guarantees: ["X1"],
    needs: ["richValues"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.deepEqual(yield* linesOf(runtime.run(Plain.talk, "you")), [
        { message: ["hello", "you", { deep: 1n }], level: "Info", annotations: { request: "r1" } },
      ]);
    }),
  },
  {
    id: "context/effect-log",
    title:
      "log lines of an Effect body reach the caller's logger with their levels and both sides' annotations",
    guarantees: ["X1"],
    needs: ["richValues"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const request = "r1";
      assert.deepEqual(yield* linesOf(runtime.run(NestedEffects.logs, "you")), [
        { message: ["hello", "you"], level: "Info", annotations: { request } },
        { message: ["careful", { deep: 1n }], level: "Warn", annotations: { request, inner: "you" } },
        { message: ["bad"], level: "Error", annotations: { request } },
      ]);
    }),
  },
  {
    id: "context/log-before-end",
    title: "all log lines of a body come before its end, in order",
    guarantees: ["X1"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      for (const name of ["a", "b", "c"]) {
        const lines = yield* linesOf(runtime.run(NestedEffects.logs, name));
        assert.deepEqual(
          lines.map(({ level }) => level),
          ["Info", "Warn", "Error"],
        );
      }
    }),
  },
  {
    id: "context/trace",
    title: "a body is in the trace of its caller, and its spans reach the caller's tracer below the run span",
    guarantees: ["X2"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const { spans, value } = yield* spansOf(runtime.run(NestedEffects.spans, 0));
      const named = (name: string): Tracer.NativeSpan => {
        const found = spans.filter((span) => span.name === name);
        assert.equal(found.length, 1, `spans: ${spans.map((span) => span.name).join(", ")}`);
        return found[0]!;
      };
      const parentOf = (name: string): string | undefined =>
        Option.getOrUndefined(named(name).parent)?.spanId;
      const caller = named("caller");
      assert.equal(value, caller.traceId);
      assert.equal(parentOf("run nestedEffects/spans"), caller.spanId);
      assert.equal(parentOf("outer"), named("run nestedEffects/spans").spanId);
      assert.equal(parentOf("inner"), named("outer").spanId);
      for (const span of spans) {
        assert.equal(span.status._tag, "Ended");
        assert.equal(span.traceId, caller.traceId);
      }
      assert.equal(named("inner").attributes.get("n"), 1);
    }),
  },
];
