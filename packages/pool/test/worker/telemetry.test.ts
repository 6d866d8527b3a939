import { assert, describe, it } from "@effect/vitest";
import type { SpanEvent } from "@heddle/core/Job";

import { isWorkerFrame, Kind } from "../../src/Frame.ts";
import * as Nested from "./fixtures/nested.ts";
import * as Tasks from "./fixtures/values.ts";
import { Host } from "./harness.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const callerId = "b7ad6b7169203331";
const trace = [traceId, callerId, true] as const;

const linesOf = (host: Host) =>
  host.of(Kind.log).map(([, , message, level, annotations]) => ({ message, level, annotations }));
const spansOf = (host: Host) => host.of(Kind.span).map(([, , event]) => event);

describe("logs of Effect bodies", () => {
  it("reach the host with their level and values, before the end", async () => {
    const host = new Host();
    const call = host.call(Tasks.logs, "levels");
    assert.propertyVal(await host.end(call), "_tag", "Success");
    const lines = linesOf(host);
    assert.deepStrictEqual(
      lines.map(({ level }) => level),
      ["Trace", "Debug", "Info", "Warn", "Error", "Fatal"],
    );
    assert.deepStrictEqual(lines[2]!.message, ["i", 1n, { deep: new Map([[1, 2]]) }]);
    assert.strictEqual(host.sent.at(-1)![0], Kind.outcome);
    assert.isTrue(host.sent.every(isWorkerFrame));
  });

  it("carry the annotations that the body added, and no other", async () => {
    const host = new Host();
    await host.end(host.call(Tasks.logs, "annotated", { annotations: { request: "same", other: 2 } }));
    const [line] = linesOf(host);
    assert.deepStrictEqual(
      new Map(Object.entries(line!.annotations!)),
      new Map<string, unknown>([
        ["__proto__", "odd"],
        ["own", 1],
      ]),
    );
    assert.strictEqual(Object.getPrototypeOf(line!.annotations), Object.prototype);
  });

  it("show a cause as text", async () => {
    const host = new Host();
    await host.end(host.call(Tasks.logs, "cause"));
    const [message, cause] = linesOf(host)[0]!.message;
    assert.strictEqual(message, "failed");
    assert.match(String(cause), /RangeError: too much/);
  });

  it("turn what cannot be cloned into text and never fail the body", async () => {
    const host = new Host();
    assert.propertyVal(await host.end(host.call(Tasks.logs, "function")), "_tag", "Success");
    assert.propertyVal(await host.end(host.call(Tasks.logs, "hostile")), "_tag", "Success");
    const [functions, hostile] = linesOf(host);
    assert.deepStrictEqual(functions!.message, ["f", "[Function (anonymous)]", "Symbol(s)", { kept: 1n }]);
    assert.deepStrictEqual(functions!.annotations, { call: "[Function: call]" });
    assert.strictEqual(hostile!.message.length, 1);
    assert.isString(hostile!.message[0]);
  });
});

describe("spans of Effect bodies", () => {
  it("tell how they began and ended, within the caller's span", async () => {
    const host = new Host();
    await host.end(host.call(Tasks.spans, "nested", { trace }));
    const events = spansOf(host);
    assert.strictEqual(events.length, 5);
    const [outer, noted, inner, innerEnd, outerEnd] = events as [
      SpanEvent,
      SpanEvent,
      SpanEvent,
      SpanEvent,
      SpanEvent,
    ];
    assert.isTrue(outer._tag === "Started" && outer.parentSpanId === callerId && outer.name === "outer");
    assert.deepStrictEqual(noted, {
      _tag: "Noted",
      spanId: outer.spanId,
      name: "seen",
      epochNanos: 5n,
      attributes: { a: 1 },
    });
    assert.isTrue(inner._tag === "Started" && inner.parentSpanId === outer.spanId && inner.kind === "client");
    assert.isTrue(innerEnd._tag === "Ended" && innerEnd.spanId === inner.spanId);
    assert.deepStrictEqual(innerEnd._tag === "Ended" && innerEnd.attributes, { f: "[Function: f]", n: 1 });
    assert.isTrue(outerEnd._tag === "Ended" && outerEnd.failure === undefined);
    assert.propertyVal(outerEnd._tag === "Ended" && outerEnd.attributes, "a", "b");
    assert.isTrue(host.sent.every(isWorkerFrame));
    assert.strictEqual(host.sent.at(-1)![0], Kind.outcome);
  });

  it("say what they failed with", async () => {
    const host = new Host();
    await host.end(host.call(Tasks.spans, "failing", { trace }));
    const ended = spansOf(host)[1]!;
    assert.isTrue(ended._tag === "Ended" && ended.failure === "kaputt");
  });

  it.each(["root", "elsewhere"])(
    "stand under the caller's even if they want another parent: %s",
    async (kind) => {
      const host = new Host();
      await host.end(host.call(Tasks.spans, kind, { trace }));
      const started = spansOf(host)[0]!;
      assert.isTrue(started._tag === "Started" && started.parentSpanId === callerId);
    },
  );

  it("are not made where nobody traces, or the trace is not sampled", async () => {
    const host = new Host();
    await host.end(host.call(Tasks.spans, "nested"));
    await host.end(host.call(Tasks.spans, "nested", { trace: [traceId, callerId, false] }));
    assert.deepStrictEqual(spansOf(host), []);
  });

  it("connect a nested call to the span that it was made in", async () => {
    const host = new Host();
    const call = host.call(Nested.calls, 1, { trace });
    const [, , nested, { envelope }] = await host.frame(Kind.nest);
    const started = spansOf(host)[0]!;
    assert.isTrue(
      started._tag === "Started" && started.parentSpanId === callerId && started.kind === "producer",
    );
    assert.deepStrictEqual(envelope.trace, [traceId, started.spanId, true]);
    host.send([Kind.nestAnswer, call, nested, { _tag: "Outcome", outcome: { _tag: "Success", value: 2 } }]);
    await host.end(call);
    assert.strictEqual(spansOf(host)[1]!._tag, "Ended");
  });
});
