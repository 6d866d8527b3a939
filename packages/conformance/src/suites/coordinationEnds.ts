/**
 * How queues end.
 */
import assert from "node:assert/strict";

import * as Coordination from "@heddle/coordination";
import { Queue } from "@heddle/coordination/promised";
import * as Effect from "effect/Effect";

import type { Case } from "../Case.ts";
import * as Queues from "../fixtures/tasks/coordinatedQueues.ts";
import { failureOf, promiseOf, upTo } from "../internal/expect.ts";
import { refusalOf } from "../internal/refusal.ts";
import { inPromises, patient, pending } from "../internal/waits.ts";

export const coordinationEnds: ReadonlyArray<Case> = [
  {
    id: "coordination/queue-end",
    title: "after the end nothing is offered, what is inside is taken, and then takers are told",
    guarantees: ["G10"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised);
      await Queue.offerAll(queue, [1, 2]);
      assert.equal(await Queue.isEnded(queue), false);
      await Queue.end(queue);
      await Queue.end(queue);
      assert.equal(await refusalOf(Queue.offer(queue, 3)), "Ended");
      assert.equal(await refusalOf(promised.run(Queues.takes, { queue, ...patient })), "done");
      assert.equal(await Queue.take(queue), 2);
      assert.equal(await refusalOf(Queue.take(queue)), "Ended");
      assert.equal(await promised.run(Queues.takes, { queue, ...patient }), "Ended");
      assert.equal(await refusalOf(Queue.poll(queue)), "Ended");
      assert.equal(await Queue.isEnded(queue), true);
    }),
  },
  {
    id: "coordination/queue-end-wakes-takers",
    title: "the end tells all who wait for values",
    guarantees: ["G10"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised);
      const body = pending(promised.run(Queues.takes, { queue, ...patient }));
      const here = upTo(5).map(() => refusalOf(Queue.take(queue, patient)));
      const batch = refusalOf(Queue.takeAll(queue, patient));
      await Queue.end(queue);
      const ends = await Promise.all([body, batch, ...here]);
      assert.deepEqual([...new Set(ends)], ["Ended"], String(ends));
    }),
  },
  {
    id: "coordination/queue-end-wakes-offers",
    title: "the end refuses all offers that wait, and they are not in",
    guarantees: ["G10", "G4"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised, { capacity: 1 });
      await Queue.offer(queue, 1);
      const offers = upTo(3).map((i) => refusalOf(Queue.offer(queue, 10 + i, patient)));
      await Queue.end(queue);
      assert.deepEqual(await Promise.all(offers), ["Ended", "Ended", "Ended"]);
      assert.deepEqual(await Queue.takeAll(queue), [1]);
      assert.equal(await refusalOf(Queue.take(queue)), "Ended");
    }),
  },
  {
    id: "coordination/queue-end-of-consumers",
    title: "bodies that consume end with the queue, and have seen all of it",
    guarantees: ["G10"],
    needs: ["coordination"],
    run: inPromises(async ({ promised, size }) => {
      const queue = await Queue.make<number>(promised);
      const consumers = upTo(size).map(() => pending(promised.run(Queues.consumes, queue)));
      await Queue.offerAll(queue, upTo(100));
      await Queue.end(queue);
      const seen = (await Promise.all(consumers)).flat();
      assert.deepEqual(
        seen.toSorted((a, b) => a - b),
        upTo(100),
      );
    }),
  },
  {
    id: "coordination/queue-end-of-stages",
    title: "the end goes on from stage to stage, after all values",
    guarantees: ["G10"],
    needs: ["coordination", "severalPlaces"],
    run: inPromises(async ({ promised }) => {
      const make = (): Promise<Queue.Queue<unknown>> => Queue.make(promised, { capacity: 2 });
      const [first, second, third] = [await make(), await make(), await make()];
      const stages = [
        pending(promised.run(Queues.pipes, { from: first, to: second })),
        pending(promised.run(Queues.pipes, { from: second, to: third })),
      ];
      const offered = pending(Queue.offerAll(first, upTo(30), patient).then(() => Queue.end(first)));
      const seen: Array<unknown> = [];
      await Queue.forEach(third, (value) => seen.push(value), patient);
      await Promise.all([offered, ...stages]);
      assert.deepEqual(seen, upTo(30));
    }),
  },
  {
    id: "coordination/queue-end-typed",
    title: "with Effect the end is a typed failure",
    guarantees: ["G10"],
    needs: ["coordination"],
    run: Effect.fnUntraced(function* ({ promised }) {
      const queue = yield* promiseOf(() => Queue.make<number>(promised));
      yield* Coordination.Queue.offer(queue, 1);
      yield* Coordination.Queue.end(queue);
      assert.equal(yield* Coordination.Queue.take(queue), 1);
      const refused = yield* failureOf(Coordination.Queue.take(queue));
      assert.ok(refused instanceof Coordination.CoordinationError.CoordinationError);
      assert.equal(refused.reason, "Ended");
    }),
  },
];
