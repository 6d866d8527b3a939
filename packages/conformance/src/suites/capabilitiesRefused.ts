/**
 * What a runtime says that it cannot do is refused loudly, in every form of a call, before anything starts; or the truth
 * shows in what it does.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";

import type { Case, Env } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Proofs from "../fixtures/tasks/proofs.ts";
import {
  assertInterrupted,
  awaitAll,
  begun,
  fill,
  promiseOf,
  reasonOf,
  turn,
  upTo,
} from "../internal/expect.ts";

type Call = Effect.Effect<unknown, unknown>;

const firstOf = (items: AsyncIterable<unknown>): Call =>
  promiseOf(() => items[Symbol.asyncIterator]().next());

const assertUnsupported = Effect.fnUntraced(function* (
  { events, runtime }: Env,
  capability: string,
  calls: ReadonlyArray<Call>,
) {
  for (const call of calls) assert.equal((yield* reasonOf(call, "Unsupported")).capability, capability);
  assert.deepEqual(events, [], "something was started");
  assert.equal(yield* runtime.run(Plain.double, 21), 42);
});

const options: ReadonlyArray<Case> = [
  {
    id: "capabilities/no-transfer",
    title: "without `transfer` every form of a call that has the option is refused, and keeps its buffer",
    guarantees: ["K2", "V5"],
    needs: ["noTransfer"],
    shares: true,
    run: Effect.fnUntraced(function* (env) {
      const { promised, runtime } = env;
      const bytes = new Uint8Array(8);
      const transfer = [bytes.buffer];
      yield* assertUnsupported(env, "transfer", [
        runtime.run(Plain.echo, bytes, { transfer }),
        Effect.scoped(
          Effect.flatMap(runtime.submit(Plain.echo, bytes, { transfer }), ({ await: end }) => end),
        ),
        promiseOf(() => promised.run(Plain.echo, bytes, { transfer })),
        promiseOf(() => promised.submit(Plain.echo, bytes, { transfer }).result),
      ]);
      assert.equal(bytes.byteLength, 8);
      // Nothing to move asks for nothing.
      assert.equal(yield* runtime.run(Plain.double, 21, { transfer: [] }), 42);
    }),
  },
  {
    id: "capabilities/no-streaming",
    title: "without `streaming` both forms of a stream are refused",
    guarantees: ["K2"],
    needs: ["noStreaming"],
    shares: true,
    run: (env) =>
      assertUnsupported(env, "streaming", [
        Stream.runDrain(env.runtime.stream(Plain.count, 1)),
        firstOf(env.promised.stream(Plain.count, 1)),
      ]),
  },
  {
    id: "capabilities/no-elastic",
    title: "without `elastic` resize and recycle are refused in both forms, and the parallelism stays",
    guarantees: ["K2"],
    needs: ["noElastic"],
    shares: true,
    run: Effect.fnUntraced(function* (env) {
      const { promised, runtime, size } = env;
      const { parallelism } = runtime.capabilities;
      yield* assertUnsupported(env, "elastic", [
        runtime.resize(size + 1),
        runtime.recycle,
        promiseOf(() => promised.resize(size + 1)),
        promiseOf(() => promised.recycle()),
      ]);
      assert.equal(runtime.capabilities.parallelism, parallelism);
    }),
  },
  {
    id: "capabilities/no-shared-memory",
    title: "without `sharedMemory` a SharedArrayBuffer is refused on its way in, wherever in the input it is",
    guarantees: ["V6", "V4"],
    needs: ["noSharedMemory", "copies"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const words = new Int32Array(new SharedArrayBuffer(4));
      for (const input of [words, words.buffer, { deep: [words] }, new Map([["k", words]])]) {
        assert.equal((yield* reasonOf(runtime.run(Plain.echo, input), "NotSerializable")).where, "input");
      }
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
];

const ignoring = Effect.fnUntraced(function* ({ path, runtime }: Env) {
  const input: Proofs.Gates = { gate: path("gate"), ended: path("ended") };
  const handle = yield* runtime.submit(Proofs.ignores, input);
  yield* begun(handle);
  return { handle, ...input };
});

/** With a timeout that is not over before the body has begun: it may be while its module is still loading. */
const begunInTime = Effect.fnUntraced(function* (runtime: Env["runtime"], input: Proofs.Gates) {
  for (let timeout = 20; ; timeout *= 4) {
    const handle = yield* runtime.submit(Proofs.ignores, input, { timeout });
    const first = yield* Stream.runHead(handle.progress);
    if (first._tag === "Some") return { handle, timeout };
    yield* reasonOf(handle.await, "TaskTimeout");
  }
});

