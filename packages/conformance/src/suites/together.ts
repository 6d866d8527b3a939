/**
 * Maps of many short jobs, which a runtime may run together: nobody can tell, but by the time that it takes.
 */
import assert from "node:assert/strict";

import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";

import type { Case } from "../Case.ts";
import * as Schemas from "../fixtures/tasks/schemas.ts";
import * as Together from "../fixtures/tasks/together.ts";
import { assertIdle, turn, upTo } from "../internal/expect.ts";
import { linesOf } from "../internal/logged.ts";
import { assertSame, mapped, promiseFormOf, resultsOf, takeSome, thrownAt } from "../internal/maps.ts";

const ofPools = ["isolation", "forceKill", "elastic"] as const;

const results: ReadonlyArray<Case> = [
  {
    id: "ordering/together-values",
    title: "many short jobs give values of every kind, each its own, in the order of the inputs",
    guarantees: ["O2", "O6", "V1"],
    needs: ["richValues"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const inputs = upTo(5000);
      assert.deepEqual(yield* resultsOf(runtime, Together.ofManyKinds, inputs), inputs.map(Together.kindOf));
    }),
  },
  {
    id: "ordering/together-numbers",
    title: "20,000 numbers, and some with a hint and in promises, give their results in order",
    guarantees: ["O2", "O6"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const inputs = upTo(20_000);
      const expected = inputs.map((n) => n / 2);
      assertSame(yield* resultsOf(runtime, Together.halves, inputs), expected);
      const some = inputs.slice(0, 3000);
      assertSame(yield* resultsOf(runtime, Together.halves, some, { chunk: 333 }), expected.slice(0, 3000));
      const promised = promiseFormOf(runtime).map(Together.halves, some, { concurrency: 500 });
      const found = yield* Effect.promise(() => takeSome(promised, Number.POSITIVE_INFINITY));
      assertSame(found, expected.slice(0, 3000));
    }),
  },
  {
    id: "ordering/together-unordered",
    title: "an unordered map of many short jobs loses nothing and gives nothing twice",
    guarantees: ["O2", "O6"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const options = { ordered: false };
      const found = yield* resultsOf(runtime, Together.halves, upTo(10_000), options);
      assertSame(
        found.toSorted((a, b) => a - b),
        upTo(10_000).map((n) => n / 2),
      );
    }),
  },
  {
    id: "ordering/together-turns",
    title: "jobs that end at once, later in the turn or in another turn keep their order",
    guarantees: ["O2", "O6"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const inputs = upTo(4000);
      assertSame(
        yield* resultsOf(runtime, Together.ofManyTurns, inputs),
        inputs.map((n) => n + 1),
      );
    }),
  },
  {
    id: "ordering/together-own-objects",
    title: "a result is what it was when its body gave it, whatever a later body does with the same object",
    guarantees: ["O6", "V2"],
    needs: ["copies"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const found = yield* resultsOf(runtime, Together.reuses, upTo(1000));
      assert.deepEqual(
        found,
        upTo(1000).map((n) => (n % 3 === 0 ? n : { n })),
      );
      assert.equal(new Set(found).size, 1000, "two results are one object");
    }),
  },
  {
    id: "ordering/together-own-inputs",
    title: "each body gets a copy of its own, also of what its input shares with others",
    guarantees: ["O6", "V2"],
    needs: ["copies"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const shared = { count: 0 };
      const found = yield* resultsOf(
        runtime,
        Together.changes,
        upTo(500).map((n) => ({ n, shared })),
      );
      assert.deepEqual(
        found,
        upTo(500).map((n) => `${n} 1`),
      );
      assert.equal(shared.count, 0);
    }),
  },
  {
    id: "ordering/together-ids",
    title: "each of many short jobs has an id of its own, and is a first attempt",
    guarantees: ["O6", "R3"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const found = yield* resultsOf(runtime, Together.ids, upTo(3000));
      assert.equal(new Set(found.map((text) => text.split(" ")[0])).size, 3000);
      for (const text of found) assert.match(text, /^\d+ 1 .+/);
      assert.ok(!found.includes(yield* runtime.run(Together.ids, 0)));
    }),
  },
  {
    id: "ordering/together-counts",
    title: "stats count each of many short jobs",
    guarantees: ["O6", "Q3"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const before = yield* runtime.stats;
      yield* resultsOf(runtime, Together.halves, upTo(7777));
      yield* resultsOf(runtime, Together.ofManyTurns, upTo(777));
      const after = yield* runtime.stats;
      assert.equal(after.succeeded - before.succeeded, 7777 + 777);
      assert.deepEqual([after.failed, after.interrupted], [before.failed, before.interrupted]);
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "ordering/together-schemas",
    title: "inputs and outputs of many short jobs are checked, encoded and decoded as those of one",
    guarantees: ["O6", "V3"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const inputs = upTo(1000);
      assert.deepEqual(
        yield* resultsOf(runtime, Schemas.next, inputs),
        inputs.map((n) => n + 1),
      );
      const wrong = [...inputs, "no number" as unknown as number, ...inputs];
      const [found, cause] = yield* mapped(runtime, Schemas.next, wrong);
      assert.ok(found.length <= 1000);
      assert.match(Cause.pretty(cause ?? Cause.empty), /HEDDLE_INVALID_INPUT/);
      yield* assertIdle(runtime);
    }),
  },
];

