/**
 * Calls that are given to a worker ahead of their turn.
 */
import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest";

import * as Frame from "../src/Frame.ts";
import type { Resolved } from "../src/PoolOptions.ts";
import { passTurn, type Script, scripted } from "./scripted.ts";

const { Kind } = Frame;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

/** What the pool does once the present code is done. */
const rest = (): Promise<void> => Promise.resolve();

let tasks = 0;

/** A pool that knows a task of its own to take that long. */
const known = (micros: number | undefined, options: Partial<Resolved> = {}) => {
  const task = `known${++tasks}`;
  const pool = scripted(options, true);
  const submit = (script: Script = {}) => {
    const starts: Array<string> = [];
    return { ...pool.submit({ task, onStarted: ({ lane }) => void starts.push(lane), ...script }), starts };
  };
  const first = submit();
  for (const worker of pool.workers) worker.ready();
  pool.workers[0]!.succeed(first.call, undefined, micros);
  for (let n = 1; n < 8; n++) pool.workers[0]!.succeed(submit().call, undefined, micros);
  return { ...pool, submit, worker: pool.workers[0]! };
};

const aheadOf = ({ tickets }: { readonly tickets: ReadonlyMap<number, number> }): ReadonlyArray<number> => [
  ...tickets.keys(),
];

describe("a call that is given ahead", () => {
  it("travels with the others of its turn, and waits until the one before has ended", async () => {
    const { submit, worker } = known(10);
    const [a, b, c] = [submit(), submit(), submit()];
    await rest();
    assert.deepStrictEqual(worker.received.at(-1)?.[0], Kind.runAhead);
    assert.deepStrictEqual(aheadOf(worker), [b.call.number, c.call.number]);
    assert.deepStrictEqual([a.starts.length, b.starts.length, c.starts.length], [1, 0, 0]);
    worker.succeed(a.call);
    assert.deepStrictEqual([a.ends.length, b.starts.length, c.starts.length], [1, 1, 0]);
  });

  it.each<readonly [string, number | undefined, Script]>([
    ["of a task that takes long", 20_000, {}],
    ["of a task of which nobody knows how long it takes", undefined, {}],
    ["that gives a stream", 10, { mode: "stream" }],
    ["that moves objects", 10, { transfer: [new ArrayBuffer(1)] }],
    ["with a timeout", 10, { timeoutMillis: 1000 }],
    ["that a body made", 10, { depth: 1 }],
  ])("is none %s", async (_, micros, script) => {
    const { submit, worker } = known(micros);
    submit();
    await rest();
    submit(script);
    await rest();
    assert.deepStrictEqual(aheadOf(worker), []);
  });

  it("fails alone when its input cannot be cloned", async () => {
    const { submit, worker } = known(10);
    const [a, bad, good] = [submit(), submit({ input: { f: () => 1 } }), submit()];
    await rest();
    assert.strictEqual(bad.ends[0]?._tag === "NotSerializable" && bad.ends[0].path, "input.f");
    assert.deepStrictEqual(aheadOf(worker), [good.call.number]);
    worker.succeed(a.call);
    worker.succeed(good.call);
    assert.strictEqual(good.ends[0]?._tag, "Outcome");
  });

  it("never starts when it is cancelled before its worker has begun with it", async () => {
    const { pool, submit, worker } = known(10);
    const [, b] = [submit(), submit()];
    await rest();
    pool.cancel(b.call);
    assert.deepStrictEqual([b.ends, b.starts], [[{ _tag: "Cancelled" }], []]);
    assert.isFalse(worker.claim(b.call));
  });

  it("is asked to stop once it is known to run, when it is cancelled as its worker begins with it", async () => {
    const { pool, submit, worker } = known(10);
    const [a, b] = [submit(), submit()];
    await rest();
    assert.isTrue(worker.claim(b.call));
    pool.cancel(b.call);
    assert.deepStrictEqual([b.ends, worker.flags], [[], []]);
    worker.succeed(a.call);
    assert.deepStrictEqual([b.starts.length, worker.flags], [1, [b.call.number]]);
    worker.send([Kind.outcome, b.call.number, { _tag: "Interrupted" }]);
    assert.lengthOf(b.ends, 1);
  });

  it("goes to another worker, in the old order, when the one that holds it dies or is cancelled", async () => {
    for (const how of ["dies", "is cancelled"] as const) {
      const { pool, submit, worker, workers } = known(10);
      const [a, b, c] = [submit(), submit(), submit()];
      await rest();
      if (how === "dies") worker.exit(1);
      else pool.cancel(a.call);
      assert.isFalse(worker.claim(b.call) || worker.claim(c.call));
      assert.strictEqual(a.ends[0]?._tag, how === "dies" ? "Lost" : undefined);
      if (how === "is cancelled") worker.exit(1);
      workers[1]!.ready();
      await rest();
      assert.deepStrictEqual(workers[1]!.calls, [b.call.number]);
      workers[1]!.succeed(b.call);
      await rest();
      assert.deepStrictEqual([b.ends[0]?._tag, c.starts.length], ["Outcome", 1]);
    }
  });

  it("is not run again when its worker dies that had begun with it", async () => {
    const { submit, worker, workers } = known(10);
    const [a, b] = [submit(), submit()];
    await rest();
    worker.claim(b.call);
    worker.exit(1);
    assert.deepStrictEqual([a.ends[0]?._tag, b.ends[0]?._tag, workers.length], ["Lost", "Lost", 1]);
  });

  it("makes room for what is more urgent", async () => {
    const { submit, worker } = known(10);
    const [a, b] = [submit(), submit()];
    await rest();
    const urgent = submit({ priority: 1 });
    assert.isFalse(worker.claim(b.call));
    await rest();
    worker.succeed(a.call);
    assert.deepStrictEqual([urgent.starts.length, b.starts.length], [1, 0]);
  });

  it("goes to a worker that has become idle, with half of what the other one holds", async () => {
    const { pool, submit, worker, workers } = known(10);
    const [a, b, c] = [submit(), submit(), submit()];
    await rest();
    pool.resize(2);
    await rest();
    passTurn();
    workers[1]!.ready();
    passTurn();
    await rest();
    assert.deepStrictEqual([a.starts, b.starts.length + c.starts.length], [[worker.lane], 1]);
    assert.lengthOf(workers[1]!.calls, 1);
  });
});

