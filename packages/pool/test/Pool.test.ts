import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest";

import * as Frame from "../src/Frame.ts";
import { passTurn, scripted } from "./scripted.ts";

const { Kind } = Frame;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

const deep = (): unknown => {
  let value: unknown = 1;
  for (let n = 0; n < 100_000; n++) value = [value];
  return value;
};

const throwing = (): unknown =>
  new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error("do not look");
      },
    },
  );

describe("the order of calls", () => {
  it("starts calls in order, each once", () => {
    const { submit, workers } = scripted();
    const [a, b] = [submit(), submit()];
    workers[0]!.ready();
    assert.deepStrictEqual(workers[0]!.calls, [a.call.number]);
    workers[0]!.succeed(a.call, "a");
    workers[0]!.succeed(b.call, "b");
    assert.deepStrictEqual(
      [a.ends, b.ends].flat().map((end) => (end._tag === "Outcome" ? end.outcome : end)),
      [
        { _tag: "Success", value: "a" },
        { _tag: "Success", value: "b" },
      ],
    );
    assert.lengthOf(workers, 1);
  });

  it("starts the highest priority first, and lets what waits for long pass what is new", () => {
    const { submit, workers } = scripted({ agingMillis: 1000 });
    const running = submit();
    workers[0]!.ready();
    const low = submit({ priority: -2 });
    vi.advanceTimersByTime(3000);
    const usual = submit();
    const high = submit({ priority: 5 });
    for (const { call } of [running, high, low, usual]) workers[0]!.succeed(call);
    assert.deepStrictEqual(
      workers[0]!.calls,
      [running, high, low, usual].map(({ call }) => call.number),
    );
  });

  it("starts a new call in the worker whose call has just ended, if its caller submits at once", () => {
    const { submit, workers } = scripted({ size: 2 });
    const first = submit({ onEnd: () => void submit() });
    workers[0]!.ready();
    workers[0]!.succeed(first.call);
    assert.lengthOf(workers, 1);
    assert.lengthOf(workers[0]!.calls, 2);
  });

  it("does not book a worker for an input that cannot be cloned", () => {
    const { submit, workers } = scripted();
    const bad = submit({ input: { rows: [1, { callback: () => undefined }] } });
    const good = submit();
    workers[0]!.ready();
    assert.strictEqual(bad.ends[0]?._tag === "NotSerializable" && bad.ends[0].path, "input.rows[1].callback");
    assert.deepStrictEqual(workers[0]!.calls, [good.call.number]);
  });

  it.each([
    ["is nested more deeply than can be sent", deep, /^input(\[0\])+/],
    ["throws when it is looked at", throwing, /^input/],
  ])("ends a call whose input %s, of a free worker and of one for which it waited", (_, make, path) => {
    const { submit, workers } = scripted();
    const waiting = submit({ input: make() });
    workers[0]!.ready();
    const running = submit();
    const queued = submit({ input: make() });
    workers[0]!.succeed(running.call);
    const idle = submit({ input: make() });
    for (const { ends } of [waiting, queued, idle]) {
      const [end] = ends;
      assert.strictEqual(end?._tag, "NotSerializable");
      assert.match(end?._tag === "NotSerializable" ? end.path : "", path);
      assert.lengthOf(ends, 1);
    }
    const next = submit();
    assert.deepStrictEqual(workers[0]!.calls, [running.call.number, next.call.number]);
  });

  it("sends the earlier of the inherited deadline and the call's own", () => {
    vi.setSystemTime(1_000_000);
    const deadlines = [undefined, 1_000_500, 1_002_000].map((deadlineEpochMillis) =>
      [undefined, 1000, Number.POSITIVE_INFINITY].map((timeoutMillis) => {
        const { submit, workers } = scripted();
        submit({
          timeoutMillis,
          envelope: { trace: undefined, annotations: undefined, deadlineEpochMillis },
        });
        workers[0]!.ready();
        const [frame] = workers[0]!.received;
        return frame?.[0] === Kind.run ? frame[8]?.deadlineEpochMillis : "no frame";
      }),
    );
    assert.deepStrictEqual(deadlines, [
      [undefined, 1_001_000, undefined],
      [1_000_500, 1_000_500, 1_000_500],
      [1_002_000, 1_001_000, 1_002_000],
    ]);
  });

  it("counts the time of a call from when it starts, not from when it was submitted", () => {
    vi.setSystemTime(1_000_000);
    const { submit, workers } = scripted();
    submit({ timeoutMillis: 1000 });
    vi.advanceTimersByTime(500);
    workers[0]!.ready();
    const [frame] = workers[0]!.received;
    assert.strictEqual(frame?.[0] === Kind.run && frame[8]?.deadlineEpochMillis, 1_001_500);
  });
});

