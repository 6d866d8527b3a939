import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest";

import { Quarantine } from "../src/internal/quarantine.ts";
import type { End } from "../src/Pool.ts";
import { Supervisor } from "../src/Supervisor.ts";
import { passTurn, scripted } from "./scripted.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

type Scripted = ReturnType<typeof scripted>;

/** Submits a call whose worker then dies. */
const killOne = ({ submit, workers }: Scripted, request: Parameters<Scripted["submit"]>[0] = {}): End => {
  const { ends } = submit(request);
  const worker = workers.at(-1)!;
  worker.ready();
  worker.exit(7);
  return ends[0]!;
};

describe("a worker that dies", () => {
  it("takes its own call with it, and neither another's nor one that waits", () => {
    const { submit, workers } = scripted({ size: 2 });
    const [a, b, c] = [submit(), submit(), submit()];
    workers[0]!.ready();
    workers[1]!.ready();
    workers[0]!.exit(7, { signal: "SIGSEGV", stderrTail: "boom" });
    const [end] = a.ends;
    assert.isTrue(end?._tag === "Lost" && end.exit.signal === "SIGSEGV" && end.exit.stderrTail === "boom");
    assert.deepStrictEqual([b.ends, c.ends], [[], []]);
    workers[2]!.ready();
    workers[2]!.succeed(c.call);
    workers[1]!.succeed(b.call);
    assert.deepStrictEqual([a.ends.length, b.ends[0]?._tag, c.ends[0]?._tag], [1, "Outcome", "Outcome"]);
  });

  it("is never the reason to run a call again", () => {
    const pool = scripted();
    killOne(pool);
    vi.advanceTimersByTime(60_000);
    assert.lengthOf(
      pool.workers.flatMap(({ calls }) => calls),
      1,
    );
  });

  it("not even when it is killed is given up after a while, and a late exit changes nothing", async () => {
    const { pool, submit, workers } = scripted({ graceMillis: 1000 });
    const [a, b] = [submit(), submit()];
    workers[0]!.ready();
    pool.cancel(a.call);
    vi.advanceTimersByTime(1000);
    passTurn();
    assert.deepStrictEqual([workers[0]!.killed, a.ends], [true, []]);
    vi.advanceTimersByTime(4999);
    assert.lengthOf(a.ends, 0);
    vi.advanceTimersByTime(1);
    assert.deepStrictEqual(a.ends, [{ _tag: "Cancelled" }]);
    workers[1]!.ready();
    workers[0]!.succeed(a.call);
    workers[0]!.exit(1);
    workers[1]!.succeed(b.call);
    assert.deepStrictEqual([a.ends.length, b.ends[0]?._tag], [1, "Outcome"]);
    const closed = pool.close();
    workers[1]!.exit(0);
    await closed;
  });

  it("without a call is missed by nobody", () => {
    const { submit, workers } = scripted();
    const a = submit();
    workers[0]!.ready();
    workers[0]!.succeed(a.call);
    workers[0]!.exit(1);
    const b = submit();
    workers[1]!.ready();
    workers[1]!.succeed(b.call);
    assert.strictEqual(b.ends[0]?._tag, "Outcome");
  });
});

