/**
 * Whatever a runtime says that it can do is proven. `capabilitiesRefused` has what it says that it cannot.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import type { Capabilities } from "@heddle/core/Capabilities";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { Case, Env } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Proofs from "../fixtures/tasks/proofs.ts";
import * as Realm from "../fixtures/tasks/realm.ts";
import { assertInterrupted, begun, reasonOf, upTo } from "../internal/expect.ts";

const meetingMillis = 10_000;
/** For one who waits in vain. */
const vainMillis = 400;

/** So many bodies that hold their threads, each until as many have come; how many of them saw that. */
const meeting = Effect.fnUntraced(function* ({ path, runtime }: Env, members: number, millis: number) {
  const input: Proofs.Meeting = { file: path("meeting"), members, millis };
  const met = yield* Effect.forEach(upTo(members), () => runtime.run(Proofs.meets, input), {
    concurrency: "unbounded",
  });
  return met.filter(Boolean).length;
});

const legal: Readonly<Record<Exclude<keyof Capabilities, "parallelism">, ReadonlyArray<unknown>>> = {
  isolation: ["none", "isolate", "process", "machine"],
  values: ["reference", "structured-clone", "json"],
  transfer: [true, false],
  sharedMemory: [true, false],
  forceKill: [true, false],
  streaming: [true, false],
  elastic: [true, false],
  durability: [true, false],
  delivery: ["at-most-once", "at-least-once"],
  coordination: ["memory", "shared", "broker", "none"],
};

const manifest: ReadonlyArray<Case> = [
  {
    id: "capabilities/manifest",
    title:
      "the capabilities have every member that there is, no other, and each with a value that it may have",
    guarantees: ["K1"],
    shares: true,
    run: ({ promised, runtime }) =>
      Effect.sync(() => {
        const { parallelism, ...others } = runtime.capabilities;
        assert.ok(Number.isInteger(parallelism) && parallelism >= 1, String(parallelism));
        assert.deepEqual(Object.keys(others).toSorted(), Object.keys(legal).toSorted());
        for (const [member, values] of Object.entries(legal)) {
          const value = others[member as keyof typeof others];
          assert.ok(values.includes(value), `${member} is ${String(value)}`);
        }
        assert.deepEqual(promised.capabilities, runtime.capabilities);
      }),
  },
  {
    id: "capabilities/isolation",
    title:
      "bodies run in the process, the thread and the memory that `isolation` tells, and `unit` names them",
    guarantees: ["K4", "R3"],
    shares: true,
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      const { isolation } = runtime.capabilities;
      assert.notEqual(isolation, "machine", "the suite cannot prove yet that bodies run on another machine");
      const { pid, threadId, unit } = yield* runtime.run(Realm.platform, 0);
      assert.equal(unit.pid, pid, "the process that the unit names");
      assert.equal(pid === process.pid, isolation !== "process", `it runs in process ${pid}`);
      const spot: Realm.Spot = { place: "globalThis", key: path("key") };
      const host = yield* Effect.sync(() => Realm.put(spot));
      assert.ok(host);
      const isShared = yield* runtime.run(Realm.sees, spot);
      Realm.remove(spot);
      assert.equal(isShared, isolation === "none", "it sees the memory of its host");
      // Not every platform numbers the threads that are not its own.
      if (threadId !== 0) assert.equal(unit.threadId, threadId, "the thread that the unit names");
    }),
  },
];

const parallelism: ReadonlyArray<Case> = [
  {
    id: "capabilities/parallelism",
    title: "as many bodies as `parallelism` tells go on at the same instant, though each holds its thread",
    guarantees: ["K5"],
    shares: true,
    run: Effect.fnUntraced(function* (env) {
      const members = env.runtime.capabilities.parallelism;
      assert.equal(yield* meeting(env, members, meetingMillis), members);
    }),
  },
  {
    id: "capabilities/no-more-parallelism",
    title: "no more bodies than `parallelism` tells go on at the same instant",
    guarantees: ["K5"],
    shares: true,
    run: Effect.fnUntraced(function* (env) {
      const members = env.runtime.capabilities.parallelism + 1;
      const met = yield* meeting(env, members, vainMillis);
      assert.ok(met < members, `all ${members} bodies met`);
    }),
  },
];

