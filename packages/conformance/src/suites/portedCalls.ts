/**
 * What the tests of other libraries ask of single calls and of several: after CPython's `concurrent.futures`, joblib and trio.
 */
import assert from "node:assert/strict";

import type { Stats } from "@heddle/core/Stats";
import * as Effect from "effect/Effect";

import type { Case } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Ported from "../fixtures/tasks/ported.ts";
import { assertIdle, assertInterrupted, begun, defectOf, rejectionOf, upTo } from "../internal/expect.ts";

const sums = ({ failed, interrupted, queued, running, succeeded, waiting }: Stats) => ({
  failed,
  interrupted,
  queued,
  running,
  succeeded,
  waiting,
});

const single: ReadonlyArray<Case> = [
  {
    id: "results/asked-often",
    title: "whoever asks a handle, before its end or after it, is given the same outcome",
    guarantees: ["R5"],
    shares: true,
    run: Effect.fnUntraced(function* ({ promised, runtime }) {
      const handle = yield* runtime.submit(Plain.later, 21);
      const early = yield* Effect.all([handle.await, handle.await], { concurrency: "unbounded" });
      assert.deepEqual([...early, yield* handle.await], [42, 42, 42]);
      const failing = yield* runtime.submit(Ported.failsAs, 7);
      const defects = yield* Effect.all([defectOf(failing.await), defectOf(failing.await)], {
        concurrency: 2,
      });
      for (const defect of [...defects, yield* defectOf(failing.await)]) {
        assert.equal((defect as Error).message, "failure 7");
      }
      const { result } = promised.submit(Plain.later, 21);
      assert.deepEqual(yield* Effect.promise(() => Promise.all([result, result])), [42, 42]);
    }),
  },
  {
    id: "errors/falsy",
    title: "what is thrown is a defect however false it is, and is that very value",
    guarantees: ["E2"],
    needs: ["richValues"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      for (const [index, value] of Ported.falsy.entries()) {
        assert.ok(Object.is(yield* defectOf(runtime.run(Ported.throwsFalsy, index)), value), String(value));
      }
    }),
  },
  {
    id: "errors/each-its-own",
    title: "forty calls that fail at once each tell their own failure, as an object of their own",
    guarantees: ["E2", "R2"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const defects = yield* Effect.forEach(upTo(40), (n) => defectOf(runtime.run(Ported.failsAs, n)), {
        concurrency: "unbounded",
      });
      assert.deepEqual(
        defects.map((defect) => (defect as { readonly n?: unknown }).n),
        upTo(40),
      );
      assert.equal(new Set(defects).size, 40);
    }),
  },
  {
    id: "cancellation/level",
    title: "a body that was told once that it is cancelled is told so whenever it looks again",
    guarantees: ["C2"],
    shares: true,
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      const handle = yield* runtime.submit(Ported.swallows, file);
      yield* begun(handle);
      yield* handle.cancel;
      assert.deepEqual(marks(file), ["1 true true", "2 true true", "3 true true"]);
    }),
  },
  {
    id: "cancellation/swallowed",
    title:
      "a body that swallows its cancellation and returns is cancelled for its caller, and counted so once",
    guarantees: ["C2", "Q3"],
    shares: true,
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      const before = sums(yield* runtime.stats);
      const handle = yield* runtime.submit(Ported.swallows, path("marks"));
      yield* begun(handle);
      yield* handle.cancel;
      yield* assertInterrupted(handle.await);
      assert.deepEqual(sums(yield* runtime.stats), { ...before, interrupted: before.interrupted + 1 });
    }),
  },
];

