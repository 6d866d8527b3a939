/**
 * What the tests of other pools ask of workers: after CPython's `concurrent.futures`, piscina, tinypool and workerpool.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { Case, Env } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Ported from "../fixtures/tasks/ported.ts";
import { assertIdle, awaitAll, begun, defectOf, upTo } from "../internal/expect.ts";

const lanesOf = ({ events }: Env, task: string): ReadonlySet<string> =>
  new Set(
    events.flatMap((event) => (event._tag === "JobStarted" && event.task === task ? [event.unit.lane] : [])),
  );

const use: ReadonlyArray<Case> = [
  {
    id: "ordering/saturation",
    title: "ten times as many jobs as places keep all places busy, and end in a lane each",
    guarantees: ["Q2", "R3"],
    needs: ["isolation"],
    shares: true,
    run: Effect.fnUntraced(function* (env) {
      const { open, path, runtime, size } = env;
      const gate = path("gate");
      const handles = yield* Effect.forEach(upTo(size * 10), () => runtime.submit(Plain.gate, gate));
      yield* Effect.forEach(handles.slice(0, size), begun);
      const { queued, running } = yield* runtime.stats;
      assert.deepEqual({ queued, running }, { queued: size * 9, running: size });
      assert.equal(lanesOf(env, "plain/gate").size, size);
      open(gate);
      yield* awaitAll(handles);
      assert.equal(lanesOf(env, "plain/gate").size, size);
    }),
  },
  {
    id: "supervision/idle-reused",
    title: "a job that finds an idle worker is given to it, and starts no other",
    guarantees: ["W6"],
    needs: ["isolation", "elastic"],
    run: Effect.fnUntraced(function* ({ runtime, starts }) {
      const where = Effect.map(
        runtime.run(Plain.whereabouts, 0),
        ({ pid, threadId }) => `${pid}/${threadId}`,
      );
      const first = yield* where;
      const { length } = starts;
      assert.deepEqual(
        yield* Effect.forEach(upTo(5), () => where),
        upTo(5).map(() => first),
      );
      assert.equal(starts.length, length);
      assert.equal((yield* runtime.stats).workers.length, 1);
    }),
  },
  {
    id: "supervision/started-on-demand",
    title: "a runtime that nobody calls has started no worker, and one call starts no more than one",
    guarantees: ["W6"],
    needs: ["isolation", "elastic"],
    run: Effect.fnUntraced(function* ({ runtime, starts }) {
      assert.deepEqual([starts.length, (yield* runtime.stats).workers.length], [0, 0]);
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
      assert.equal((yield* runtime.stats).workers.length, 1);
    }),
  },
  {
    id: "supervision/own-lanes",
    title: "workers that are there together have lanes of their own",
    guarantees: ["R3"],
    needs: ["isolation", "severalPlaces"],
    shares: true,
    run: Effect.fnUntraced(function* (env) {
      const { open, path, runtime, size } = env;
      const gate = path("gate");
      const handles = yield* Effect.forEach(upTo(size), () => runtime.submit(Plain.gate, gate));
      yield* Effect.forEach(handles, begun);
      const { workers } = yield* runtime.stats;
      assert.equal(new Set(workers.map(({ lane }) => lane)).size, size);
      assert.equal(new Set(workers.map(({ pid, threadId }) => `${pid}/${threadId}`)).size, size);
      for (const lane of lanesOf(env, "plain/gate")) {
        assert.ok(
          workers.some((worker) => worker.lane === lane),
          `${lane} is nowhere in the stats`,
        );
      }
      open(gate);
      yield* awaitAll(handles);
    }),
  },
];

const layers: ReadonlyArray<Case> = [
  {
    id: "lifecycle/layer-fails",
    title: "a task whose layer cannot be built fails each of its calls with the reason, and no other task",
    guarantees: ["L7"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime, size }) {
      const defects = yield* Effect.forEach(
        upTo(size * 2),
        () => defectOf(runtime.run(Ported.needsBroken, 0)),
        { concurrency: "unbounded" },
      );
      for (const defect of defects) {
        assert.ok(defect instanceof RangeError);
        assert.equal(defect.message, "expected: this layer cannot be built");
      }
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "lifecycle/layer-mended",
    title: "a layer that could not be built is built anew for the next call",
    guarantees: ["L7"],
    needs: ["onePlace"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const defect = yield* defectOf(runtime.run(Ported.needsMended, 0));
      assert.match(String(defect), /expected: not this time/);
      const builds = yield* runtime.run(Ported.needsMended, 0);
      assert.equal(builds % 2, 0);
    }),
  },
];

const stuck: ReadonlyArray<Case> = [
  {
    id: "streaming/stuck-in-finally",
    title: "a stream whose finally holds its thread is killed after the grace when its consumer leaves",
    guarantees: ["S3", "C3"],
    needs: ["streaming", "forceKill"],
    shares: true,
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      const elements = runtime.stream(Ported.stuckInFinally, file);
      assert.deepEqual(yield* Stream.runCollect(Stream.take(elements, 3)), [0, 1, 2]);
      assert.deepEqual(marks(file), ["finally"]);
      yield* assertIdle(runtime);
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "cancellation/unread-stream",
    title: "a stream that nobody reads to its end gives its place to the next call when it is left",
    guarantees: ["S3"],
    needs: ["streaming"],
    shares: true,
    run: Effect.fnUntraced(function* ({ path, promised, runtime, size }) {
      const files = upTo(size * 2).map(() => path("produced"));
      for (const file of files) {
        const iterator = promised.stream(Plain.produce, file)[Symbol.asyncIterator]();
        assert.equal((yield* Effect.promise(() => iterator.next())).value, 1);
        yield* Effect.promise(async () => iterator.return?.());
      }
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
      yield* assertIdle(runtime);
    }),
  },
];

export const portedPools: ReadonlyArray<Case> = [...use, ...layers, ...stuck];
