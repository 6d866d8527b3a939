/**
 * What bodies print: it comes out whole and in order, is nobody's message, and waits for nobody.
 *
 * A case has only its runtime, so it sees of the output what the runtime itself tells: the end of stderr in a `WorkerLost`.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";

import type * as Task from "@heddle/core/Task";
import * as Effect from "effect/Effect";
import * as Logger from "effect/Logger";
import * as Stream from "effect/Stream";

import type { Case } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Printing from "../fixtures/tasks/printing.ts";
import { begun, reasonOf, upTo } from "../internal/expect.ts";

const ofWorkers = ["isolation", "forceKill"] as const;

/** What fits into the end of stderr that a runtime keeps, and what does not. */
const few = 40;
const many = 2000;

const tailOf = (run: Effect.Effect<unknown, unknown>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(reasonOf(run, "WorkerLost"), ({ stderrTail = "" }) => stderrTail.split("\n"));

const lastWords = (id: string, title: string, task: Task.Task<string, Printing.Printing, never>): Case => ({
  id: `output/${id}`,
  title: `what a body prints by console and stream is whole and in order, though its worker ${title} at once`,
  guarantees: ["U1", "U2"],
  needs: ofWorkers,
  shares: true,
  run: Effect.fnUntraced(function* ({ runtime }) {
    const printing: Printing.Printing = { label: id, count: few };
    const lines = yield* tailOf(runtime.run(task, printing));
    const printed = lines.filter((line) => line.startsWith(`expected: ${id} `));
    assert.deepEqual(printed, Printing.linesOf(printing));
  }),
});

export const output: ReadonlyArray<Case> = [
  lastWords("exits", "calls process.exit", Printing.complainsAndExits),
  lastWords("throws", "dies of an error", Printing.complainsAndThrows),
  {
    id: "output/end",
    title: "of much that a worker printed its end is told, in whole characters, and not all",
    guarantees: ["U1"],
    needs: ofWorkers,
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const printing: Printing.Printing = { label: "much", count: many };
      const lines = yield* tailOf(runtime.run(Printing.complainsAndExits, printing));
      const all = Printing.linesOf(printing);
      const whole = lines.slice(1).filter((line) => line !== "");
      assert.ok(whole.length > 0 && whole.length < many, `${whole.length} lines`);
      assert.deepEqual(whole, all.slice(-whole.length));
      assert.ok(all.at(-whole.length - 1)?.endsWith(lines[0]!), `the first is cut to ${lines[0]}`);
    }),
  },
  {
    id: "output/no-others",
    title: "the last words of a worker are its own, and not those of a neighbour or of one before it",
    guarantees: ["U1"],
    needs: [...ofWorkers, "elastic"],
    options: { quarantineAfter: 100 },
    run: Effect.fnUntraced(function* ({ runtime }) {
      const labels = ["one", "two", "three", "four"];
      const tails = yield* Effect.forEach(
        labels,
        (label) => tailOf(runtime.run(Printing.complainsAndExits, { label, count: 5 })),
        { concurrency: "unbounded" },
      );
      for (const [i, label] of labels.entries()) {
        const lines = tails[i]!.filter((line) => line.startsWith("expected: "));
        assert.deepEqual(lines, Printing.linesOf({ label, count: 5 }));
      }
    }),
  },
  {
    id: "output/no-message",
    title: "whatever a body prints is no message: its value, its progress and its log lines arrive as ever",
    guarantees: ["U3"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const told = upTo(Printing.forgedCount).map((n) => `a ${n}`);
      const lines: Array<unknown> = [];
      const logger = Logger.make(({ message }) => void lines.push(message));
      const handle = yield* Effect.provide(
        runtime.submit(Printing.printsForged, "a"),
        Logger.layer([logger]),
      );
      assert.deepEqual(yield* Stream.runCollect(handle.progress), told);
      assert.equal(yield* handle.await, "a");
      assert.deepEqual(lines.flat(), told);
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "output/held-host",
    title: "a body prints on while its host's event loop is held",
    guarantees: ["U2"],
    needs: ["isolation"],
    shares: true,
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      const file = path("printed");
      const handle = yield* runtime.submit(Printing.printsAndMarks, file);
      yield* begun(handle);
      // Nothing that needs this loop happens before it is over.
      const end = performance.now() + 10_000;
      while (!existsSync(file) && performance.now() < end);
      assert.ok(existsSync(file), "what it printed waits for the host");
      assert.equal(yield* handle.await, "printed");
    }),
  },
];