describe("cancelling a call", () => {
  it("takes one that waits out of the queue at once", () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    pool.cancel(a.call);
    assert.deepStrictEqual(a.ends, [{ _tag: "Cancelled" }]);
    workers[0]!.ready();
    assert.deepStrictEqual(workers[0]!.received, []);
  });

  it("asks a running body to stop, then kills its worker after the grace", () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    workers[0]!.ready();
    pool.cancel(a.call);
    assert.deepStrictEqual(
      [workers[0]!.kinds, workers[0]!.flags],
      [[Kind.run, Kind.cancel], [a.call.number]],
    );
    vi.advanceTimersByTime(999);
    assert.isFalse(workers[0]!.killed);
    vi.advanceTimersByTime(1);
    passTurn();
    assert.isTrue(workers[0]!.killed);
    assert.deepStrictEqual(a.ends, []);
    workers[0]!.exit();
    assert.deepStrictEqual(a.ends, [{ _tag: "Cancelled" }]);
  });

  it("kills at once with a grace of zero", () => {
    const { pool, submit, workers } = scripted({ graceMillis: 0 });
    const a = submit();
    workers[0]!.ready();
    pool.cancel(a.call);
    vi.advanceTimersByTime(0);
    passTurn();
    assert.isTrue(workers[0]!.killed);
  });

  it("never kills with an endless grace, nor with one of 25 days before they are over", () => {
    for (const graceMillis of [Number.POSITIVE_INFINITY, 25 * 86_400_000]) {
      const { pool, submit, workers } = scripted({ graceMillis });
      const a = submit();
      workers[0]!.ready();
      pool.cancel(a.call);
      vi.advanceTimersByTime(25 * 86_400_000 - 1);
      assert.isFalse(workers[0]!.killed);
      vi.advanceTimersByTime(1);
      passTurn();
      assert.strictEqual(workers[0]!.killed, graceMillis !== Number.POSITIVE_INFINITY);
    }
  });

  it("gives its worker no other call until its body has stopped, and asks and kills nobody else", () => {
    const { pool, submit, workers } = scripted();
    const [a, b] = [submit(), submit()];
    workers[0]!.ready();
    pool.cancel(a.call);
    pool.cancel(a.call);
    vi.advanceTimersByTime(999);
    assert.deepStrictEqual(workers[0]!.calls, [a.call.number]);
    workers[0]!.send([Kind.outcome, a.call.number, { _tag: "Interrupted" }]);
    assert.deepStrictEqual(workers[0]!.calls, [a.call.number, b.call.number]);
    pool.cancel(a.call);
    vi.advanceTimersByTime(5000);
    assert.isFalse(workers[0]!.killed);
    assert.deepStrictEqual(workers[0]!.kinds, [Kind.run, Kind.cancel, Kind.run]);
  });

  it("gives the outcome of a body that ended before it heard of it", () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    workers[0]!.ready();
    pool.cancel(a.call);
    workers[0]!.succeed(a.call, 1);
    assert.deepStrictEqual(a.ends, [{ _tag: "Outcome", outcome: { _tag: "Success", value: 1 } }]);
  });

  it("ends a call whose worker exits while it stops", () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    workers[0]!.ready();
    pool.cancel(a.call);
    workers[0]!.exit(1);
    assert.deepStrictEqual(a.ends, [{ _tag: "Cancelled" }]);
  });

  it("cancels 20,000 that wait in an instant, in any order", () => {
    vi.useRealTimers();
    const { pool, submit, workers } = scripted();
    const calls = Array.from({ length: 20_000 }, () => submit({ priority: 0 }));
    const backwards = calls.toReversed();
    const startedAt = performance.now();
    for (const { call } of backwards) pool.cancel(call);
    const tookMillis = performance.now() - startedAt;
    assert.isTrue(calls.every(({ ends }) => ends.length === 1));
    // Takes about 5 ms; a scan of the queue for each would take seconds.
    assert.isBelow(tookMillis, 200);
    workers[0]!.ready();
    assert.deepStrictEqual(workers[0]!.calls, []);
  });
});

