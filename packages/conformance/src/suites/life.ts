/**
 * Each operation in each state of a runtime's life: a table of what has to happen, and one case for each of its cells.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";

import type { Case, Env } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { isIsolated, promiseOf, reasonOf } from "../internal/expect.ts";
import type { Need } from "../Need.ts";
import {
  type Check,
  type Counts,
  definitions,
  refuses,
  type StateName,
  states,
  works,
} from "./lifeStates.ts";

/** What has to happen to an operation in a state. */
type Expected =
  | "works"
  /** It completes only when what is under way has ended. */
  | "waits"
  /** It completes, and changes nothing. */
  | "does nothing"
  | "is refused with ShuttingDown"
  | "is Unsupported";

interface Operation {
  readonly name: string;
  readonly needs?: ReadonlyArray<Need>;
  readonly expected: Partial<Record<StateName, Expected>>;
  /** It changes nothing of the runtime. */
  readonly isHarmless?: true;
  /** Fails with the refusal, or checks what it gave. */
  readonly act: (env: Env, expected: Counts) => Check;
  /** What must hold afterwards, besides what the state says. */
  readonly leaves?: (env: Env) => Check;
}

const collected = async <A>(items: AsyncIterable<A>): Promise<ReadonlyArray<A>> => {
  const all: Array<A> = [];
  for await (const item of items) all.push(item);
  return all;
};

const taken: Operation["expected"] = {
  opening: "works",
  open: "works",
  draining: "is refused with ShuttingDown",
  closed: "is refused with ShuttingDown",
  crashed: "works",
};

// Those in promises are made of the others: what they meet before the first worker and after a death is the same.
const { crashed: _, opening: __, ...takenInPromises } = taken;

const call = (
  name: string,
  gives: unknown,
  act: (env: Env) => Effect.Effect<unknown, unknown, Scope.Scope>,
  needs: ReadonlyArray<Need> = [],
): Operation => ({
  name,
  needs,
  isHarmless: true,
  expected: name.endsWith("promises") ? takenInPromises : taken,
  act: (env) => Effect.map(Effect.scoped(act(env)), (value) => assert.deepEqual(value, gives)),
});

const calls: ReadonlyArray<Operation> = [
  call("run", 42, ({ runtime }) => runtime.run(Plain.double, 21)),
  call("submit", 42, ({ runtime }) =>
    Effect.flatMap(runtime.submit(Plain.double, 21), (handle) => handle.await),
  ),
  call("map", [2, 4], ({ runtime }) => Stream.runCollect(runtime.map(Plain.double, [1, 2]))),
  call("stream", [0, 1], ({ runtime }) => Stream.runCollect(runtime.stream(Plain.count, 2)), ["streaming"]),
  call("run in promises", 42, ({ promised }) => promiseOf(() => promised.run(Plain.double, 21))),
  call("submit in promises", 42, ({ promised }) => promiseOf(() => promised.submit(Plain.double, 21).result)),
  call("map in promises", [2, 4], ({ promised }) =>
    promiseOf(() => collected(promised.map(Plain.double, [1, 2]))),
  ),
  call(
    "stream in promises",
    [0, 1],
    ({ promised }) => promiseOf(() => collected(promised.stream(Plain.count, 2))),
    ["streaming"],
  ),
];

const everywhere = (expected: Expected): Record<StateName, Expected> => ({
  opening: expected,
  open: expected,
  draining: expected,
  closed: expected,
  crashed: expected,
});

const questions: ReadonlyArray<Operation> = [
  {
    name: "stats",
    isHarmless: true,
    expected: everywhere("works"),
    act: ({ promised, runtime }, counts) =>
      Effect.map(runtime.stats, (stats) => {
        const { failed, running, succeeded } = stats;
        assert.deepEqual({ failed, running, succeeded }, counts);
        assert.deepEqual(promised.stats(), stats);
        const busy = stats.workers.filter(({ state }) => state === "busy").length;
        if (isIsolated(runtime.capabilities)) assert.equal(busy, counts.running);
      }),
  },
  {
    name: "capabilities",
    isHarmless: true,
    expected: everywhere("works"),
    act: ({ promised, runtime, size }) =>
      Effect.sync(() => {
        const { isolation, parallelism } = runtime.capabilities;
        assert.equal(parallelism, isolation === "none" ? 1 : size);
        assert.deepEqual(promised.capabilities, runtime.capabilities);
      }),
  },
];