const values: ReadonlyArray<Case> = [
  {
    id: "capabilities/values",
    title: "a body gets the very object, or a copy of its kind, or is not called, as `values` tells",
    guarantees: ["V2", "V4"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const how = runtime.capabilities.values;
      const given = new Map<string, unknown>([["a", 1n]]);
      const call = runtime.run(Proofs.changes, given);
      if (how === "json") {
        assert.equal((yield* reasonOf(call, "NotSerializable")).where, "input");
        return;
      }
      const { kind, value } = yield* call;
      assert.equal(kind, "[object Map]");
      assert.equal(value === given, how === "reference");
      assert.equal(
        given.has("changed"),
        how === "reference",
        "what the body did to its input reached the host",
      );
      assert.deepEqual([...value.keys()], ["a", "changed"]);
    }),
  },
  {
    id: "capabilities/transfer",
    title: "with `transfer` the sender of a buffer has it no more, and the receiver has its bytes",
    guarantees: ["V5"],
    needs: ["transfer"],
    shares: true,
    run: Effect.fnUntraced(function* ({ promised, runtime }) {
      const sent = upTo(3).map(() => new Uint8Array(4096).fill(9));
      const options = (bytes: Uint8Array) => ({ transfer: [bytes.buffer] });
      const handle = yield* runtime.submit(Plain.echo, sent[0], options(sent[0]!));
      const back = [
        yield* handle.await,
        yield* runtime.run(Plain.echo, sent[1], options(sent[1]!)),
        yield* Effect.promise(() => promised.run(Plain.echo, sent[2], options(sent[2]!))),
      ];
      assert.deepEqual(
        sent.map(({ byteLength }) => byteLength),
        [0, 0, 0],
      );
      for (const bytes of back) assert.deepEqual(bytes, new Uint8Array(4096).fill(9));
    }),
  },
  {
    id: "capabilities/shared-memory",
    title: "with `sharedMemory` a running body and its host see what the other writes",
    guarantees: ["V6"],
    needs: ["sharedMemory"],
    shares: true,
    run: Effect.fnUntraced(function* ({ happened, runtime }) {
      const words = new Int32Array(new SharedArrayBuffer(8));
      const handle = yield* runtime.submit(Proofs.answers, words);
      yield* happened(({ _tag, id }) => _tag === "JobStarted" && id === handle.id);
      Atomics.store(words, 0, 41);
      yield* handle.await;
      assert.equal(Atomics.load(words, 1), 42);
    }),
  },
];

const strengths: ReadonlyArray<Case> = [
  {
    id: "capabilities/force-kill",
    title: "with `forceKill` a body that holds its thread has really stopped when its cancellation completes",
    guarantees: ["C3", "C2"],
    needs: ["forceKill"],
    shares: true,
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      const file = path("count");
      const handle = yield* runtime.submit(Proofs.counts, file);
      yield* begun(handle);
      yield* handle.cancel;
      const atEnd = readFileSync(file, "utf8");
      yield* assertInterrupted(handle.await);
      // A body that goes on counts thousands of times meanwhile.
      yield* Effect.sleep(50);
      assert.equal(readFileSync(file, "utf8"), atEnd, "the body goes on");
    }),
  },
  {
    id: "capabilities/streaming",
    title: "with `streaming` an element is there while the body that gave it goes on",
    guarantees: ["S1"],
    needs: ["streaming"],
    shares: true,
    run: Effect.fnUntraced(function* ({ open, path, runtime }) {
      const gate = path("gate");
      const elements = Stream.tap(runtime.stream(Proofs.gatedStream, gate), (element) =>
        Effect.sync(() => {
          if (element === "before") open(gate);
        }),
      );
      assert.deepEqual(yield* Stream.runCollect(elements), ["before", "after"]);
    }),
  },
  {
    id: "capabilities/elastic",
    title:
      "with `elastic` a runtime that was made larger runs as many bodies at the same instant as it tells then",
    guarantees: ["K1", "W5"],
    needs: ["elastic"],
    run: Effect.fnUntraced(function* (env) {
      const { runtime, size } = env;
      yield* runtime.resize(size + 1);
      assert.equal(runtime.capabilities.parallelism, size + 1);
      assert.equal(yield* meeting(env, size + 1, meetingMillis), size + 1);
    }),
  },
  {
    id: "capabilities/delivery",
    title: "an attempt whose worker dies runs as often as `delivery` tells",
    guarantees: ["K6", "W2"],
    needs: ["isolation"],
    shares: true,
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("marks");
      const call = runtime.run(Proofs.diesFirst, file);
      if (runtime.capabilities.delivery === "at-least-once") return assert.equal(yield* call, 2);
      yield* reasonOf(call, "WorkerLost");
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
      assert.equal(marks(file).length, 1, "it ran again");
    }),
  },
  {
    id: "capabilities/durability",
    title: "with `durability` an accepted job survives the death of the program",
    guarantees: ["K7"],
    needs: ["durability"],
    run: () =>
      Effect.sync(() =>
        assert.fail(
          "this suite cannot prove durability yet: it has no way to end the program and open the same runtime again",
        ),
      ),
  },
];

export const capabilities: ReadonlyArray<Case> = [...manifest, ...parallelism, ...values, ...strengths];
