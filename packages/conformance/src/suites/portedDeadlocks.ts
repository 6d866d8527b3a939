/**
 * A call whose input, output or failure cannot be carried ends all the same, at whatever moment that shows and in whatever
 * way: the runtime goes on. After the deadlock tests of CPython's `concurrent.futures`.
 */
import assert from "node:assert/strict";

import type { Service } from "@heddle/core/Runtime";
import type { Reason } from "@heddle/core/RuntimeError";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Stream from "effect/Stream";

import type { Case } from "../Case.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Traps from "../fixtures/tasks/traps.ts";
import { reasonOf, upTo } from "../internal/expect.ts";
import type { Need } from "../Need.ts";

interface Moment {
  readonly id: string;
  /** Completes "while …". */
  readonly title: string;
  readonly reason: Reason["_tag"];
  readonly guarantee: string;
  readonly needs: ReadonlyArray<Need>;
  readonly call: (runtime: Service, way: Traps.Way) => Effect.Effect<unknown, unknown>;
}

const throws: Traps.Way = "throws";

const copied: ReadonlyArray<Need> = ["copies"];

/** What the worker's side does. */
const moments: ReadonlyArray<Moment> = [
  {
    id: "input-decoded",
    title: "its input is decoded",
    reason: "InvalidInput",
    guarantee: "V3",
    needs: copied,
    call: (runtime, way) => runtime.run(Traps.decodesInput, way),
  },
  {
    id: "output-encoded",
    title: "its output is encoded",
    reason: "InvalidOutput",
    guarantee: "V3",
    needs: copied,
    call: (runtime, way) => runtime.run(Traps.encodesOutput, way),
  },
  {
    id: "output-copied",
    title: "its output is copied",
    reason: "NotSerializable",
    guarantee: "V4",
    needs: copied,
    call: (runtime, way) => runtime.run(Traps.copiesOutput, way),
  },
  {
    id: "element-copied",
    title: "an element of its stream is copied",
    reason: "NotSerializable",
    guarantee: "V4",
    needs: [...copied, "streaming"],
    call: (runtime, way) => Stream.runDrain(runtime.stream(Traps.copiesElement, way)),
  },
  {
    id: "progress-copied",
    title: "its progress is copied",
    reason: "NotSerializable",
    guarantee: "V4",
    needs: copied,
    call: (runtime, way) => runtime.run(Traps.copiesProgress, way),
  },
  {
    id: "failure-copied",
    title: "its failure is copied",
    reason: "NotSerializable",
    guarantee: "V4",
    needs: copied,
    call: (runtime, way) => runtime.run(Traps.copiesFailure, way),
  },
];

const cell = (moment: Moment, way: Traps.Way, needs: ReadonlyArray<Need>): Case => {
  const isLost = way !== "throws";
  const what = { throws: "something throws", exits: "the worker exits", aborts: "the worker is aborted" }[
    way
  ];
  return {
    id: `${isLost ? "supervision" : "errors"}/${moment.id}-${way}`,
    title: `a call ends, and the next one works, though ${what} while ${moment.title}`,
    guarantees: isLost ? ["W1"] : [moment.guarantee],
    needs: [...moment.needs, ...needs],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      yield* reasonOf(moment.call(runtime, way), isLost ? "WorkerLost" : moment.reason);
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  };
};

const ofWorkers = moments.flatMap((moment) => [
  cell(moment, "throws", []),
  cell(moment, "exits", ["isolation", "forceKill"]),
  cell(moment, "aborts", ["processes", "forceKill"]),
]);

const ofHosts: ReadonlyArray<Case> = [
  {
    id: "errors/input-encoded-throws",
    title: "an input whose schema throws while it is encoded is InvalidInput, before anything starts",
    guarantees: ["V3"],
    shares: true,
    run: Effect.fnUntraced(function* ({ events, runtime }) {
      const { detail } = yield* reasonOf(runtime.run(Traps.encodesInput, throws), "InvalidInput");
      assert.match(detail, /expected: /);
      assert.deepEqual(events, []);
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "errors/input-copied-throws",
    title: "an input that throws while it is copied is NotSerializable, and the runtime goes on",
    guarantees: ["V4"],
    needs: ["copies"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const input = {
        get trap() {
          throw new RangeError("expected: thrown while it crosses");
        },
      };
      assert.equal((yield* reasonOf(runtime.run(Plain.echo, input), "NotSerializable")).where, "input");
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "errors/output-decoded-throws",
    title:
      "an output whose schema throws while its caller decodes it is InvalidOutput, and the runtime goes on",
    guarantees: ["V3"],
    needs: ["copies"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const call = runtime.run(Traps.decodesOutput, throws);
      assert.equal((yield* reasonOf(call, "InvalidOutput")).where, "output");
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
];

const ofEnds: ReadonlyArray<Case> = [
  {
    id: "shutdown/bad-results",
    title: "closing just when outputs turn out not to cross settles every call once",
    guarantees: ["L1", "R2"],
    needs: ["copies"],
    run: Effect.fnUntraced(function* ({ close, events, runtime, size }) {
      const calls = upTo(size * 3);
      const handles = yield* Effect.forEach(calls, () => runtime.submit(Traps.copiesOutput, throws));
      yield* close;
      for (const handle of handles) assert.ok(Exit.isFailure(yield* Effect.exit(handle.await)));
      assert.equal(events.filter(({ _tag }) => _tag === "JobEnded").length, calls.length);
    }),
  },
];

export const portedDeadlocks: ReadonlyArray<Case> = [...ofWorkers, ...ofHosts, ...ofEnds];
