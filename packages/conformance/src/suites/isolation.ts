/**
 * What kills a worker fails the job that it was running, and nothing else.
 */
import * as assert from "node:assert/strict";

import type { Capabilities } from "@heddle/core/Capabilities";
import * as Effect from "effect/Effect";

import type { Env, Suite } from "../Conformance.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { begun, isIsolated, reasonOf } from "../internal/expect.ts";

const needs = (capabilities: Capabilities): boolean => isIsolated(capabilities) && capabilities.forceKill;

/** Runs something while all other places are taken; what runs there must not be harmed. */
const besideNeighbours = Effect.fnUntraced(function* (
  { open, path, runtime, size }: Env,
  act: Effect.Effect<void, unknown>,
) {
  const file = path("gate");
  const neighbours = yield* Effect.forEach(Array.from({ length: size - 1 }), () =>
    runtime.submit(Plain.gate, file),
  );
  yield* Effect.forEach(neighbours, begun);
  yield* act;
  open(file);
  for (const neighbour of neighbours) assert.equal(yield* neighbour.await, "opened");
});

export const isolation: Suite = [
  {
    id: "isolation/exit",
    title: "process.exit in a body is WorkerLost with its exit code; the worker is replaced",
    needs,
    run: Effect.fnUntraced(function* (env) {
      const { runtime } = env;
      yield* besideNeighbours(
        env,
        Effect.gen(function* () {
          const reason = yield* reasonOf(runtime.run(Plain.exit, 3), "WorkerLost");
          assert.equal(reason.exitCode, 3);
          assert.equal(reason.signal, null);
          assert.equal(reason.attempt, 1);
          assert.ok(reason.lane.startsWith(`${runtime.name}/`));
          assert.equal(yield* runtime.run(Plain.double, 21), 42);
        }),
      );
      const { workers } = yield* runtime.stats;
      assert.ok(workers.length <= env.size);
    }),
  },
  {
    id: "isolation/uncaught",
    title: "an exception that nothing catches is WorkerLost",
    needs,
    run: Effect.fnUntraced(function* (env) {
      const act = reasonOf(env.runtime.run(Plain.uncaught, "expected: uncaught in a test"), "WorkerLost");
      yield* besideNeighbours(
        env,
        Effect.map(act, ({ exitCode }) => assert.equal(exitCode, 1)),
      );
      assert.equal(yield* env.runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "isolation/unhandled",
    title: "a rejection that nothing handles is WorkerLost",
    needs,
    run: Effect.fnUntraced(function* (env) {
      const act = reasonOf(env.runtime.run(Plain.unhandled, "expected: unhandled in a test"), "WorkerLost");
      yield* besideNeighbours(
        env,
        Effect.map(act, ({ exitCode }) => assert.equal(exitCode, 1)),
      );
      assert.equal(yield* env.runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "isolation/queued-behind",
    title: "jobs that wait behind one that kills its worker still run",
    needs,
    run: Effect.fnUntraced(function* ({ runtime, size }) {
      const killers = yield* Effect.forEach(Array.from({ length: size }), () =>
        runtime.submit(Plain.exit, 1),
      );
      const waiting = yield* Effect.forEach([1, 2, 3, 4], (n) => runtime.submit(Plain.double, n));
      for (const killer of killers) yield* reasonOf(killer.await, "WorkerLost");
      for (const [i, handle] of waiting.entries()) assert.equal(yield* handle.await, (i + 1) * 2);
    }),
  },
  {
    id: "isolation/repeatedly",
    title: "a runtime survives the loss of many workers",
    needs,
    run: Effect.fnUntraced(function* ({ runtime }) {
      for (let i = 0; i < 7; i++) yield* reasonOf(runtime.run(Plain.exit, i + 1), "WorkerLost");
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
];
