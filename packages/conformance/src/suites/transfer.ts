/**
 * What is transferred moves: the sender has it no more, and nothing is copied.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { Case } from "../Case.ts";
import * as Movable from "../fixtures/tasks/movable.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { reasonOf } from "../internal/expect.ts";

/** Buffers of several lengths, some of them deep inside. */
const rowsOf = (): Movable.Deep => ({
  rows: [[new Uint8Array(10).fill(1), new Uint8Array(20).fill(2)], [new Uint8Array(30).fill(3)]],
});

const lengthsOf = ({ rows }: Movable.Deep): ReadonlyArray<number> =>
  rows.flat().map(({ byteLength }) => byteLength);

const manyBytes = 100_000_000;

export const transfers: ReadonlyArray<Case> = [
  {
    id: "transfer/unsupported",
    title: "`transfer` is refused where the runtime cannot do it",
    guarantees: ["V5", "K2"],
    needs: ["noTransfer"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const bytes = new Uint8Array(8);
      const call = runtime.run(Plain.echo, bytes, { transfer: [bytes.buffer] });
      assert.equal((yield* reasonOf(call, "Unsupported")).capability, "transfer");
      assert.equal(bytes.byteLength, 8);
    }),
  },
  {
    id: "transfer/in",
    title: "what is listed in `transfer` moves into the body: the caller has it no more",
    guarantees: ["V5"],
    needs: ["transfer"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const bytes = new Uint8Array(1000).fill(3);
      const back = (yield* runtime.run(Plain.echo, bytes, { transfer: [bytes.buffer] })) as Uint8Array;
      assert.equal(bytes.byteLength, 0);
      assert.deepEqual(back, new Uint8Array(1000).fill(3));
    }),
  },
  {
    id: "transfer/queued",
    title: "the buffers of calls that wait their turn all arrive",
    guarantees: ["V5"],
    needs: ["transfer"],
    run: Effect.fnUntraced(function* ({ runtime, size }) {
      const inputs = Array.from({ length: size * 4 }, (_, i) => new Uint8Array(64).fill(i));
      const back = yield* Effect.forEach(
        inputs,
        (bytes) => runtime.run(Plain.echo, bytes, { transfer: [bytes.buffer] }),
        { concurrency: "unbounded" },
      );
      for (const [i, bytes] of back.entries()) assert.deepEqual(bytes, new Uint8Array(64).fill(i));
      assert.ok(inputs.every(({ byteLength }) => byteLength === 0));
    }),
  },
  {
    id: "transfer/out",
    title: "what a body gives to context.transfer moves out with its value: the body has it no more",
    guarantees: ["V5"],
    // Where there is one worker only, the next call sees what the body kept.
    needs: ["transfer", "onePlace"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const bytes = yield* runtime.run(Movable.fillAndMove, new Uint8Array(16));
      assert.deepEqual(bytes, new Uint8Array(16).fill(7));
      assert.equal((yield* runtime.run(Movable.keptLength, 0)).length, 0);
    }),
  },
  {
    id: "transfer/copied",
    title: "where a runtime cannot move, context.transfer changes nothing",
    guarantees: ["V5"],
    needs: ["noTransfer", "richValues"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const bytes = yield* runtime.run(Movable.fillAndMove, new Uint8Array(16));
      assert.deepEqual(bytes, new Uint8Array(16).fill(7));
    }),
  },
  {
    id: "transfer/stream",
    title: "each element of a stream may be moved",
    guarantees: ["V5", "S1"],
    needs: ["streaming", "richValues"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const elements = yield* Stream.runCollect(runtime.stream(Movable.moveEach, 100));
      assert.equal(elements.length, 100);
      for (const [i, bytes] of elements.entries()) assert.deepEqual(bytes, new Uint8Array(8).fill(i));
    }),
  },
  {
    id: "transfer/several",
    title: "each of several objects moves in, also from deep inside, and what is not listed is copied",
    guarantees: ["V5"],
    needs: ["transfer"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const all = rowsOf();
      const transfer = all.rows.flat().map(({ buffer }) => buffer);
      assert.deepEqual(yield* runtime.run(Plain.echo, all, { transfer }), rowsOf());
      assert.deepEqual(lengthsOf(all), [0, 0, 0]);
      const some = rowsOf();
      assert.deepEqual(
        yield* runtime.run(Plain.echo, some, { transfer: [some.rows[1]![0]!.buffer] }),
        rowsOf(),
      );
      assert.deepEqual(lengthsOf(some), [10, 20, 0]);
    }),
  },
  {
    id: "transfer/deep",
    title: "each of several objects moves out, also from deep inside",
    guarantees: ["V5"],
    needs: ["transfer", "onePlace"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.deepEqual(yield* runtime.run(Movable.moveDeep, rowsOf()), rowsOf());
      assert.deepEqual(yield* runtime.run(Movable.keptDeepLengths, 0), [0, 0, 0]);
    }),
  },
  {
    id: "transfer/port",
    title: "a MessagePort moves into the body, which talks through it",
    guarantees: ["V5"],
    needs: ["transfer"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const { port1: own, port2: port } = new MessageChannel();
      const answer = Movable.messageOf(own);
      own.postMessage("a question");
      yield* Effect.ensuring(
        Effect.gen(function* () {
          yield* runtime.run(Movable.answersPort, { port }, { transfer: [port] });
          assert.equal(yield* Effect.promise(() => answer), "answer to a question");
        }),
        Effect.sync(() => own.close()),
      );
    }),
  },
  {
    id: "transfer/100-MB",
    title: "100 MB go in and out whole",
    guarantees: ["V1"],
    needs: ["isolation", "onePlace", "richValues"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const bytes = new Uint8Array(manyBytes);
      const places = [0, 12_345_678, manyBytes - 1];
      for (const [i, place] of places.entries()) bytes[place] = i + 1;
      const back = (yield* runtime.run(Plain.echo, bytes)) as Uint8Array;
      assert.equal(back.byteLength, manyBytes);
      assert.deepEqual(
        places.map((place) => back[place]),
        [1, 2, 3],
      );
    }),
  },
];
