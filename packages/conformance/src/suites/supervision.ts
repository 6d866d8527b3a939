/**
 * Whatever ends a worker fails the one attempt that ran there; everything else goes on.
 */
import assert from "node:assert/strict";

import type { WorkerLost } from "@heddle/core/RuntimeError";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Schedule from "effect/Schedule";

import type { Case, Env } from "../Case.ts";
import * as Deaths from "../fixtures/tasks/deaths.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { assertInterrupted, awaitAll, begun, fill, reasonOf, upTo } from "../internal/expect.ts";

const ofWorkers = ["isolation", "forceKill"] as const;
const ofPools = [...ofWorkers, "elastic"] as const;
const ofProcesses = ["processes", "forceKill"] as const;

/** Runs something while all other places are taken and others wait: neither may be harmed. */
const besideOthers = Effect.fnUntraced(function* (env: Env, act: Effect.Effect<unknown, unknown>) {
  const { open, path, runtime, size } = env;
  const file = path("gate");
  const neighbours = yield* fill(env, file, size - 1);
  const acting = yield* Effect.forkChild(act, { startImmediately: true });
  const queued = yield* Effect.forEach([1, 2, 3], (n) => runtime.submit(Plain.double, n));
  yield* Fiber.join(acting);
  assert.deepEqual(yield* awaitAll(queued), [2, 4, 6]);
  open(file);
  for (const opened of yield* awaitAll(neighbours)) assert.equal(opened, "opened");
  const { workers } = yield* runtime.stats;
  assert.ok(workers.length <= size, `${workers.length} workers`);
});

const assertLost = (env: Env, reason: WorkerLost, expected: Partial<WorkerLost>): void => {
  for (const [key, value] of Object.entries(expected)) {
    assert.equal(reason[key as keyof WorkerLost], value, key);
  }
  assert.equal(reason.attempt, 1);
  assert.ok(reason.lane.startsWith(`${env.runtime.name}/`), reason.lane);
};

const dying = (
  id: string,
  title: string,
  way: Deaths.Way,
  expected: Partial<WorkerLost>,
  options: { readonly needs?: Case["needs"]; readonly cause?: RegExp } = {},
): Case => ({
  id: `supervision/${id}`,
  title: `${title} is WorkerLost; neighbours and queue are untouched, and the worker is replaced`,
  guarantees: ["W1", "W2", "U1"],
  needs: options.needs ?? ofWorkers,
  run: Effect.fnUntraced(function* (env) {
    const file = env.path("marks");
    const act = Effect.map(reasonOf(env.runtime.run(Deaths.dies, { way, file }), "WorkerLost"), (reason) => {
      assertLost(env, reason, expected);
      assert.ok(reason.stderrTail?.includes(Deaths.lastWords(way)), `stderrTail: ${reason.stderrTail}`);
      if (options.cause !== undefined) assert.match(String(reason.cause), options.cause);
    });
    yield* besideOthers(env, act);
    assert.deepEqual(env.marks(file), ["attempt 1"], "nothing is repeated unasked");
    assert.equal(yield* env.runtime.run(Plain.double, 21), 42);
  }),
});

const pidOf = ({ happened }: Env, { id }: { readonly id: string }): Effect.Effect<number> =>
  Effect.map(
    happened((event) => event._tag === "JobStarted" && event.id === id),
    (event) => (event._tag === "JobStarted" ? event.unit.pid : 0),
  );

const waiting = Effect.fnUntraced(function* (env: Env) {
  const input: Deaths.Moody = { mood: "waits", file: env.path("never") };
  const handle = yield* env.runtime.submit(Deaths.moody, input);
  yield* begun(handle);
  return [handle, yield* pidOf(env, handle)] as const;
});

const killedFromOutside = (signal: NodeJS.Signals): Case => ({
  id: `supervision/${signal}`,
  title: `a worker that somebody ends with ${signal} is WorkerLost with that signal`,
  guarantees: ["W1"],
  needs: ofProcesses,
  run: Effect.fnUntraced(function* (env) {
    const act = Effect.scoped(
      Effect.gen(function* () {
        const [handle, pid] = yield* waiting(env);
        process.kill(pid, signal);
        assertLost(env, yield* reasonOf(handle.await, "WorkerLost"), { exitCode: null, signal });
      }),
    );
    yield* besideOthers(env, act);
    assert.equal(yield* env.runtime.run(Plain.double, 21), 42);
  }),
});