const endings: ReadonlyArray<Operation> = [
  {
    name: "drain",
    expected: { ...everywhere("works"), draining: "waits", closed: "does nothing" },
    act: ({ runtime }) => runtime.drain,
    leaves: refuses,
  },
  {
    name: "drain in promises",
    expected: { draining: "waits", closed: "does nothing" },
    act: ({ promised }) => promiseOf(() => promised.drain()),
    leaves: refuses,
  },
  {
    name: "close",
    expected: { ...everywhere("works"), draining: "waits", closed: "does nothing" },
    act: ({ close }) => close,
    leaves: (env) =>
      Effect.andThen(
        refuses(env),
        Effect.map(env.runtime.stats, ({ workers }) => assert.deepEqual(workers, [])),
      ),
  },
];

const changes: ReadonlyArray<Operation> = [
  {
    name: "resize",
    needs: ["elastic"],
    expected: { ...everywhere("works"), closed: "does nothing" },
    act: ({ runtime, size }) => runtime.resize(size + 1),
  },
  {
    name: "recycle",
    needs: ["elastic"],
    expected: { ...everywhere("works"), draining: "waits", closed: "does nothing" },
    act: ({ runtime }) => runtime.recycle,
  },
];

const unsupported: Operation["expected"] = {
  opening: "is Unsupported",
  open: "is Unsupported",
  draining: "is Unsupported",
  closed: "is Unsupported",
};

const refused: ReadonlyArray<Operation> = changes.map(({ act, name }) => ({
  name,
  needs: ["noElastic"],
  expected: unsupported,
  act,
}));

/** What an operation with this expectation proves, besides L6. */
const proven: Readonly<Record<Expected, ReadonlyArray<string>>> = {
  works: [],
  waits: ["L3"],
  "does nothing": ["L2"],
  "is refused with ShuttingDown": ["L2", "L3"],
  "is Unsupported": ["K2"],
};

const verb: Readonly<Record<Expected, string>> = {
  works: "works",
  waits: "completes when what is under way has ended, and not before",
  "does nothing": "completes and starts nothing",
  "is refused with ShuttingDown": "is refused with ShuttingDown",
  "is Unsupported": "is Unsupported",
};

const observe = Effect.fnUntraced(function* (act: Check, expected: Expected, letGo: Check) {
  switch (expected) {
    case "works":
    case "does nothing":
      yield* act;
      return yield* letGo;
    case "waits": {
      const waiting = yield* Effect.forkChild(act, { startImmediately: true });
      assert.equal(waiting.pollUnsafe(), undefined, "it completed although a job was running");
      yield* letGo;
      return yield* Fiber.join(waiting);
    }
    case "is refused with ShuttingDown":
      yield* reasonOf(act, "ShuttingDown");
      return yield* letGo;
    case "is Unsupported":
      assert.equal((yield* reasonOf(act, "Unsupported")).capability, "elastic");
      return yield* letGo;
  }
});

/** Whoever asks in this state is answered as before, whatever was done. */
const isAsBefore: Readonly<Record<StateName, (env: Env) => Check>> = {
  opening: works,
  open: works,
  draining: refuses,
  closed: refuses,
  crashed: works,
};

const plus = (before: Counts, more: Counts): Counts => ({
  running: before.running + more.running,
  succeeded: before.succeeded + more.succeeded,
  failed: before.failed + more.failed,
});

const cell = (operation: Operation, name: StateName, expected: Expected): Case => {
  const state = definitions[name];
  const shares = state.lasts === true && operation.isHarmless === true;
  const suffix = expected === "is Unsupported" ? "-refused" : "";
  return {
    id: `lifecycle/${operation.name.replaceAll(" ", "-")}-${name}${suffix}`,
    title: `${state.when}, ${operation.name} ${verb[expected]}`,
    guarantees: ["L6", ...proven[expected]],
    needs: [...new Set([...(operation.needs ?? []), ...(state.needs ?? [])])],
    shares,
    options: shares ? undefined : { closeTimeout: "10 seconds" },
    run: Effect.fnUntraced(function* (env) {
      const before = yield* env.runtime.stats;
      const letGo = yield* state.enter(env);
      const { length: started } = env.starts;
      yield* observe(operation.act(env, plus(before, state.counts)), expected, letGo);
      yield* (operation.leaves ?? isAsBefore[name])(env);
      if (name !== "closed") return;
      assert.equal(env.starts.length, started, "a worker was started after the end");
      assert.deepEqual((yield* env.runtime.stats).workers, []);
    }),
  };
};

/** One case for each cell of the table. */
export const life: ReadonlyArray<Case> = [...calls, ...questions, ...endings, ...changes, ...refused].flatMap(
  (operation) =>
    states.flatMap((name) => {
      const expected = operation.expected[name];
      return expected === undefined ? [] : [cell(operation, name, expected)];
    }),
);