describe("the restart budget", () => {
  it("delays starts ever more, up to 10 seconds, and forgets when deaths become rare", () => {
    const supervisor = new Supervisor({ maxRestarts: 2, restartsMillis: 10_000 });
    const waits = Array.from({ length: 11 }, () => {
      supervisor.died(0);
      return supervisor.waitMillis(0);
    });
    assert.deepStrictEqual(waits, [0, 0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
    supervisor.died(20_000);
    assert.strictEqual(supervisor.waitMillis(20_000), 0);
  });

  it("counts failed starts apart, and gives up after five in a row", () => {
    const supervisor = new Supervisor({ maxRestarts: 0, restartsMillis: 10_000 });
    const answers = Array.from({ length: 5 }, () => supervisor.startFailed(0));
    assert.deepStrictEqual(answers, ["retry", "retry", "retry", "retry", "giveUp"]);
    supervisor.startFailed(0);
    supervisor.started();
    assert.strictEqual(supervisor.startFailed(1000), "retry");
    assert.strictEqual(supervisor.waitMillis(1000), 100);
  });

  it("holds back what waits, and keeps the program alive for it unless the pool is a daemon", () => {
    const pool = scripted({ maxRestarts: 1, quarantineAfter: Number.POSITIVE_INFINITY });
    killOne(pool);
    killOne(pool);
    const { length } = pool.workers;
    const waiting = pool.submit();
    assert.lengthOf(pool.workers, length);
    vi.advanceTimersByTime(99);
    assert.lengthOf(pool.workers, length);
    vi.advanceTimersByTime(1);
    assert.lengthOf(pool.workers, length + 1);
    pool.workers.at(-1)!.ready();
    pool.workers.at(-1)!.succeed(waiting.call);
    assert.strictEqual(waiting.ends[0]?._tag, "Outcome");
  });

  it("is never a tight loop: a task that kills every worker starts at most some per second", () => {
    const pool = scripted({ quarantineAfter: Number.POSITIVE_INFINITY });
    for (let n = 0; n < 1000; n++) pool.submit();
    for (let tick = 0; tick < 10_000; tick++) {
      const worker = pool.workers.at(-1)!;
      if (!worker.exited) {
        worker.ready();
        worker.exit(1);
      }
      vi.advanceTimersByTime(1);
    }
    assert.isAtMost(pool.workers.length, 20);
  });

  it("does not count workers that the host itself ended", async () => {
    const pool = scripted({ maxRestarts: 0, graceMillis: 10 });
    for (let n = 0; n < 5; n++) {
      const { call } = pool.submit();
      pool.workers.at(-1)!.ready();
      pool.pool.cancel(call);
      vi.advanceTimersByTime(10);
      passTurn();
      pool.workers.at(-1)!.exit(1);
    }
    assert.lengthOf(pool.workers, 5);
    pool.submit();
    assert.lengthOf(pool.workers, 6);
  });

  it("leaves no timer when the last waiting call is cancelled", () => {
    const { pool, submit, workers } = scripted();
    const { call } = submit();
    workers[0]!.exit(7);
    assert.strictEqual(vi.getTimerCount(), 1);
    pool.cancel(call);
    assert.strictEqual(vi.getTimerCount(), 0);
  });
});

describe("workers that cannot start", () => {
  it("are tried five times, ever more slowly, and the pool can be used again", () => {
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
    assert.lengthOf(b.ends, 1);
  });

  it.each([
    [
      "wrote",
      { stderrTail: "/bin/node: bad option: --nope\n" },
      "exit code 9: /bin/node: bad option: --nope",
    ],
    [
      "wrote before a stack and a version",
      {
        stderrTail:
          "import x;\n\nTypeError: bad\n    at f (x.ts:1:1) {\n  code: 'E_BAD'\n}\n\nNode.js v24.0.0\n",
      },
      "exit code 9: TypeError: bad",
    ],
    ["threw", { cause: new RangeError("too much") }, "exit code 9: too much"],
    [
      "threw and wrote, once if it is the same",
      { cause: new Error("missing"), stderrTail: "Error: missing\n" },
      "exit code 9: missing",
    ],
    ["threw, and wrote otherwise", { cause: "why", stderrTail: "how\n" }, "exit code 9: why: how"],
    ["did to itself", { signal: "SIGBUS" }, "signal SIGBUS"],
  ])("tell what the last of them %s", (_, exit, words) => {
    const { submit, workers } = scripted();
    const a = submit();
    for (let n = 0; n < 5; n++) {
      workers.at(-1)!.exit(9, exit);
      vi.advanceTimersByTime(1000);
    }
    const [end] = a.ends;
    assert.strictEqual(
      end?._tag === "Unavailable" && end.detail,
      `5 in a row did not report; of the last, it ended with ${words}`,
    );
  });

  it("are counted anew once one has reported", () => {
    const { submit, workers } = scripted({ quarantineAfter: Number.POSITIVE_INFINITY });
    const failTimes = (times: number): void => {
      for (let n = 0; n < times; n++) {
        workers.at(-1)!.exit(7);
        vi.advanceTimersByTime(900);
      }
    };
    submit();
    const waiting = submit();
    failTimes(4);
    workers.at(-1)!.ready();
    failTimes(5);
    assert.deepStrictEqual(waiting.ends, []);
    failTimes(1);
    assert.strictEqual(waiting.ends[0]?._tag, "Unavailable");
  });

  // The end of a call used to be told while others were still being taken out of the queue.
  it("end what waits once each, also when callers submit again at once", () => {
    const { submit, workers } = scripted();
    let again = 0;
    const first = submit({ onEnd: () => void (again++, submit()) });
    for (let n = 0; n < 5; n++) {
      workers.at(-1)!.exit(7);
      vi.advanceTimersByTime(1000);
    }
    assert.deepStrictEqual([first.call.state, again], ["ended", 1]);
  });
});

describe("quarantine", () => {
  const refusedOf = (end: End | undefined) => (end?._tag === "Quarantined" ? end : undefined);

  it("is told to those that wait after the loss was told that brought it about", () => {
    const { pool, submit, workers } = scripted({ quarantineAfter: 1 });
    const told: Array<string> = [];
    const lost = submit({ onEnd: ({ _tag }) => void told.push(_tag) });
    submit({
      onEnd: ({ _tag }) => {
        told.push(_tag);
        pool.cancel(lost.call);
      },
    });
    workers[0]!.ready();
    workers[0]!.exit(7);
    assert.deepStrictEqual(told, ["Lost", "Quarantined"]);
  });

  it("refuses a task that killed some workers in a row, also what waits of it, and no other task", () => {
    const pool = scripted();
    const ends = [killOne(pool), killOne(pool)];
    const third = pool.submit();
    const waiting = pool.submit();
    const other = pool.submit({ task: "other" });
    pool.workers.at(-1)!.ready();
    pool.workers.at(-1)!.exit(7);
    assert.deepStrictEqual(
      [...ends, third.ends[0]].map((end) => end?._tag),
      ["Lost", "Lost", "Lost"],
    );
    const refused = { _tag: "Quarantined", kills: 3, lastDeath: "exit code 7", retryAfterMillis: 30_000 };
    assert.deepStrictEqual(waiting.ends, [refused as End]);
    pool.workers.at(-1)!.ready();
    pool.workers.at(-1)!.succeed(other.call);
    assert.strictEqual(other.ends[0]?._tag, "Outcome");
    vi.advanceTimersByTime(10_000);
    assert.deepStrictEqual(pool.submit().ends, [{ ...refused, retryAfterMillis: 20_000 } as End]);
    assert.deepStrictEqual(pool.submit({ module: "file:///y.ts" }).ends, []);
  });

  it("ends each of those that wait once, also when a caller cancels one as another is refused", () => {
    const pool = scripted({ quarantineAfter: 1 });
    const running = pool.submit();
    pool.submit({ onEnd: () => pool.pool.cancel(second.call) });
    const second = pool.submit();
    pool.workers[0]!.ready();
    pool.workers[0]!.exit(7);
    assert.deepStrictEqual([running.ends.length, second.ends], [1, [{ _tag: "Cancelled" }]]);
  });

  it("lets one call through when its time is over: a success lifts it", () => {
    const pool = scripted({ quarantineAfter: 1 });
    killOne(pool);
    vi.advanceTimersByTime(30_000);
    const trial = pool.submit();
    assert.isDefined(refusedOf(pool.submit().ends[0]));
    pool.workers.at(-1)!.ready();
    pool.workers.at(-1)!.succeed(trial.call);
    assert.deepStrictEqual(pool.submit().ends, []);
  });

  it("is renewed when the call that was let through kills another worker", () => {
    const pool = scripted({ quarantineAfter: 1 });
    killOne(pool);
    vi.advanceTimersByTime(30_000);
    assert.strictEqual(killOne(pool)._tag, "Lost");
    assert.strictEqual(refusedOf(pool.submit().ends[0])?.kills, 2);
  });

  it("lets the next one try when the call that was let through showed nothing", () => {
    const pool = scripted({ quarantineAfter: 1 });
    killOne(pool);
    vi.advanceTimersByTime(30_000);
    const trial = pool.submit();
    pool.pool.cancel(trial.call);
    assert.deepStrictEqual(pool.submit().ends, []);
    assert.isDefined(refusedOf(pool.submit().ends[0]));
  });

  it("starts to count anew after a body that came to its end", () => {
    const pool = scripted();
    for (const _ of [1, 2]) killOne(pool);
    const good = pool.submit();
    pool.workers.at(-1)!.ready();
    pool.workers.at(-1)!.succeed(good.call);
    pool.workers.at(-1)!.exit(0);
    for (const _ of [1, 2]) assert.strictEqual(killOne(pool)._tag, "Lost");
    assert.deepStrictEqual(pool.submit().ends, []);
  });

  it("counts a worker that broke the protocol, and none that the host ended or that died without a call", () => {
    const pool = scripted({ quarantineAfter: 1, graceMillis: 10 });
    const cancelled = pool.submit();
    pool.workers.at(-1)!.ready();
    pool.pool.cancel(cancelled.call);
    vi.advanceTimersByTime(10);
    pool.workers.at(-1)!.exit(1);
    const good = pool.submit();
    pool.workers.at(-1)!.ready();
    pool.workers.at(-1)!.succeed(good.call);
    pool.workers.at(-1)!.exit(1);
    const hostile = pool.submit();
    assert.deepStrictEqual(hostile.ends, []);
    pool.workers.at(-1)!.ready();
    pool.workers.at(-1)!.send("garbage");
    pool.workers.at(-1)!.exit(1);
    assert.include(refusedOf(pool.submit().ends[0])?.lastDeath, "protocol violation");
  });

  it("can be switched off, and can last for ever", () => {
    const off = new Quarantine(Number.POSITIVE_INFINITY, 1000);
    for (let n = 0; n < 100; n++) off.killed("x", "exit code 1", 0);
    assert.strictEqual(off.admit("x", 0), "accepted");
    const endless = new Quarantine(1, Number.POSITIVE_INFINITY);
    endless.killed("x", "exit code 1", 0);
    const answer = endless.admit("x", 1e12);
    assert.isTrue(typeof answer === "object" && Number.isFinite(answer.retryAfterMillis));
  });
});
