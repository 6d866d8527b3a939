/**
 * `timeout` bounds the work and `queueTimeout` the waiting; the deadline travels with the job and those that it calls.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";

import type { Case } from "../Case.ts";
import * as Effects from "../fixtures/tasks/effects.ts";
import * as Nested from "../fixtures/tasks/nested.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import {
  assertIdle,
  awaitAll,
  begun,
  fill,
  isIsolated,
  reasonOf,
  rejectionOf,
  startedIds,
  upTo,
} from "../internal/expect.ts";

// setTimeout knows no longer time and fires at once.
const longMillis = 2 ** 31 + 1000;

const timeouts: ReadonlyArray<Case> = [
  {
    id: "deadline/timeout-from-start",
    title: "waiting for a place does not count for the timeout",
    guarantees: ["D1"],
    run: Effect.fnUntraced(function* (env) {
      const file = env.path("gate");
      yield* fill(env, file, env.size);
      const waiting = yield* env.runtime.submit(Plain.later, 21, { timeout: 700 });
      // The only way to see that time does not count is to let it pass.
      yield* Effect.sleep(800);
      assert.equal(yield* waiting.status, "queued");
      env.open(file);
      assert.equal(yield* waiting.await, 42);
    }),
  },
  {
    id: "deadline/timeout",
    title: "a body that takes longer than its timeout is cancelled and cleans up: TaskTimeout",
    guarantees: ["D1", "C2"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      // Its module is loaded by then, so the body begins before its time is up.
      yield* runtime.run(Effects.add, 1);
      const call = runtime.run(Effects.finalized, { file, text: "finalized" }, { timeout: 800 });
      assert.equal((yield* reasonOf(call, "TaskTimeout")).timeoutMillis, 800);
      assert.deepEqual(marks(file), ["finalized"]);
      yield* assertIdle(runtime);
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "deadline/timeout-kills",
    title: "a body that looks at nothing is killed after its timeout: TaskTimeout",
    guarantees: ["D1", "C3"],
    needs: ["forceKill"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      yield* reasonOf(runtime.run(Plain.stubborn, 0, { timeout: 50 }), "TaskTimeout");
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "deadline/timeout-of-stream",
    title: "the timeout of a stream bounds its body, which cleans up",
    guarantees: ["D1", "S3"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      const file = path("produced");
      const elements = runtime.stream(Plain.produce, file, { timeout: 600 });
      yield* reasonOf(Stream.runDrain(elements), "TaskTimeout");
      assert.equal(readFileSync(file, "utf8"), "returned");
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "deadline/zero",
    title: "a timeout of zero is a timeout, not none",
    guarantees: ["D1", "D4"],
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      const input = { file: path("marks"), text: "held" };
      yield* reasonOf(runtime.run(Plain.hold, input, { timeout: 0 }), "TaskTimeout");
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "deadline/beyond-2-31",
    title: "timeouts of more than 2^31 ms do not fire early",
    guarantees: ["D4"],
    run: Effect.fnUntraced(function* ({ open, path, runtime }) {
      const file = path("gate");
      const options = { timeout: longMillis, queueTimeout: longMillis };
      const handle = yield* runtime.submit(Plain.gate, file, options);
      yield* begun(handle);
      yield* Effect.sleep(50);
      assert.equal(yield* handle.status, "running");
      open(file);
      assert.equal(yield* handle.await, "opened");
      const before = Date.now();
      const deadline = (yield* runtime.run(Nested.deadline, 0, options)) ?? 0;
      assert.ok(deadline >= before + longMillis && deadline <= Date.now() + longMillis);
    }),
  },
];

const queueTimeouts: ReadonlyArray<Case> = [
  {
    id: "deadline/queue-timeout",
    title: "a body that has not started within its queueTimeout never does: QueueTimeout",
    guarantees: ["D2"],
    run: Effect.fnUntraced(function* (env) {
      const { events, marks, open, path, runtime, size } = env;
      const [gate, file] = [path("gate"), path("marks")];
      const blockers = yield* fill(env, gate, size);
      for (const queueTimeout of [50, 0]) {
        const call = runtime.run(Plain.mark, { file, text: "never" }, { queueTimeout, timeout: "1 minute" });
        assert.equal((yield* reasonOf(call, "QueueTimeout")).queueTimeoutMillis, queueTimeout);
      }
      open(gate);
      yield* awaitAll(blockers);
      yield* runtime.run(Plain.mark, { file, text: "next" });
      assert.deepEqual(marks(file), ["next"]);
      assert.equal(startedIds(events, "plain/mark").length, 1);
    }),
  },
  {
    id: "deadline/queue-timeout-behind-busy",
    title: "jobs that wait behind bodies that compute end in time, by their queueTimeout and by a signal",
    guarantees: ["D2", "C1"],
    run: Effect.fnUntraced(function* (env) {
      const { events, open, path, promised, runtime, size } = env;
      // Where bodies share a thread their times add up; so few are enough, and a large runtime is not slower.
      const computingPlaces = isIsolated(runtime.capabilities) ? Math.min(size, 8) : 1;
      const [gate, othersGate] = [path("gate"), path("others")];
      const others = yield* fill(env, othersGate, size - computingPlaces);
      const blockers = yield* fill(env, gate, computingPlaces);
      const computing = upTo(10 * computingPlaces).map(() => promised.run(Plain.busy, 20));
      const timed = runtime.run(Plain.double, 1, { queueTimeout: 60 });
      const aborted = promised.run(Plain.double, 2, { signal: AbortSignal.timeout(60) });
      const ends = yield* Effect.forkChild(
        Effect.all([reasonOf(timed, "QueueTimeout"), rejectionOf(aborted)] as const, {
          concurrency: "unbounded",
        }),
        { startImmediately: true },
      );
      open(gate);
      const [, reason] = yield* Fiber.join(ends);
      assert.equal((reason as Error).name, "TimeoutError");
      assert.deepEqual(startedIds(events, "plain/double"), []);
      open(othersGate);
      yield* awaitAll([...blockers, ...others]);
      yield* Effect.promise(() => Promise.all(computing));
    }),
  },
  {
    id: "deadline/queue-timeout-ends-with-the-queue",
    title: "a body that has started is not bounded by its queueTimeout",
    guarantees: ["D2"],
    run: Effect.fnUntraced(function* ({ open, path, runtime }) {
      const file = path("gate");
      yield* runtime.run(Plain.double, 1);
      const handle = yield* runtime.submit(Plain.gate, file, { queueTimeout: 500 });
      yield* begun(handle);
      yield* Effect.sleep(600);
      assert.equal(yield* handle.status, "running");
      open(file);
      assert.equal(yield* handle.await, "opened");
    }),
  },
];

const travelling: ReadonlyArray<Case> = [
  {
    id: "deadline/visible",
    title: "a body sees the instant when its time is up, and none when there is none",
    guarantees: ["D3"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.equal(yield* runtime.run(Nested.deadline, 0), undefined);
      const before = Date.now();
      const deadline = (yield* runtime.run(Nested.deadline, 0, { timeout: 60_000 })) ?? 0;
      assert.ok(deadline >= before + 60_000 && deadline <= Date.now() + 60_000, String(deadline - before));
    }),
  },
  {
    id: "deadline/nested",
    title:
      "a nested body inherits the deadline of the one above, may have a shorter one, and never a longer one",
    guarantees: ["D3"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const seen = yield* runtime.run(Nested.deadlines, 0, { timeout: 60_000 });
      const { inherited = 0, longer = 0, own = 0, shorter = 0 } = seen;
      // The two sides take the instant one after the other.
      assert.ok(own > 0 && Math.abs(inherited - own) < 2000, JSON.stringify(seen));
      assert.equal(longer, inherited);
      assert.ok(shorter < own - 50_000, JSON.stringify(seen));
    }),
  },
  {
    id: "deadline/nested-ends",
    title: "the timeout of a body ends what it called",
    guarantees: ["D1", "N2"],
    run: Effect.fnUntraced(function* ({ marks, open, path, runtime }) {
      const [file, gate] = [path("marks"), path("gate")];
      open(gate);
      // The workers have started by then, so the body below begins before the time is up.
      yield* runtime.run(Nested.callsGate, gate);
      const call = runtime.run(Nested.callsHold, { file, text: "below" }, { timeout: 1000 });
      yield* reasonOf(call, "TaskTimeout");
      assert.deepEqual(marks(file), ["below aborted=true cancelled=true"]);
      yield* assertIdle(runtime);
    }),
  },
];

export const deadline: ReadonlyArray<Case> = [...timeouts, ...queueTimeouts, ...travelling];