const deaths: ReadonlyArray<Case> = [
  dying("exit-0", "process.exit(0) in a body", "exit 0", { exitCode: 0, signal: null }),
  dying("exit-1", "process.exit(1) in a body", "exit 1", { exitCode: 1, signal: null }),
  dying(
    "uncaught",
    "an exception that nothing catches",
    "uncaught",
    { exitCode: 1, signal: null },
    { cause: /RangeError: expected: uncaught in a test/ },
  ),
  dying(
    "unhandled",
    "a rejection that nothing handles",
    "unhandled",
    { exitCode: 1, signal: null },
    { cause: /RangeError: expected: unhandled in a test/ },
  ),
  dying(
    "abort",
    "process.abort() in a body",
    "abort",
    { exitCode: null, signal: "SIGABRT" },
    { needs: ofProcesses },
  ),
  killedFromOutside("SIGKILL"),
  killedFromOutside("SIGTERM"),
  {
    id: "supervision/SIGSTOP",
    title: "a worker that stands still is killed when its job is cancelled, and replaced",
    guarantees: ["C3", "W1"],
    needs: ofProcesses,
    run: Effect.fnUntraced(function* (env) {
      const act = Effect.scoped(
        Effect.gen(function* () {
          const [handle, pid] = yield* waiting(env);
          process.kill(pid, "SIGSTOP");
          yield* handle.cancel;
          yield* assertInterrupted(handle.await);
        }),
      );
      yield* besideOthers(env, act);
      assert.equal(yield* env.runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "supervision/out-of-memory",
    title: "a body that reaches the memory limit is OutOfMemory with the limit; all else goes on",
    guarantees: ["W1", "W2"],
    needs: ofPools,
    options: { memoryLimitMiB: 64 },
    run: Effect.fnUntraced(function* (env) {
      const file = env.path("marks");
      const call = env.runtime.run(Deaths.dies, { way: "memory", file });
      const act = Effect.map(reasonOf(call, "OutOfMemory"), ({ attempt, lane, limitMiB }) => {
        assert.deepEqual({ attempt, limitMiB }, { attempt: 1, limitMiB: 64 });
        assert.ok(lane.startsWith(`${env.runtime.name}/`));
      });
      yield* besideOthers(env, act);
      assert.deepEqual(env.marks(file), ["attempt 1"]);
    }),
  },
  {
    id: "supervision/closed-channels",
    title: "a body that closes the channels it can reach ends once, and the next call works",
    guarantees: ["W1"],
    needs: ofWorkers,
    run: Effect.fnUntraced(function* (env) {
      const act = Effect.map(Effect.exit(env.runtime.run(Deaths.closesChannels, 5)), (exit) => {
        if (Exit.isSuccess(exit)) assert.equal(exit.value, 5);
        else assert.match(String(exit), /WorkerLost|ProtocolViolation/);
      });
      yield* besideOthers(env, act);
      assert.equal(yield* env.runtime.run(Plain.double, 21), 42);
    }),
  },
];

export const supervision: ReadonlyArray<Case> = [
  ...deaths,
  {
    id: "supervision/queued-behind",
    title: "jobs that wait behind bodies that kill all workers still run",
    guarantees: ["W1"],
    needs: ofPools,
    options: { quarantineAfter: 100 },
    run: Effect.fnUntraced(function* ({ path, runtime, size }) {
      const file = path("marks");
      const killers = yield* Effect.forEach(upTo(size), () =>
        runtime.submit(Deaths.dies, { way: "exit 1", file }),
      );
      const behind = yield* Effect.forEach(upTo(8), (n) => runtime.submit(Plain.double, n));
      for (const killer of killers) yield* reasonOf(killer.await, "WorkerLost");
      assert.deepEqual(
        yield* awaitAll(behind),
        upTo(8).map((n) => n * 2),
      );
    }),
  },
  {
    id: "supervision/retry",
    title:
      "with a schedule a lost attempt is repeated, counted in context.attempt, until it lives or the schedule ends",
    guarantees: ["W2"],
    needs: ofPools,
    options: { quarantineAfter: 100 },
    run: Effect.fnUntraced(function* ({ events, marks, path, runtime }) {
      const file = path("marks");
      const death = { way: "exit 1", file } as const;
      const retry = Schedule.recurs(2);
      assert.equal(yield* runtime.run(Deaths.dies, { ...death, livesFrom: 3 }, { retry }), 3);
      const reason = yield* reasonOf(runtime.run(Deaths.dies, death, { retry }), "WorkerLost");
      assert.equal(reason.attempt, 3);
      const attempts = ["attempt 1", "attempt 2", "attempt 3"];
      assert.deepEqual(marks(file), [...attempts, ...attempts]);
      assert.equal(events.filter(({ _tag }) => _tag === "JobEnded").length, 2);
    }),
  },
  {
    id: "supervision/storm",
    title: "twelve crashes in a row are all told, and new workers come ever more slowly",
    guarantees: ["W4"],
    needs: ofPools,
    options: { quarantineAfter: 100, restarts: { max: 8, within: "1 minute" } },
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      for (const _ of upTo(12)) {
        yield* reasonOf(runtime.run(Deaths.dies, { way: "exit 0", file }), "WorkerLost");
      }
      assert.equal(marks(file).length, 12);
      const start = performance.now();
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
      // Four deaths beyond the budget: 100 ms, and three times twice as long.
      const waitedMillis = performance.now() - start;
      assert.ok(waitedMillis >= 700, `the next worker came after ${waitedMillis} ms`);
    }),
  },
];
