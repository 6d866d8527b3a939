import { once } from "node:events";

import { assert, describe, it, vi } from "@effect/vitest";
import * as RuntimeError from "@heddle/core/RuntimeError";
import * as RuntimeErrorData from "@heddle/core/RuntimeErrorData";

import { initialCredit, Kind, type NestAnswer, type NestEvent, type NestRequest } from "../../src/Frame.ts";
import { NestedCalls } from "../../src/worker/nested.ts";
import * as Tasks from "./fixtures/nested.ts";
import { Host, turns } from "./harness.ts";

const succeeded = (value: unknown) => ({ _tag: "Outcome", outcome: { _tag: "Success", value } }) as const;
const interrupted = { _tag: "Outcome", outcome: { _tag: "Interrupted" } } as const;
const success = (value: unknown) => ({ _tag: "Success", value });

describe("nested calls of a body", () => {
  it("carries a promise's call and its answer", async () => {
    const host = new Host();
    const call = host.call(Tasks.calls, 20, { deadlineEpochMillis: 9e15 });
    const [, owner, nested, request] = await host.frame(Kind.nest);
    assert.strictEqual(owner, call);
    const expected: NestRequest = {
      module: Tasks.double.module!,
      task: "double",
      mode: "value",
      input: 20,
      priority: 0,
      timeoutMillis: undefined,
      envelope: { trace: undefined, annotations: undefined, deadlineEpochMillis: 9e15 },
    };
    assert.deepStrictEqual(request, expected);
    host.send([Kind.nestAnswer, call, nested, succeeded(40)]);
    assert.deepStrictEqual(await host.end(call), success(41));
  });

  it("gives a typed failure as the value of its class", async () => {
    const host = new Host();
    const call = host.call(Tasks.callsRefusing, 3);
    const [, , nested] = await host.frame(Kind.nest);
    const outcome = { _tag: "Failure", error: { _tag: "Refused", n: 3 } } as const;
    host.send([Kind.nestAnswer, call, nested, { _tag: "Outcome", outcome }]);
    assert.deepStrictEqual(await host.end(call), success({ refused: 3 }));
  });

  it("gives a RuntimeError as one", async () => {
    const host = new Host();
    const call = host.call(Tasks.callsRefusing, 3);
    const [, , nested] = await host.frame(Kind.nest);
    const reason = new RuntimeError.WorkerLost({ lane: "memory/1", exitCode: 7, signal: null, attempt: 1 });
    const error = new RuntimeError.RuntimeError({ runtime: "memory", task: "refusing", reason });
    const encoded = RuntimeErrorData.encode(error);
    host.send([Kind.nestAnswer, call, nested, { _tag: "Error", error: encoded }]);
    const { code, message, name } = error;
    const shown = { name, message, code, path: undefined };
    assert.deepStrictEqual(await host.end(call), success(shown));
  });

  it("fails a body, not a worker, when the answer makes no sense", async () => {
    const host = new Host();
    const call = host.call(Tasks.calls, 3);
    const [, , nested] = await host.frame(Kind.nest);
    host.send([Kind.nestAnswer, call, nested, { _tag: "Error", error: { garbage: true } }]);
    assert.propertyVal(await host.end(call), "_tag", "Defect");
  });

  it.each([
    ["result", { code: "HEDDLE_TASK_NOT_FOUND", path: undefined }],
    ["function", { code: "HEDDLE_NOT_SERIALIZABLE", path: "input.deep[0]" }],
    ["options", { code: "HEDDLE_INVALID_OPTIONS", path: undefined }],
  ] as const)("refuses a wrong %s, and asks the host for nothing", async (kind, expected) => {
    const host = new Host();
    const outcome = await host.end(host.call(Tasks.callsWrongly, kind));
    const { code, path } = (outcome as { value: { code: string; path?: string } }).value;
    assert.deepStrictEqual({ code, path }, expected);
    assert.deepStrictEqual(host.of(Kind.nest), []);
  });

  it("rejects with the reason of a signal that was aborted before", async () => {
    const host = new Host();
    assert.deepStrictEqual(await host.end(host.call(Tasks.callsWrongly, "aborted")), success(true));
    assert.deepStrictEqual(host.of(Kind.nest), []);
  });

  it("cancels when its signal aborts, and rejects with the reason once the host has answered", async () => {
    const host = new Host();
    const call = host.call(Tasks.callsAndAborts, 1);
    const [, , nested] = await host.frame(Kind.nest);
    assert.deepStrictEqual(await host.frame(Kind.nestCancel), [Kind.nestCancel, call, nested]);
    assert.deepStrictEqual(host.of(Kind.outcome), []);
    host.send([Kind.nestAnswer, call, nested, interrupted]);
    const outcome = await host.end(call);
    assert.strictEqual((outcome as { value: Error }).value.message, "enough");
  });

  const lost = (): NestAnswer => {
    const reason = new RuntimeError.WorkerLost({ lane: "memory/1", exitCode: 7, signal: null, attempt: 1 });
    const error = new RuntimeError.RuntimeError({ runtime: "memory", task: "double", reason });
    return { _tag: "Error", error: RuntimeErrorData.encode(error) };
  };

  it("stops a call that waits to be tried again, with its body", async () => {
    const host = new Host();
    const call = host.call(Tasks.retries, 1);
    const [, , nested] = await host.frame(Kind.nest);
    host.send([Kind.nestAnswer, call, nested, lost()]);
    await turns();
    assert.deepStrictEqual(host.of(Kind.outcome), []);
    host.send([Kind.cancel, call]);
    assert.deepStrictEqual(await host.end(call), { _tag: "Interrupted" });
  });

  it("stops a call that waits to be tried again, when its body ends", async () => {
    const host = new Host();
    const call = host.call(Tasks.leavesRetry, 1);
    const late = once(process, "heddle late");
    const [, , second] = await host.frame(Kind.nest, 1);
    const [, , first] = await host.frame(Kind.nest);
    host.send([Kind.nestAnswer, call, first, lost()]);
    await turns();
    host.send([Kind.nestAnswer, call, second, succeeded(4)]);
    assert.deepStrictEqual(await host.end(call), success("left"));
    await late;
  });

  it.each(["called", "calls"] as const)("interrupts what a fiber that was left behind %s", async (kind) => {
    const host = new Host();
    const late = once(process, "heddle late");
    const call = host.call(Tasks.effectLeaves, kind);
    const [, , nested] = await vi.waitFor(
      () => {
        const frame = host.of(Kind.nest).find(([, , , { input }]) => input === 2);
        return frame ?? assert.fail("not asked yet");
      },
      { timeout: 5000, interval: 1 },
    );
    host.send([Kind.nestAnswer, call, nested, succeeded(4)]);
    assert.deepStrictEqual(await host.end(call), success("left"));
    assert.deepStrictEqual(await late, [`${kind} true`]);
    assert.strictEqual(host.sent.at(-1)![0], Kind.outcome);
  });

  it("keeps only the latest progress of a call that nobody looks at, and all else in order", () => {
    const calls = new NestedCalls({ number: 1, isEnded: false, send: () => undefined });
    const nested = calls.begin({} as NestRequest, []);
    calls.event(1, { _tag: "Chunk", values: [1] });
    for (let value = 0; value < 1000; value++) calls.event(1, { _tag: "Progress", value });
    calls.event(1, { _tag: "Chunk", values: [2] });
    calls.answer(1, succeeded(3));
    calls.answer(1, succeeded(4));
    const taken: Array<NestEvent | NestAnswer> = [];
    while (taken.at(-1)?._tag !== "Outcome") nested.take((arrival) => void taken.push(arrival));
    const progress = Array.from({ length: 16 }, (_, i) => ({ _tag: "Progress", value: 984 + i }));
    assert.deepStrictEqual<ReadonlyArray<unknown>>(taken, [
      { _tag: "Chunk", values: [1] },
      ...progress,
      { _tag: "Chunk", values: [2] },
      succeeded(3),
    ]);
  });

  it("says nothing of a call that a body left behind, whatever comes for it", async () => {
    const unhandled = vi.fn<() => void>();
    process.on("unhandledRejection", unhandled);
    const host = new Host();
    // The first call loads what it needs and may come too late.
    await host.end(host.call(Tasks.callsAndLeaves, 1));
    const call = host.call(Tasks.callsAndLeaves, 1);
    assert.deepStrictEqual(await host.end(call), success("left"));
    const [, , nested] = host.of(Kind.nest).find(([, owner]) => owner === call)!;
    host.send(
      [Kind.nestEvent, call, nested, { _tag: "Chunk", values: [1] }],
      [Kind.nestAnswer, call, nested, succeeded(1)],
      [Kind.nestAnswer, 99, 1, succeeded(1)],
      [Kind.credit, 99, 1],
      [Kind.cancel, 99],
    );
    await turns();
    process.off("unhandledRejection", unhandled);
    assert.strictEqual(unhandled.mock.calls.length, 0);
    assert.deepStrictEqual(host.of(Kind.nestCancel), []);
  });

  it("sends nothing of a body that is over", async () => {
    const host = new Host();
    const call = host.call(Tasks.callsLate, 1);
    const late = once(process, "heddle late");
    assert.deepStrictEqual(await host.end(call), success("over"));
    await late;
    await turns();
    assert.strictEqual(host.sent.at(-1)![0], Kind.outcome);
  });

  it("gives an Effect body its runtime, with name and capabilities", async () => {
    const host = new Host();
    assert.deepStrictEqual(
      await host.end(host.call(Tasks.effectKnows, 1)),
      success({ name: "memory", isolation: "isolate" }),
    );
    const call = host.call(Tasks.effectCalls, 4);
    const [, , nested] = await host.frame(Kind.nest);
    host.send([Kind.nestAnswer, call, nested, succeeded(8)]);
    assert.deepStrictEqual(await host.end(call), success(8));
  });

  it("interrupts a body's call with the body and waits for the host's answer", async () => {
    const host = new Host();
    const call = host.call(Tasks.effectCalls, 4);
    const [, , nested] = await host.frame(Kind.nest);
    host.send([Kind.cancel, call]);
    await host.frame(Kind.nestCancel);
    assert.deepStrictEqual(host.of(Kind.outcome), []);
    host.send([Kind.nestAnswer, call, nested, interrupted]);
    assert.deepStrictEqual(await host.end(call), { _tag: "Interrupted" });
  });

  it("maps, several at a time", async () => {
    const host = new Host();
    const call = host.call(Tasks.effectMaps, [1, 2, 3]);
    await host.frame(Kind.nest, 2);
    for (const [, , nested, { input }] of host.of(Kind.nest).toReversed()) {
      host.send([Kind.nestAnswer, call, nested, succeeded((input as number) * 2)]);
    }
    assert.deepStrictEqual(await host.end(call), success([2, 4, 6]));
  });

  it("shows the progress of a call, bounded, before its value", async () => {
    const host = new Host();
    const call = host.call(Tasks.effectSubmits, 1);
    const [, , nested] = await host.frame(Kind.nest);
    const reports = Array.from({ length: 1000 }, (_, i) => i);
    host.send(
      [
        Kind.nestEvent,
        call,
        nested,
        { _tag: "Started", unit: { runtime: "", lane: "", pid: 1, threadId: 1 } },
      ],
      ...reports.map((value) => [Kind.nestEvent, call, nested, { _tag: "Progress", value }] as const),
      [Kind.nestAnswer, call, nested, succeeded(2)],
    );
    const { value } = (await host.end(call)) as { value: { seen: ReadonlyArray<number>; value: number } };
    assert.strictEqual(value.value, 2);
    assert.strictEqual(value.seen.at(-1), 999);
    assert.isBelow(value.seen.length, 100);
  });

  it("streams with credit, and never lets the host run ahead of the consumer", async () => {
    const host = new Host();
    const call = host.call(Tasks.effectStreams, 5, { mode: "stream" });
    const [, , nested, request] = await host.frame(Kind.nest);
    assert.strictEqual(request.mode, "stream");
    let given = 0;
    const giveUpTo = (allowed: number) => {
      for (; given < allowed; given++) {
        host.send([Kind.nestEvent, call, nested, { _tag: "Chunk", values: [given] }]);
      }
    };
    // Nobody takes what the body streams: its own credit and some buffers fill up, and then it gives none.
    const room = () => host.of(Kind.nestCredit).reduce((sum, [, , , items]) => sum + items, initialCredit);
    while (given !== room()) {
      giveUpTo(room());
      await turns();
    }
    assert.isAbove(given, initialCredit);
    assert.isBelow(given, 100);
    // The rest comes once there is credit again, in order, and then the end.
    for (let i = 0; i < 100; i++) host.send([Kind.credit, call, 1]);
    host.send([Kind.nestAnswer, call, nested, succeeded(undefined)]);
    assert.deepStrictEqual(await host.end(call), success(undefined));
    const values = host.of(Kind.chunk).flatMap(([, , chunkValues]) => chunkValues);
    assert.deepStrictEqual(
      values,
      Array.from({ length: given }, (_, i) => i),
    );
  });
});