const truths: ReadonlyArray<Case> = [
  {
    id: "capabilities/no-force-kill",
    title:
      "without `forceKill` a cancellation waits for a body that ignores it, and counts it as running until then",
    guarantees: ["K8", "C2"],
    needs: ["noForceKill"],
    shares: true,
    run: Effect.fnUntraced(function* (env) {
      const { marks, open, runtime } = env;
      const { ended, gate, handle } = yield* ignoring(env);
      const cancelled = yield* Effect.forkChild(handle.cancel, { startImmediately: true });
      for (const _ of upTo(5)) yield* turn;
      assert.equal(cancelled.pollUnsafe(), undefined, "it completed while the body was running");
      assert.equal(yield* handle.status, "running");
      assert.equal((yield* runtime.stats).running, 1);
      open(gate);
      yield* Fiber.join(cancelled);
      assert.deepEqual(marks(ended), ["ended"]);
      yield* assertInterrupted(handle.await);
    }),
  },
  {
    id: "capabilities/no-force-kill-place",
    title: "without `forceKill` the place of a cancelled body that goes on is given to nobody else",
    guarantees: ["K8", "C2"],
    needs: ["noForceKill"],
    shares: true,
    run: Effect.fnUntraced(function* (env) {
      const { open, path, runtime, size } = env;
      const others = yield* fill(env, path("never"), size - 1);
      const { ended, gate, handle } = yield* ignoring(env);
      const cancelled = yield* Effect.forkChild(handle.cancel, { startImmediately: true });
      const next = yield* runtime.submit(Plain.mark, { file: ended, text: "next" });
      for (const _ of upTo(5)) yield* turn;
      assert.equal(yield* next.status, "queued");
      open(gate);
      yield* awaitAll([next]);
      yield* Fiber.join(cancelled);
      assert.deepEqual(env.marks(ended), ["ended", "next"]);
      yield* Effect.forEach(others, (other) => other.cancel);
    }),
  },
  {
    id: "capabilities/no-force-kill-timeout",
    title:
      "without `forceKill` a body that ignores its timeout is TaskTimeout when it has ended, and not before",
    guarantees: ["K8", "D1"],
    needs: ["noForceKill"],
    shares: true,
    run: Effect.fnUntraced(function* ({ marks, open, path, runtime }) {
      const input: Proofs.Gates = { gate: path("gate"), ended: path("ended") };
      const { handle, timeout } = yield* begunInTime(runtime, input);
      yield* Effect.sleep(timeout + 60);
      assert.equal(yield* handle.status, "running", "it ended while the body was running");
      open(input.gate);
      yield* reasonOf(handle.await, "TaskTimeout");
      assert.deepEqual(marks(input.ended), ["ended"]);
    }),
  },
  {
    id: "capabilities/no-durability",
    title: "without `durability` what had not started when the runtime closed never does, detached or not",
    guarantees: ["K7", "L1"],
    needs: ["noDurability"],
    options: { closeTimeout: 0 },
    run: Effect.fnUntraced(function* (env) {
      const { close, events, marks, path, promised, size } = env;
      const file = path("marks");
      yield* fill(env, path("never"), size);
      const input = { file, text: "ran" };
      const queued = [
        promised.submit(Plain.mark, input),
        promised.submit(Plain.mark, input, { detached: true }),
      ];
      yield* close;
      for (const { result } of queued) yield* Effect.exit(promiseOf(() => result));
      assert.deepEqual(marks(file), []);
      assert.ok(!events.some(({ _tag, task }) => _tag === "JobStarted" && task === "plain/mark"));
    }),
  },
];

export const capabilitiesRefused: ReadonlyArray<Case> = [...options, ...truths];
