/**
 * Workers come and go while the runtime is open, and no job is ever lost to that.
 */
import assert from "node:assert/strict";

import type { Service } from "@heddle/core/Runtime";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";

import type { Case } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Workers from "../fixtures/tasks/workers.ts";
import { awaitAll, begun, eventually, fill, reasonOf, upTo } from "../internal/expect.ts";

const workersOf = (runtime: Service) => Effect.runSync(runtime.stats).workers;

/** Tells one worker from all others, even from its successor in the same lane. */
const whoRuns = (runtime: Service): Effect.Effect<string, unknown> =>
  Effect.map(runtime.run(Plain.whereabouts, 0), ({ pid, threadId }) => `${pid}/${threadId}`);

/** Runs jobs until another worker than this one answers. */
const replaced = (runtime: Service, before: string): Effect.Effect<void, unknown> =>
  Effect.suspend(() => {
    const end = performance.now() + 10_000;
    const look: Effect.Effect<void, unknown> = Effect.flatMap(whoRuns(runtime), (now) => {
      if (now !== before) return Effect.void;
      assert.ok(performance.now() < end, "the worker was never replaced");
      return Effect.andThen(Effect.sleep(20), look);
    });
    return look;
  });

const idle: ReadonlyArray<Case> = [
  {
    id: "elasticity/idle",
    title: "idle workers retire down to minSize, and new ones come when there is work",
    guarantees: ["W5"],
    needs: ["elastic"],
    options: { idleTimeout: 50, minSize: 1 },
    run: Effect.fnUntraced(function* (env) {
      const { open, path, runtime, size } = env;
      for (const _ of [1, 2]) {
        const gate = path("gate");
        const jobs = yield* fill(env, gate, size);
        assert.equal(workersOf(runtime).length, size);
        open(gate);
        yield* awaitAll(jobs);
        yield* eventually(() => workersOf(runtime).length === 1, "all workers but one retire");
      }
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "elasticity/idle-race",
    title: "no job is lost that is submitted just when its worker retires, 20 times",
    guarantees: ["W5"],
    needs: ["elastic", "onePlace"],
    options: { idleTimeout: 20 },
    run: Effect.fnUntraced(function* ({ runtime }) {
      for (const n of upTo(20)) {
        assert.equal(yield* runtime.run(Plain.double, n), n * 2);
        yield* Effect.sleep(18 + (n % 5));
      }
    }),
  },
  {
    id: "elasticity/prewarm",
    title: "with prewarm all workers are there before the first call",
    guarantees: ["W5"],
    needs: ["elastic"],
    options: { prewarm: true },
    run: Effect.fnUntraced(function* ({ runtime, size }) {
      const states = workersOf(runtime).map(({ state }) => state);
      assert.deepEqual(
        states,
        upTo(size).map(() => "idle"),
      );
      const before = workersOf(runtime).map(({ pid, threadId }) => `${pid}/${threadId}`);
      assert.ok(before.includes(yield* whoRuns(runtime)));
      assert.equal(workersOf(runtime).length, size);
    }),
  },
];

const recycling: ReadonlyArray<Case> = [
  {
    id: "elasticity/recycle-jobs",
    title: "a worker is replaced when it has run so many jobs",
    guarantees: ["W5"],
    needs: ["elastic", "onePlace"],
    options: { recycle: { jobs: 3 } },
    run: Effect.fnUntraced(function* ({ runtime }) {
      const seen = yield* Effect.forEach(upTo(7), () => whoRuns(runtime));
      const firstOf = seen.map((who) => seen.indexOf(who));
      assert.deepEqual(firstOf, [0, 0, 0, 3, 3, 3, 6]);
    }),
  },
  {
    id: "elasticity/recycle-age",
    title: "a worker is replaced when it has become so old",
    guarantees: ["W5"],
    needs: ["elastic", "onePlace"],
    options: { recycle: { age: 200 } },
    run: Effect.fnUntraced(function* ({ runtime }) {
      yield* replaced(runtime, yield* whoRuns(runtime));
    }),
  },
  {
    id: "elasticity/recycle-heap",
    title: "a worker is replaced when it holds so much heap after a job",
    guarantees: ["W5"],
    needs: ["elastic", "onePlace"],
    options: { recycle: { heapMiB: 100 } },
    run: Effect.fnUntraced(function* ({ runtime }) {
      const before = yield* whoRuns(runtime);
      assert.equal(yield* runtime.run(Workers.keepHeap, 150), 150);
      yield* replaced(runtime, before);
    }),
  },
  {
    id: "elasticity/recycle",
    title: "recycling on demand while jobs run replaces every worker and loses no job",
    guarantees: ["W5"],
    needs: ["elastic"],
    run: Effect.fnUntraced(function* (env) {
      const { open, path, runtime, size } = env;
      const gate = path("gate");
      const running = yield* fill(env, gate, size);
      const old = new Set(workersOf(runtime).map(({ pid, threadId }) => `${pid}/${threadId}`));
      const queued = yield* Effect.forEach(upTo(size * 2), (n) => runtime.submit(Plain.later, n));
      const recycled = yield* Effect.forkChild(runtime.recycle, { startImmediately: true });
      open(gate);
      for (const opened of yield* awaitAll(running)) assert.equal(opened, "opened");
      assert.deepEqual(
        yield* awaitAll(queued),
        upTo(size * 2).map((n) => n * 2),
      );
      yield* Fiber.join(recycled);
      assert.ok(workersOf(runtime).every(({ pid, threadId }) => !old.has(`${pid}/${threadId}`)));
      assert.ok(!old.has(yield* whoRuns(runtime)));
    }),
  },
];

export const elasticity: ReadonlyArray<Case> = [
  ...idle,
  ...recycling,
  {
    id: "elasticity/resize",
    title: "a busy runtime grows and shrinks; what runs is not disturbed",
    guarantees: ["W5", "E6"],
    needs: ["elastic"],
    run: Effect.fnUntraced(function* (env) {
      const { open, path, runtime, size } = env;
      const [first, second] = [path("first"), path("second")];
      const before = yield* fill(env, first, size);
      const queued = yield* Effect.forEach([1, 2], () => runtime.submit(Plain.gate, second));
      yield* runtime.resize(size + 2);
      yield* Effect.forEach(queued, begun);
      assert.equal(workersOf(runtime).length, size + 2);
      yield* runtime.resize(1);
      open(first);
      open(second);
      for (const opened of yield* awaitAll([...before, ...queued])) assert.equal(opened, "opened");
      yield* eventually(() => workersOf(runtime).length === 1, "the workers too many retire");
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
      for (const wrong of [0, -1, 1.5, Number.NaN]) {
        assert.equal((yield* reasonOf(runtime.resize(wrong), "InvalidOptions")).option, "size");
      }
    }),
  },
  {
    id: "elasticity/resize-capabilities",
    title: "the capabilities tell the parallelism of the size that a runtime has now",
    guarantees: ["K1"],
    needs: ["elastic"],
    run: Effect.fnUntraced(function* ({ promised, runtime, size }) {
      yield* runtime.resize(size + 2);
      assert.equal(runtime.capabilities.parallelism, size + 2);
      assert.equal(promised.capabilities.parallelism, size + 2);
    }),
  },
  {
    id: "elasticity/unsupported",
    title: "resize and recycle are Unsupported where there are no workers",
    guarantees: ["K2"],
    needs: ["noElastic"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      for (const call of [runtime.resize(2), runtime.recycle]) {
        assert.equal((yield* reasonOf(call, "Unsupported")).capability, "elastic");
      }
    }),
  },
];