describe("short calls of one turn", () => {
  it("go to one worker while they are done before another one is awake, the first as a call of its own", async () => {
    const { pool, submit, workers } = known(5, { size: 2 });
    void pool.prewarm();
    workers[1]!.ready();
    await rest();
    const calls = [submit(), submit(), submit()];
    assert.deepStrictEqual(
      calls.map(({ starts }) => starts.length),
      [0, 0, 0],
    );
    await rest();
    const given = workers.map((worker) => worker.received.slice(worker === workers[0] ? 8 : 0));
    assert.deepStrictEqual(
      given.map((frames) => frames.map(([kind]) => kind)),
      [[], [Kind.run, Kind.runAhead]],
    );
    assert.deepStrictEqual(aheadOf(workers[1]!), [calls[1]!.call.number, calls[2]!.call.number]);
  });

  it("do not wait for others where there were none of late, until there are", async () => {
    const { submit, worker } = known(5);
    const inTurns = async (count: number): Promise<ReadonlyArray<number>> => {
      const calls = Array.from({ length: count }, () => submit());
      const atOnce = calls.map(({ starts }) => starts.length);
      await rest();
      for (const { call } of calls) worker.succeed(call);
      return atOnce;
    };
    assert.deepStrictEqual(await inTurns(1), [0]);
    assert.deepStrictEqual([await inTurns(1), await inTurns(1)], [[1], [1]]);
    assert.deepStrictEqual(await inTurns(2), [1, 0]);
    assert.deepStrictEqual([await inTurns(2), await inTurns(1), await inTurns(1)], [[0, 0], [0], [1]]);
  });

  it("go to all workers when they are more than that", async () => {
    const { pool, submit, workers } = known(100, { size: 2 });
    void pool.prewarm();
    workers[1]!.ready();
    const calls = Array.from({ length: 6 }, () => submit());
    await rest();
    assert.deepStrictEqual(
      calls.slice(0, 2).map(({ starts }) => starts.length),
      [1, 1],
    );
    assert.deepStrictEqual(
      workers.map((worker) => aheadOf(worker).length),
      [2, 2],
    );
  });

  it("go to another worker in the next milliseconds when the first of them takes longer than one thought", async () => {
    const { pool, submit, workers } = known(5, { size: 2 });
    void pool.prewarm();
    workers[1]!.ready();
    const [a, b] = [submit(), submit()];
    await rest();
    assert.deepStrictEqual([a.starts.length, b.starts.length], [1, 0]);
    vi.advanceTimersByTime(2);
    await rest();
    assert.deepStrictEqual([b.starts.length, b.starts[0] === a.starts[0]], [1, false]);
  });

  it("go on to a third worker, although another one has as many and has begun with them", async () => {
    const { pool, submit, worker, workers } = known(5, { size: 3 });
    void pool.prewarm();
    const [, b, , d] = [submit(), submit(), submit(), submit()];
    await rest();
    for (const other of workers.slice(1)) other.ready();
    assert.isTrue(worker.claim(b.call));
    for (let n = 0; n < 2; n++) {
      vi.advanceTimersByTime(2);
      await rest();
    }
    assert.deepStrictEqual(
      workers.map(({ calls }) => calls.length).slice(1),
      [1, 1],
      "each of them runs one",
    );
    assert.lengthOf(d.starts, 1);
  });

  it("leave their ends unread for a millisecond where the worker has a lot to do", async () => {
    const { submit, worker } = known(200);
    const quietMillis = (): number | undefined => worker.listener.quietMillis?.();
    const calls = Array.from({ length: 10 }, () => submit());
    await rest();
    assert.deepStrictEqual([calls[0]!.starts.length, quietMillis()], [1, 0]);
    for (let n = 0; n < 10; n++) submit();
    await rest();
    assert.strictEqual(quietMillis(), 1);
    worker.exit(1);
    assert.strictEqual(quietMillis(), 0);
  });

  it("do not stay behind one that takes longer than one thought, also while nobody is idle", async () => {
    const { pool, submit, workers } = known(100, { size: 2 });
    void pool.prewarm();
    workers[1]!.ready();
    const calls = Array.from({ length: 300 }, () => submit());
    await rest();
    const [late, other] = [workers[0]!, workers[1]!];
    const tickets = aheadOf(late);
    const held = calls.filter(({ call }) => tickets.includes(call.number));
    assert.isAbove(held.length, 5);
    // The other one goes on, and never has nothing to do.
    for (let millis = 0; millis < 95; millis++) {
      const running = calls.find(({ ends, starts }) => starts[0] === other.lane && ends.length === 0);
      other.succeed(running!.call, undefined, 100);
      await rest();
      vi.advanceTimersByTime(1);
      await rest();
    }
    assert.isAtLeast(calls.filter(({ starts }) => starts.length === 0).length, 20);
    assert.isAtLeast(held.filter(({ starts }) => starts[0] === other.lane).length, 5);
  });

  it("are not sent one by one to a worker that still has enough to do", async () => {
    const { submit, worker } = known(1);
    for (let n = 0; n < 200; n++) submit();
    await rest();
    const held = aheadOf(worker);
    assert.isAbove(held.length, 64);
    const messages = worker.received.length;
    let ended = 0;
    for (const number of held.slice(0, 32)) {
      worker.send([Kind.outcome, number, { _tag: "Success", value: undefined }, 1]);
      await rest();
      ended++;
    }
    assert.deepStrictEqual([ended, worker.received.length], [32, messages]);
  });
});