describe("closing a pool", () => {
  it("ends what waits, kills what starts, and takes nothing more", async () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    const closed = pool.close();
    assert.strictEqual(pool.close(), closed);
    assert.deepStrictEqual(a.ends, [{ _tag: "Closed" }]);
    assert.isTrue(workers[0]!.killed);
    workers[0]!.exit();
    await closed;
    assert.deepStrictEqual(submit().ends, [{ _tag: "Closed" }]);
    assert.lengthOf(workers, 1);
  });

  it("kills a worker that runs a call, and says why that call ended", async () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    workers[0]!.ready();
    const closed = pool.close();
    assert.isTrue(workers[0]!.killed);
    workers[0]!.exit(null as unknown as number, { signal: "SIGKILL" });
    assert.deepStrictEqual(a.ends, [{ _tag: "Closed" }]);
    await closed;
  });

  it("asks an idle worker to close, and kills it after the grace", async () => {
    const { pool, workers } = scripted();
    const warm = pool.prewarm();
    workers[0]!.ready();
    await warm;
    const closed = pool.close();
    assert.deepStrictEqual(workers[0]!.kinds, [Kind.close]);
    vi.advanceTimersByTime(999);
    assert.isFalse(workers[0]!.killed);
    vi.advanceTimersByTime(1);
    assert.isTrue(workers[0]!.killed);
    workers[0]!.exit();
    await closed;
  });

  // Its layers would not be released: the end of the last call used to ask for a second close, which kills.
  it("closes a worker in order when the end of its last call closes the pool", () => {
    const { pool, submit, workers } = scripted();
    const { call } = submit({ onEnd: () => void pool.close() });
    workers[0]!.ready();
    workers[0]!.succeed(call);
    assert.deepStrictEqual(workers[0]!.kinds, [Kind.run, Kind.close]);
    assert.isFalse(workers[0]!.killed);
    vi.advanceTimersByTime(1000);
    assert.isTrue(workers[0]!.killed);
  });

  it("starts nothing any more, whatever its workers do and callers submit meanwhile", async () => {
    const { pool, submit, workers } = scripted({ size: 2, minSize: 2, recycleJobs: 1 });
    const resubmitting = submit({ onEnd: () => void submit() });
    submit({ onEnd: () => void submit() });
    workers[0]!.ready();
    workers[1]!.ready();
    const waiting = submit({ onEnd: () => void submit() });
    const closed = pool.close();
    workers[0]!.exit(1);
    workers[1]!.exit(1);
    await closed;
    vi.advanceTimersByTime(60_000);
    assert.lengthOf(workers, 2);
    assert.deepStrictEqual([resubmitting.call.state, waiting.call.state], ["ended", "ended"]);
    assert.strictEqual(vi.getTimerCount(), 0);
  });

  it("ends a call that waits while starts are paused, and leaves no timer", async () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    workers[0]!.exit(7);
    assert.strictEqual(vi.getTimerCount(), 1);
    await pool.close();
    assert.deepStrictEqual([a.ends, vi.getTimerCount()], [[{ _tag: "Closed" }], 0]);
  });

  // A nested call that is refused at once used to leave a timer behind the pool.
  it("leaves no timer when a body nests while the pool closes", async () => {
    const { pool, submit, workers } = scripted();
    const a = submit();
    workers[0]!.ready();
    const closed = pool.close();
    pool.setBlocked(a.call, true);
    pool.setBlocked(a.call, false);
    workers[0]!.exit();
    await closed;
    assert.strictEqual(vi.getTimerCount(), 0);
  });
});