const several: ReadonlyArray<Case> = [
  {
    id: "results/first-of",
    title: "who waits for the first of several jobs has it while the others go on, and may wait for all",
    guarantees: ["R2"],
    needs: ["severalPlaces"],
    shares: true,
    run: Effect.fnUntraced(function* ({ open, path, promised }) {
      const jobs = ["slow", "fast"].map((name) => ({ name, gate: path("gate") }));
      const handles = jobs.map((job) => promised.submit(Ported.named, job));
      open(jobs[1]!.gate);
      const results = handles.map(({ result }) => result);
      assert.equal(yield* Effect.promise(() => Promise.race(results)), "fast");
      assert.notEqual(handles[0]!.status(), "ended");
      open(jobs[0]!.gate);
      assert.deepEqual(yield* Effect.promise(() => Promise.all(results)), ["slow", "fast"]);
    }),
  },
  {
    id: "cancellation/race",
    title: "of calls that race the losers are cancelled, and have stopped when the winner is given",
    guarantees: ["C2"],
    needs: ["severalPlaces"],
    shares: true,
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const files = { begun: path("begun"), stopped: path("stopped") };
      const call = (kind: Ported.Mixed["kind"]) => runtime.run(Ported.mixed, { kind, ...files });
      assert.equal(yield* Effect.raceFirst(call("holds"), call("gives")), "gives");
      assert.deepEqual(marks(files.stopped), ["stopped"]);
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "cancellation/thousand",
    title:
      "a thousand aborts, before, during and after their bodies, leave every call ended and the counts true",
    guarantees: ["C4", "C5", "Q3"],
    shares: true,
    run: Effect.fnUntraced(function* ({ promised, runtime }) {
      const before = sums(yield* runtime.stats);
      const ends = yield* Effect.promise(() =>
        Promise.all(
          upTo(1000).map(async (n) => {
            const controller = new AbortController();
            const call = promised.run(Plain.later, n, { signal: controller.signal });
            setTimeout(() => controller.abort(new Error("enough")), n % 20);
            return call.then((value) => (value === n * 2 ? "value" : "wrong"), String);
          }),
        ),
      );
      const succeeded = ends.filter((end) => end === "value").length;
      const interrupted = ends.filter((end) => end === "Error: enough").length;
      assert.equal(succeeded + interrupted, 1000, `there was also ${ends.find((end) => end === "wrong")}`);
      assert.deepEqual(sums(yield* runtime.stats), {
        ...before,
        succeeded: before.succeeded + succeeded,
        interrupted: before.interrupted + interrupted,
      });
    }),
  },
  {
    id: "results/ten-thousand",
    title: "ten thousand calls, fifty at a time, each give their value, and nothing is left in the counts",
    guarantees: ["R2", "Q3"],
    shares: true,
    run: Effect.fnUntraced(function* ({ promised, runtime }) {
      const before = sums(yield* runtime.stats);
      let next = 0;
      let wrong = 0;
      const caller = async (): Promise<void> => {
        while (next < 10_000) {
          const n = next++;
          if ((await promised.run(Plain.double, n)) !== n * 2) wrong++;
        }
      };
      yield* Effect.promise(() => Promise.all(upTo(50).map(caller)));
      assert.equal(wrong, 0);
      assert.deepEqual(sums(yield* runtime.stats), { ...before, succeeded: before.succeeded + 10_000 });
    }),
  },
  {
    id: "cancellation/listeners",
    title: "of a hundred calls that share a signal none listens to it any more when they have ended",
    guarantees: ["C4"],
    shares: true,
    run: Effect.fnUntraced(function* ({ promised }) {
      const { signal } = new AbortController();
      const listening = new Set<unknown>();
      const add = signal.addEventListener.bind(signal);
      const remove = signal.removeEventListener.bind(signal);
      signal.addEventListener = (type: string, listener: never, options?: never) => {
        listening.add(listener);
        add(type, listener, options);
      };
      signal.removeEventListener = (type: string, listener: never) => {
        listening.delete(listener);
        remove(type, listener);
      };
      const calls = upTo(100).map((n) => promised.run(Plain.later, n, { signal }));
      assert.ok(listening.size > 0, "nobody listens to the signal");
      yield* Effect.promise(() =>
        Promise.all([...calls, promised.submit(Plain.double, 1, { signal }).result]),
      );
      yield* rejectionOf(promised.run(Ported.failsAs, 1, { signal }));
      // There may be one for all calls that the signal will ever be given to.
      assert.ok(listening.size <= 1, `${listening.size} listeners`);
    }),
  },
  {
    id: "values/shared-memory-order",
    title: "what either side wrote to shared memory before a call or its end is there for the other",
    guarantees: ["V6"],
    needs: ["sharedMemory"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const bytes = new Uint8Array(new SharedArrayBuffer(4096));
      for (const n of upTo(20)) {
        // Without Atomics: the call and its end order them.
        bytes.fill(n + 1);
        assert.equal(yield* runtime.run(Ported.sumsAndFills, bytes), 4096 * (n + 1));
        assert.ok(
          bytes.every((byte) => byte === 255),
          `round ${n}`,
        );
      }
    }),
  },
];

export const portedCalls: ReadonlyArray<Case> = [...single, ...several];
