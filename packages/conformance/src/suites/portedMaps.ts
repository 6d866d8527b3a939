/**
 * What the tests of other libraries ask of maps: after CPython's `concurrent.futures` and joblib.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";

import type { Case } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Ported from "../fixtures/tasks/ported.ts";
import { assertIdle, defectOf, eventually, upTo } from "../internal/expect.ts";

/** Inputs that count how many of them were taken. */
const counted = (): { readonly inputs: Iterable<number>; readonly taken: () => number } => {
  let taken = 0;
  const inputs = function* (): Generator<number> {
    for (;;) yield taken++;
  };
  return { inputs: inputs(), taken: () => taken };
};

export const portedMaps: ReadonlyArray<Case> = [
  {
    id: "ordering/map-concurrency",
    title: "a map has no more calls under way than its concurrency, and as many as that",
    guarantees: ["O3"],
    shares: true,
    run: Effect.fnUntraced(function* ({ happened, open, path, runtime, size }) {
      const gate = path("gate");
      const concurrency = size + 2;
      let most = 0;
      const underWay = (): number => {
        const { queued, running } = Effect.runSync(runtime.stats);
        most = Math.max(most, queued + running);
        return queued + running;
      };
      yield* Effect.forkScoped(
        happened(() => underWay() < 0),
        { startImmediately: true },
      );
      const inputs = upTo(4 * concurrency).map(() => gate);
      const mapped = yield* Effect.forkChild(
        Stream.runDrain(runtime.map(Plain.gate, inputs, { concurrency })),
        { startImmediately: true },
      );
      yield* eventually(() => underWay() === concurrency, "as many calls are under way as may be");
      open(gate);
      yield* Fiber.join(mapped);
      assert.equal(most, concurrency);
    }),
  },
  {
    id: "ordering/map-slow-consumer",
    title: "a map whose results nobody takes takes no more inputs than its concurrency beyond them",
    guarantees: ["O3"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const { inputs, taken } = counted();
      const concurrency = 3;
      let given = 0;
      const results = Stream.mapEffect(runtime.map(Plain.later, inputs, { concurrency }), () =>
        Effect.gen(function* () {
          given++;
          if (given !== 5) return;
          yield* Effect.sleep(50);
          // As many again may lie between the two, taken out of order or on their way.
          assert.ok(taken() <= given + 2 * concurrency + 1, `${taken()} inputs for ${given} results`);
        }),
      );
      yield* Stream.runDrain(Stream.take(results, 6));
    }),
  },
  {
    id: "ordering/map-as-completed",
    title: "an unordered map gives each result when it is there, be the order turned round",
    guarantees: ["O2"],
    needs: ["severalPlaces"],
    shares: true,
    run: Effect.fnUntraced(function* ({ open, path, runtime, size }) {
      const inputs = upTo(size).map((n) => ({ name: String(n), gate: path("gate") }));
      const order = inputs.toReversed();
      open(order[0]!.gate);
      const seen: Array<string> = [];
      const results = runtime.map(Ported.named, inputs, { ordered: false, concurrency: size });
      yield* Stream.runForEach(results, (name) =>
        Effect.sync(() => {
          seen.push(name);
          const next = order[seen.length];
          if (next !== undefined) open(next.gate);
        }),
      );
      assert.deepEqual(
        seen,
        order.map(({ name }) => name),
      );
    }),
  },
  {
    id: "ordering/map-fails-waits",
    title: "when a map fails, what was under way is told, and has stopped before the failure is given",
    guarantees: ["O4", "C2"],
    needs: ["severalPlaces"],
    shares: true,
    run: Effect.fnUntraced(function* ({ marks, path, runtime }) {
      const files = { begun: path("begun"), stopped: path("stopped") };
      const inputs: ReadonlyArray<Ported.Mixed> = [
        { kind: "holds", ...files },
        { kind: "fails", ...files },
      ];
      const defect = yield* defectOf(Stream.runDrain(runtime.map(Ported.mixed, inputs)));
      assert.ok(defect instanceof RangeError);
      assert.deepEqual(marks(files.stopped), ["stopped"]);
      yield* assertIdle(runtime);
    }),
  },
  {
    id: "ordering/map-early-end",
    title: "a consumer that leaves a map early ends what is under way, and it has stopped by then",
    guarantees: ["O4", "S3"],
    needs: ["severalPlaces"],
    shares: true,
    run: Effect.fnUntraced(function* ({ marks, path, promised, runtime }) {
      for (const form of ["effect", "promise"] as const) {
        const files = { begun: path("begun"), stopped: path("stopped") };
        const inputs: ReadonlyArray<Ported.Mixed> = [
          { kind: "holds", ...files },
          { kind: "gives", ...files },
        ];
        const options = { ordered: false };
        const first =
          form === "effect"
            ? Stream.runCollect(Stream.take(runtime.map(Ported.mixed, inputs, options), 1))
            : Effect.promise(async () => {
                for await (const item of promised.map(Ported.mixed, inputs, options)) return [item];
                return [];
              });
        assert.deepEqual(yield* first, ["gives"]);
        assert.deepEqual(marks(files.stopped), ["stopped"], form);
        yield* assertIdle(runtime);
      }
    }),
  },
];
