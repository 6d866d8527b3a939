/**
 * A cancellation reaches exactly those that it is meant for, in time and with its reason.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";

import type { Case } from "../Case.ts";
import * as Effects from "../fixtures/tasks/effects.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import {
  assertInterrupted,
  awaitAll,
  begun,
  fill,
  marked,
  rejectionOf,
  startedIds,
  turn,
  upTo,
} from "../internal/expect.ts";

/** How long this machine takes, at this moment, to reject so many plain promises that share one signal. */
const plainRejectionMillis = async (count: number): Promise<number> => {
  const controller = new AbortController();
  const { signal } = controller;
  const promises = upTo(count).map(
    () => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
  );
  const settled = Promise.allSettled(promises);
  const start = performance.now();
  controller.abort();
  await settled;
  return performance.now() - start;
};

/** When to cancel a job whose worker turns, or is about to turn, to the next one. */
const moments = ["at once", "a turn later", "when it ended", "when the next one started"] as const;

const addressed: ReadonlyArray<Case> = [
  {
    id: "cancellation/grace",
    title: "a body that looks at nothing is killed after the grace, and not before",
    guarantees: ["C3"],
    needs: ["forceKill"],
    options: { grace: 400 },
    run: Effect.fnUntraced(function* ({ runtime }) {
      const handle = yield* runtime.submit(Plain.stubborn, 0);
      yield* begun(handle);
      const start = performance.now();
      yield* handle.cancel;
      const tookMillis = performance.now() - start;
      yield* assertInterrupted(handle.await);
      assert.ok(tookMillis >= 395, `it was killed after ${tookMillis} ms`);
      assert.ok(tookMillis < 5000, `it was killed only after ${tookMillis} ms`);
    }),
  },
  {
    id: "cancellation/within-grace",
    title: "a body that cleans up within the grace is waited for, and its worker goes on",
    guarantees: ["C2", "C3"],
    needs: ["forceKill", "onePlace"],
    options: { grace: "1 minute" },
    run: Effect.fnUntraced(function* ({ happened, marks, path, runtime }) {
      const file = path("marks");
      const handle = yield* runtime.submit(Effects.finalized, { file, text: "finalized" });
      yield* begun(handle);
      const started = yield* happened((event) => event._tag === "JobStarted" && event.id === handle.id);
      yield* handle.cancel;
      assert.deepEqual(marks(file), ["finalized"]);
      const { pid, threadId } = yield* runtime.run(Plain.whereabouts, 0);
      assert.ok(started._tag === "JobStarted");
      assert.deepEqual([pid, threadId], [started.unit.pid, started.unit.threadId]);
    }),
  },
  {
    id: "cancellation/clean-first",
    title: "a place is given to the next job only when the finalizers of the cancelled one have run",
    guarantees: ["C2"],
    run: Effect.fnUntraced(function* (env) {
      const [file, gate] = [env.path("marks"), env.path("gate")];
      const others = yield* fill(env, gate, env.size - 1);
      const cancelled = yield* env.runtime.submit(Effects.finalized, { file, text: "clean" });
      yield* begun(cancelled);
      const next = yield* env.runtime.submit(Plain.mark, { file, text: "next" });
      yield* cancelled.cancel;
      yield* next.await;
      assert.deepEqual(env.marks(file), ["clean", "next"]);
      env.open(gate);
      yield* awaitAll(others);
    }),
  },
  {
    id: "cancellation/exactly-its-attempt",
    title: "cancelling a job just when its worker turns to the next one never harms that one, 200 times",
    guarantees: ["C7"],
    run: Effect.fnUntraced(function* ({ happened, runtime }) {
      for (const n of upTo(200)) {
        const first = yield* runtime.submit(Plain.later, n);
        const second = yield* runtime.submit(Plain.later, n);
        const moment = moments[n % moments.length];
        if (moment === "a turn later") yield* turn;
        if (moment === "when it ended") yield* first.await;
        if (moment === "when the next one started") {
          yield* happened(({ _tag, id }) => _tag === "JobStarted" && id === second.id);
        }
        yield* first.cancel;
        assert.equal(yield* second.await, n * 2);
        assert.equal(yield* first.status, "ended");
      }
    }),
  },
];

