/**
 * What a nested body tells reaches the caller of the body above where it has to, and a stream between two bodies is bounded.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import type * as Tracer from "effect/Tracer";

import type { Case } from "../Case.ts";
import * as Told from "../fixtures/tasks/told.ts";
import * as ToldEffects from "../fixtures/tasks/toldEffects.ts";
import { marked } from "../internal/expect.ts";
import { linesOf, spansOf } from "../internal/logged.ts";
import { atRest } from "../internal/producer.ts";

// Twice what one stream may hold: the elements travel by way of the program that both bodies belong to.
const bound = 128;

/** The names of the spans from the innermost to the root; all are of one trace. */
const lineOf = (spans: ReadonlyArray<Tracer.NativeSpan>, traceId: string): ReadonlyArray<string> => {
  assert.deepEqual(
    spans.map((span) => span.traceId),
    spans.map(() => traceId),
  );
  const parentOf = (span: Tracer.NativeSpan): Tracer.NativeSpan | undefined =>
    spans.find(({ spanId }) => spanId === Option.getOrUndefined(span.parent)?.spanId);
  const line: Array<string> = [];
  let span = spans.find(({ name }) => name === "below");
  for (; span !== undefined; span = parentOf(span)) line.push(span.name);
  assert.equal(line.length, spans.length, `spans: ${spans.map(({ name }) => name).join(", ")}`);
  return line;
};

export const toldNested: ReadonlyArray<Case> = [
  {
    id: "nesting/log",
    title:
      "log lines of a nested body reach the caller of the body above, in order, with the caller's annotations",
    guarantees: ["X1", "N1"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const lines = yield* linesOf(runtime.run(Told.logsAround, 0));
      assert.deepEqual(
        lines.map(({ annotations, message }) => [message, annotations]),
        ["above, before", "below", "below", "above, after"].map((text) => [[text], { request: "r1" }]),
      );
    }),
  },
  {
    id: "nesting/progress",
    title: "what a nested body reports is not progress of the body above",
    guarantees: ["P1", "N1"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const handle = yield* runtime.submit(Told.reportsAbove, 0);
      yield* handle.await;
      assert.deepEqual(yield* Stream.runCollect(handle.progress), ["above, before", "above, after"]);
    }),
  },
  {
    id: "nesting/annotations",
    title: "log lines of a nested body have the annotations of the caller and of the body above",
    guarantees: ["X1"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.deepEqual(yield* linesOf(runtime.run(ToldEffects.callsAnnotated, "you")), [
        { message: ["you"], level: "Info", annotations: { request: "r1", inner: "you" } },
        { message: ["you"], level: "Warn", annotations: { request: "r1", inner: "you", below: true } },
      ]);
    }),
  },
  {
    id: "nesting/trace",
    title: "a nested body is in the trace of the caller, below the span that called it",
    guarantees: ["X2"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const { spans, value } = yield* spansOf(runtime.run(ToldEffects.callsTraced, 0));
      assert.deepEqual(lineOf(spans, value), [
        "below",
        "run told/traced",
        "outer",
        "run told/callsTraced",
        "caller",
      ]);
    }),
  },
  {
    id: "nesting/trace-plain",
    title: "what a plain body calls is in the trace of the caller, below the span of that body",
    guarantees: ["X2"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const { spans, value } = yield* spansOf(runtime.run(ToldEffects.callsTracedPlainly, 0));
      assert.deepEqual(lineOf(spans, value), [
        "below",
        "run told/traced",
        "run told/callsTracedPlainly",
        "caller",
      ]);
    }),
  },
  {
    id: "nesting/stream-back-pressure",
    title: "a body that is slow to take the elements of a stream holds the nested producer back",
    guarantees: ["S2", "N1"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* (env) {
      const { open, path, runtime } = env;
      const [produced, begun, gate] = [path("produced"), path("begun"), path("gate")];
      const handle = yield* runtime.submit(ToldEffects.taps, { produced, begun, gate });
      yield* marked(env, begun);
      const ahead = (yield* atRest(produced)) - 1;
      assert.ok(ahead >= 0 && ahead < bound, `the producer is ${ahead} elements ahead`);
      open(gate);
      const taken = yield* handle.await;
      assert.deepEqual(
        taken,
        Array.from({ length: 200 }, (_, i) => i + 1),
      );
    }),
  },
];