const failures: ReadonlyArray<Case> = [
  {
    id: "ordering/together-fails",
    title: "the failure of one of many short jobs comes after results before it, without a gap",
    guarantees: ["O4", "O6", "E2"],
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      const file = path("begun");
      const inputs = upTo(6000).map((n) => Together.inputOf(n, 5000, file));
      const [found, cause] = yield* mapped(runtime, Together.throwsAt, inputs);
      thrownAt(cause, 5000);
      assert.ok(found.length <= 5000);
      assertSame(found, upTo(found.length));
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "ordering/together-stops-at-failure",
    title: "a job that fails among many takes no more results with it than were under way, and no more begin",
    guarantees: ["O4", "O6"],
    // In other places there may be jobs under way that are before it or behind.
    needs: ["onePlace"],
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("begun");
      const inputs = upTo(900).map((n) => Together.inputOf(n, 600, file));
      const [found, cause] = yield* mapped(runtime, Together.throwsAt, inputs, { chunk: 900 });
      thrownAt(cause, 600);
      const underWay = 2 * 16;
      assertSame(found, upTo(found.length));
      assert.ok(found.length <= 600 && found.length >= 600 - underWay, `${found.length} results`);
      assert.ok(marks(file).length <= 1 + underWay, `${marks(file).length} began`);
      assert.equal(marks(file).filter((mark) => mark === "600").length, 1, "the job that failed ran again");
    }),
  },
  {
    id: "ordering/together-not-serializable",
    title: "a result that cannot cross is the failure of its own job, with its path",
    guarantees: ["O6", "V4"],
    needs: ["copies"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const inputs = upTo(900).map((n) => Together.inputOf(n, 700, ""));
      const [found, cause] = yield* mapped(runtime, Together.givesFunctionAt, inputs);
      assert.ok(found.length <= 700);
      assert.match(Cause.pretty(cause ?? Cause.empty), /HEDDLE_NOT_SERIALIZABLE/);
      assert.match(Cause.pretty(cause ?? Cause.empty), /output\.deep\[0\]/);
    }),
  },
  {
    id: "ordering/together-inputs-throw",
    title: "what the inputs throw comes after the results of all inputs before it",
    guarantees: ["O5", "O6"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const inputs = function* (): Generator<number> {
        yield* upTo(3000);
        throw new RangeError("expected: at 3000");
      };
      const [found, cause] = yield* mapped(runtime, Together.halves, inputs());
      assertSame(
        found,
        upTo(3000).map((n) => n / 2),
      );
      thrownAt(cause, 3000);
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "supervision/together-dies",
    title:
      "a worker that dies among many short jobs ends the map, after results without a gap, and runs nothing again",
    guarantees: ["W1", "W2", "W7"],
    needs: ofPools,
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const file = path("died");
      const inputs = upTo(4000).map((n) => Together.inputOf(n, 3000, file));
      const [found, cause] = yield* mapped(runtime, Together.exitsAt, inputs);
      assert.match(Cause.pretty(cause ?? Cause.empty), /HEDDLE_WORKER_LOST/);
      assert.ok(found.length <= 3000);
      assertSame(found, upTo(found.length));
      assert.deepEqual(marks(file), ["3000"]);
      assert.deepEqual(yield* resultsOf(runtime, Together.halves, [2, 4]), [1, 2]);
    }),
  },
];

const contexts: ReadonlyArray<Case> = [
  {
    id: "context/together-logs",
    title: "log lines of many short jobs arrive, each once and in order, with the annotations of the caller",
    guarantees: ["X1", "O6"],
    needs: ["onePlace"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const inputs = upTo(2000);
      const logging = Effect.andThen(resultsOf(runtime, Together.logsSometimes, inputs), turn);
      const lines = yield* linesOf(logging);
      assert.deepEqual(
        lines.map(({ message }) => message),
        inputs.filter((n) => n % 100 === 99).map((n) => ["line", n]),
      );
      for (const { annotations } of lines) assert.equal(annotations["request"], "r1");
    }),
  },
  {
    id: "nesting/together-calls",
    title: "a job among many short ones calls others, and what it leaves ends with it",
    guarantees: ["N1", "N2", "O6"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const inputs = upTo(1000);
      assert.deepEqual(
        yield* resultsOf(runtime, Together.callsSometimes, inputs),
        inputs.map((n) => n * 2),
      );
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "isolation/together-leftovers",
    title: "what a job leaves behind cannot speak for the next one that runs with it",
    guarantees: ["I3", "O6"],
    needs: ["isolation"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const mapping = resultsOf(runtime, Together.usesTheLast, upTo(1500));
      let found: ReadonlyArray<string> = [];
      const lines = yield* linesOf(Effect.map(mapping, (given) => void (found = given)));
      assert.deepEqual(lines, []);
      for (const [n, text] of found.entries()) assert.match(text, new RegExp(`^${n} (true false|false)$`));
    }),
  },
];

export const together: ReadonlyArray<Case> = [...results, ...failures, ...contexts];
