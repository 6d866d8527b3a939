/**
 * Drain, close, kill: every pending call settles exactly once, and nothing comes to life afterwards.
 */
import assert from "node:assert/strict";

import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";

import type { Case, Env } from "../Case.ts";
import * as Deaths from "../fixtures/tasks/deaths.ts";
import * as Nested from "../fixtures/tasks/nested.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { begun, fill, reasonOf, rejectionOf, upTo } from "../internal/expect.ts";

type Call = Effect.Effect<unknown, unknown>;

/** What a call that was cut short may end with: it was cancelled, or refused because the runtime closes. */
const assertCutShort = (exit: Exit.Exit<unknown, unknown>): void => {
  if (Exit.isSuccess(exit)) assert.fail(`it ended with ${String(exit.value)}`);
  if (Cause.hasInterruptsOnly(exit.cause)) return;
  const error = Cause.findErrorOption(exit.cause);
  assert.match(error._tag === "Some" ? String(error.value) : Cause.pretty(exit.cause), /SHUTTING_DOWN/);
};

/** Closes a runtime that is full of one kind of call, with others queued and waiting outside. */
const closing = (id: string, title: string, call: (env: Env) => Call, needs?: Case["needs"]): Case => ({
  id: `shutdown/${id}`,
  title: `closing settles ${title}, and the calls that wait inside and outside of the queue, once each`,
  guarantees: ["L1", "R2"],
  needs,
  options: { maxQueue: 2, closeTimeout: 100 },
  run: Effect.fnUntraced(function* (env) {
    const { close, events, happened, path, runtime, size, starts } = env;
    const fork = (task: Call) => Effect.forkChild(Effect.exit(task), { startImmediately: true });
    const running = yield* Effect.forEach(upTo(size), () => fork(call(env)));
    yield* happened(() => events.filter(({ _tag }) => _tag === "JobStarted").length >= size);
    const file = path("never");
    const waiting = yield* Effect.forEach(upTo(5), () => fork(runtime.run(Plain.gate, file)));
    yield* close;
    const started = starts.length;
    for (const fiber of [...running, ...waiting]) assertCutShort(yield* Fiber.join(fiber));
    yield* reasonOf(runtime.run(Plain.double, 1), "ShuttingDown");
    assert.equal(starts.length, started, "a worker was started after the end");
    const { interrupted, failed, succeeded } = yield* runtime.stats;
    assert.equal(succeeded, 0);
    assert.equal(events.filter(({ _tag }) => _tag === "JobEnded").length, interrupted + failed);
  }),
});

const kinds: ReadonlyArray<Case> = [
  closing("cooperative", "bodies that heed their signal", ({ path, runtime }) =>
    runtime.run(Plain.hold, { file: path("marks"), text: "held" }),
  ),
  closing("stubborn", "bodies that look at nothing", ({ runtime }) => runtime.run(Plain.stubborn, 0), [
    "forceKill",
  ]),
  closing(
    "streaming",
    "streams",
    ({ path, runtime }) => Stream.runDrain(runtime.stream(Plain.produce, path("produced"))),
    ["streaming"],
  ),
  closing("nested", "bodies that wait for what they called", ({ path, runtime }) =>
    runtime.run(Nested.callsHold, { file: path("marks"), text: "held" }),
  ),
];