describe("short calls of a turn in which a job begins to wait for a nested one", () => {
  it("are not given ahead", async () => {
    const { pool, submit, worker, workers } = known(5, { size: 2 });
    void pool.prewarm();
    const a = submit();
    await rest();
    workers[1]!.ready();
    const [b, c] = [submit(), submit()];
    pool.setBlocked(a.call, true);
    await rest();
    assert.deepStrictEqual([b.starts.length, c.starts.length], [1, 0]);
    assert.deepStrictEqual([...aheadOf(worker), ...aheadOf(workers[1]!)], []);
  });
});

describe("a call that is taken back because the one before it makes a nested call", () => {
  it("goes to the worker that is idle, also when the nested call is refused", async () => {
    const { pool, submit, workers } = known(10, { size: 2 });
    void pool.prewarm();
    const [a, b] = [submit(), submit()];
    await rest();
    workers[1]!.ready();
    assert.deepStrictEqual([a.starts, b.starts], [[workers[0]!.lane], []]);
    pool.setBlocked(a.call, true);
    await rest();
    assert.deepStrictEqual(b.starts, [workers[1]!.lane]);
  });
});

describe("the end of a cancelled call that waits to be read when its grace is over", () => {
  it("keeps its worker, and the next one there, from being killed", async () => {
    const { pool, submit, worker } = known(10, { graceMillis: 1000 });
    const [a, b] = [submit(), submit()];
    await rest();
    pool.cancel(a.call);
    vi.advanceTimersByTime(1000);
    worker.send([Kind.outcome, a.call.number, { _tag: "Interrupted" }]);
    passTurn();
    await rest();
    assert.deepStrictEqual([worker.killed, b.starts.length], [false, 1]);
  });
});