const masses: ReadonlyArray<Case> = [
  {
    id: "cancellation/abort-cpu-loop",
    title: "in promises an abort ends a body in a CPU loop, and the next call has its place at once",
    guarantees: ["C3", "C4"],
    needs: ["forceKill"],
    run: Effect.fnUntraced(function* ({ promised }) {
      const controller = new AbortController();
      const reason = new Error("enough");
      const handle = promised.submit(Plain.stubborn, 0, { signal: controller.signal });
      yield* Effect.promise(() => handle.progress[Symbol.asyncIterator]().next());
      controller.abort(reason);
      assert.equal(yield* rejectionOf(handle.result), reason);
      assert.equal(yield* Effect.promise(() => promised.run(Plain.double, 21)), 42);
    }),
  },
  {
    id: "cancellation/reason",
    title: "in promises a running and a queued call reject with the very reason of the abort",
    guarantees: ["C4", "C1"],
    run: Effect.fnUntraced(function* (env) {
      const { marks, path, promised, size } = env;
      const [file, gate, noted] = [path("marks"), path("gate"), path("begun")];
      const others = yield* fill(env, gate, size - 1);
      const controller = new AbortController();
      const { signal } = controller;
      const running = promised.run(Plain.hold, { file, text: "held", begun: noted }, { signal });
      const queued = promised.submit(Plain.mark, { file, text: "never" }, { signal });
      const reasons = Effect.all([rejectionOf(running), rejectionOf(queued.result)]);
      yield* marked(env, noted);
      const reason = { why: "enough" };
      controller.abort(reason);
      assert.deepEqual(
        (yield* reasons).map((given) => given === reason),
        [true, true],
      );
      assert.deepEqual(marks(file), ["held aborted=true cancelled=true"]);
      assert.equal(yield* rejectionOf(promised.run(Plain.double, 1, { signal })), reason);
      env.open(gate);
      yield* awaitAll(others);
    }),
  },
  {
    id: "cancellation/mass",
    title: "20,000 queued calls that share one signal are cancelled at once, and none ever starts",
    guarantees: ["C1", "C4"],
    run: Effect.fnUntraced(function* (env) {
      const { events, open, path, promised, runtime, size } = env;
      const [file, gate] = [path("marks"), path("gate")];
      const blockers = yield* fill(env, gate, size);
      const controller = new AbortController();
      const { signal } = controller;
      const plainMillis = yield* Effect.promise(() => plainRejectionMillis(20_000));
      const longestMillis = Math.max(4000, 40 * plainMillis);
      const input = { file, text: "never" };
      const calls = upTo(20_000).map(() => promised.run(Plain.mark, input, { signal }));
      assert.equal((yield* runtime.stats).queued, 20_000);
      const reason = new Error("all of you");
      const settled = Promise.allSettled(calls);
      const start = performance.now();
      controller.abort(reason);
      const results = yield* Effect.promise(() => settled);
      const tookMillis = performance.now() - start;
      assert.ok(results.every((result) => result.status === "rejected" && result.reason === reason));
      const { interrupted, queued, running } = yield* runtime.stats;
      assert.deepEqual({ interrupted, queued, running }, { interrupted: 20_000, queued: 0, running: size });
      assert.ok(tookMillis < longestMillis, `it took ${tookMillis} ms, plain promises ${plainMillis} ms`);
      open(gate);
      yield* awaitAll(blockers);
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
      assert.deepEqual(startedIds(events, "plain/mark"), []);
      assert.deepEqual(env.marks(file), []);
    }),
  },
];

export const addressing: ReadonlyArray<Case> = [...addressed, ...masses];