const moments: ReadonlyArray<Case> = [
  {
    id: "shutdown/start-up",
    title: "closing while the first workers start settles their calls and leaves nothing behind",
    guarantees: ["L1", "R2"],
    options: { closeTimeout: 0 },
    run: Effect.fnUntraced(function* ({ close, path, runtime, size }) {
      const file = path("never");
      const handles = yield* Effect.forEach(upTo(size + 2), () => runtime.submit(Plain.gate, file));
      yield* close;
      for (const handle of handles) assertCutShort(yield* Effect.exit(handle.await));
    }),
  },
  {
    id: "shutdown/crash",
    title: "closing while a worker dies settles its call, and no worker comes after that",
    guarantees: ["L1", "W1"],
    needs: ["elastic"],
    run: Effect.fnUntraced(function* ({ close, happened, path, runtime, starts }) {
      const file = path("marks");
      const handle = yield* runtime.submit(Deaths.dies, { way: "uncaught", file });
      yield* happened(({ _tag }) => _tag === "JobStarted");
      const before = starts.length;
      yield* close;
      const exit = yield* Effect.exit(handle.await);
      assert.ok(Exit.isFailure(exit));
      assert.equal(starts.length, before);
    }),
  },
  {
    id: "shutdown/recycle",
    title: "closing while workers are recycled settles everything and leaves nothing behind",
    guarantees: ["L1", "W5"],
    needs: ["elastic"],
    run: Effect.fnUntraced(function* (env) {
      const { close, path, runtime, size } = env;
      const running = yield* fill(env, path("never"), size);
      const recycled = yield* Effect.forkChild(Effect.exit(runtime.recycle), { startImmediately: true });
      yield* close;
      for (const handle of running) assertCutShort(yield* Effect.exit(handle.await));
      yield* Fiber.join(recycled);
    }),
  },
];

const firstOf = async (items: AsyncIterable<unknown>): Promise<unknown> =>
  items[Symbol.asyncIterator]().next();

/** A call of the promise façade as an effect that fails with what the promise rejects with. */
const asCall = (call: () => Promise<unknown>): Call =>
  Effect.flatMap(
    Effect.suspend(() => rejectionOf(call())),
    Effect.fail,
  );

export const shutdown: ReadonlyArray<Case> = [
  ...kinds,
  ...moments,
  {
    id: "shutdown/drain",
    title: "draining refuses new calls and completes when the accepted ones have ended, not before",
    guarantees: ["L3"],
    run: Effect.fnUntraced(function* (env) {
      const { open, path, runtime, size } = env;
      const gate = path("gate");
      const handles = yield* Effect.forEach(upTo(size + 2), () => runtime.submit(Plain.gate, gate));
      yield* Effect.forEach(handles.slice(0, size), begun);
      const drained = yield* Effect.forkChild(runtime.drain, { startImmediately: true });
      yield* reasonOf(runtime.run(Plain.double, 1), "ShuttingDown");
      assert.equal(drained.pollUnsafe(), undefined);
      open(gate);
      yield* Fiber.join(drained);
      for (const handle of handles) {
        assert.equal(yield* handle.status, "ended");
        assert.equal(yield* handle.await, "opened");
      }
    }),
  },
  {
    id: "shutdown/refuses",
    title: "after the end every form of call is refused with ShuttingDown, and nothing comes to life",
    guarantees: ["L2"],
    run: Effect.fnUntraced(function* ({ close, promised, runtime, starts }) {
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
      yield* close;
      const before = starts.length;
      const handle = yield* runtime.submit(Plain.double, 1);
      const calls: ReadonlyArray<Call> = [
        runtime.run(Plain.double, 1),
        handle.await,
        Stream.runDrain(runtime.map(Plain.double, [1])),
        asCall(() => promised.run(Plain.double, 1)),
        asCall(() => promised.submit(Plain.double, 1).result),
        asCall(() => firstOf(promised.map(Plain.double, [1]))),
      ];
      for (const call of calls) yield* reasonOf(call, "ShuttingDown");
      assert.equal(starts.length, before);
    }),
  },
  {
    id: "shutdown/refuses-streams",
    title: "after the end streams are refused with ShuttingDown as any call",
    guarantees: ["L2"],
    needs: ["streaming"],
    run: Effect.fnUntraced(function* ({ close, promised, runtime }) {
      yield* close;
      yield* reasonOf(Stream.runDrain(runtime.stream(Plain.count, 1)), "ShuttingDown");
      yield* reasonOf(
        asCall(() => firstOf(promised.stream(Plain.count, 1))),
        "ShuttingDown",
      );
    }),
  },
  {
    id: "shutdown/twice",
    title: "closing twice at once, and again, is closing once",
    guarantees: ["L2"],
    run: Effect.fnUntraced(function* ({ close, path, runtime }) {
      const handle = yield* runtime.submit(Plain.hold, { file: path("marks"), text: "held" });
      yield* begun(handle);
      yield* Effect.all([close, close, close], { concurrency: "unbounded" });
      yield* close;
      assertCutShort(yield* Effect.exit(handle.await));
    }),
  },
];
