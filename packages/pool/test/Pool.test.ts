import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest";

import * as Frame from "../src/Frame.ts";
import { scripted } from "./scripted.ts";

const { Kind } = Frame;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("Pool", () => {
  it("starts calls in order, each once", () => {
    const { submit, workers } = scripted();
    const [a, b] = [submit(), submit()];
    workers[0]!.ready();
    assert.deepStrictEqual(
      workers[0]!.received.map((frame) => frame[1]),
      [a.call.number],
    );
    workers[0]!.succeed(a.call, "a");
    workers[0]!.succeed(b.call, "b");
    assert.deepStrictEqual(
      [a.ends, b.ends].flat().map((end) => (end._tag === "Outcome" ? end.outcome : end)),
      [
        { _tag: "Success", value: "a" },
        { _tag: "Success", value: "b" },
      ],
    );
    assert.strictEqual(workers.length, 1);
  });

  it("drops frames of calls that have ended", () => {
    const { submit, workers } = scripted();
    const [a, b] = [submit(), submit()];
    workers[0]!.ready();
    workers[0]!.succeed(a.call);
    workers[0]!.send([Kind.progress, a.call.number, 1], [Kind.log, a.call.number, []]);
    workers[0]!.succeed(a.call, "again");
    assert.strictEqual(a.ends.length, 1);
    assert.deepStrictEqual([a.events, b.events, b.ends], [[], [], []]);
    assert.isFalse(workers[0]!.killed);
    workers[0]!.succeed(b.call);
    assert.strictEqual(b.ends.length, 1);
  });

  const violations: Record<string, unknown> = {
    "a forged call id": [[Kind.progress, 99, 1]],
    garbage: [{ hello: "world" }],
    "a batch that is no array": "garbage",
    "a second handshake": [[Kind.ready, Frame.version, 1, 1]],
  };
  for (const [what, batch] of Object.entries(violations)) {
    it(`kills only the worker that sends ${what}`, () => {
      const { submit, workers } = scripted({ size: 2 });
      const [a, b, c] = [submit(), submit(), submit()];
      workers[0]!.ready();
      workers[1]!.ready();
      workers[0]!.listener.onFrames(batch);
      assert.deepStrictEqual([workers[0]!.killed, workers[1]!.killed], [true, false]);
      workers[0]!.succeed(a.call, "too late");
      assert.deepStrictEqual(a.ends, []);
      workers[0]!.exit();
      assert.strictEqual(a.ends.length, 1);
      assert.isTrue(a.ends[0]?._tag === "Lost" && a.ends[0].violation !== undefined);
      workers[1]!.succeed(b.call);
      workers[1]!.succeed(c.call);
      assert.deepStrictEqual([b.ends[0]?._tag, c.ends[0]?._tag], ["Outcome", "Outcome"]);
    });
  }

  it("gives up after five failed starts, ever more slowly, and can be used again", () => {
    const { submit, workers } = scripted();
    const a = submit();
    for (const pause of [100, 200, 400, 800]) {
      workers.at(-1)!.exit(7);
      const before = workers.length;
      vi.advanceTimersByTime(pause - 1);
      assert.strictEqual(workers.length, before);
      vi.advanceTimersByTime(1);
      assert.strictEqual(workers.length, before + 1);
    }
    assert.deepStrictEqual(a.ends, []);
    workers.at(-1)!.exit(7);
    assert.isTrue(a.ends[0]?._tag === "Unavailable" && a.ends[0].detail.includes("exit code 7"));
    const b = submit();
    workers.at(-1)!.ready();
    workers.at(-1)!.succeed(b.call);
    assert.strictEqual(b.ends.length, 1);
  });

  it("kills a worker that speaks another version, or does not report in time", () => {
    const { submit, workers } = scripted();
    submit();
    workers[0]!.send([Kind.ready, 99, 1, 1]);
    assert.isTrue(workers[0]!.killed);
    workers[0]!.exit();
    vi.advanceTimersByTime(100);
    vi.advanceTimersByTime(999);
    assert.isFalse(workers[1]!.killed);
    vi.advanceTimersByTime(1);
    assert.isTrue(workers[1]!.killed);
  });

  it("cancels a call that is queued while its worker starts", () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    let stopped = 0;
    pool.cancel(a.call, () => stopped++);
    assert.deepStrictEqual([a.ends, stopped], [[{ _tag: "NeverStarted" }], 1]);
    workers[0]!.ready();
    assert.deepStrictEqual(workers[0]!.received, []);
  });

  it("asks a running body to stop, then kills its worker after the grace", () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    workers[0]!.ready();
    let stopped = 0;
    pool.cancel(a.call, () => stopped++);
    assert.deepStrictEqual(workers[0]!.kinds, [Kind.run, Kind.cancel]);
    vi.advanceTimersByTime(999);
    assert.isFalse(workers[0]!.killed);
    vi.advanceTimersByTime(1);
    assert.isTrue(workers[0]!.killed);
    assert.strictEqual(stopped, 0);
    workers[0]!.exit();
    assert.deepStrictEqual([a.ends.length, stopped], [1, 1]);
  });

  it("does not kill a worker whose body stopped within the grace", () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    workers[0]!.ready();
    pool.cancel(a.call, () => undefined);
    workers[0]!.send([Kind.outcome, a.call.number, { _tag: "Interrupted" }]);
    vi.advanceTimersByTime(5000);
    assert.isFalse(workers[0]!.killed);
  });

  it("ends a call whose worker exits while it is cancelled", () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    workers[0]!.ready();
    let stopped = 0;
    pool.cancel(a.call, () => stopped++);
    workers[0]!.exit(1);
    assert.deepStrictEqual([a.ends[0]?._tag, stopped], ["Lost", 1]);
  });

  it("closes while a worker starts", async () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    const closed = pool.close();
    assert.deepStrictEqual(a.ends, [{ _tag: "Closed" }]);
    assert.isTrue(workers[0]!.killed);
    workers[0]!.exit();
    await closed;
    assert.deepStrictEqual(submit().ends, [{ _tag: "Closed" }]);
  });

  // Its layers would not be released: the end of the last call used to ask for a second close, which kills.
  it("closes a worker in order when the end of its last call closes the pool", () => {
    const { pool, workers } = scripted();
    const call = pool.submit({
      jobId: "1",
      module: "file:///x.ts",
      task: "x",
      mode: "value",
      input: 1,
      transfer: [],
      attempt: 1,
      envelope: { trace: undefined, annotations: undefined, deadlineEpochMillis: undefined },
      onStarted: () => undefined,
      onEvent: () => undefined,
      onEnd: () => void pool.close(),
    });
    workers[0]!.ready();
    workers[0]!.succeed(call);
    assert.deepStrictEqual(workers[0]!.kinds, [Kind.run, Kind.close]);
    assert.isFalse(workers[0]!.killed);
    vi.advanceTimersByTime(1000);
    assert.isTrue(workers[0]!.killed);
  });

  it("prewarms all workers", async () => {
    const { pool, workers } = scripted({ size: 3 });
    const warm = pool.prewarm();
    assert.strictEqual(workers.length, 3);
    for (const worker of workers) worker.ready();
    await warm;
  });
});
