/**
 * Queues between several producers and several consumers.
 */
import assert from "node:assert/strict";

import { Queue } from "@heddle/coordination/promised";

import type { Case } from "../Case.ts";
import * as Queues from "../fixtures/tasks/coordinatedQueues.ts";
import { upTo } from "../internal/expect.ts";
import { inPromises, patient, pending, sorted } from "../internal/waits.ts";

export const coordinationCrowds: ReadonlyArray<Case> = [
  {
    id: "coordination/queue-crowd",
    title:
      "of several producers and consumers no value is lost or doubled, and each producer's come in order",
    guarantees: ["G9", "G3"],
    needs: ["coordination", "severalPlaces"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised, { capacity: 7 });
      // All of them run at once at two places as well: the program is one of each.
      const here: Array<number> = [];
      const consumers = [
        pending(promised.run(Queues.consumes, queue)),
        pending(Queue.forEach(queue, (value) => here.push(value), patient).then(() => here)),
      ];
      const producers = [
        pending(promised.run(Queues.produces, { queue, from: 0, to: 200 })),
        pending(promised.run(Queues.producesAtOnce, { queue, from: 200, to: 400 })),
        pending(
          Queue.offerAll(
            queue,
            upTo(200).map((i) => i + 400),
            patient,
          ),
        ),
      ];
      await Promise.all(producers);
      await Queue.end(queue);
      const seen = await Promise.all(consumers);
      assert.deepEqual(sorted(seen.flat()), upTo(600));
      for (const values of seen) {
        for (const from of [0, 200, 400]) {
          const own = values.filter((value) => value >= from && value < from + 200);
          assert.deepEqual(own, sorted(own));
        }
      }
    }),
  },
  {
    id: "coordination/queue-one-body",
    title: "a body that produces and a program that consumes lose nothing, nor the other way round",
    guarantees: ["G9"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised, { capacity: 5 });
      const consumer = pending(promised.run(Queues.consumes, queue));
      for (const value of upTo(100)) await Queue.offer(queue, value, patient);
      await Queue.end(queue);
      assert.deepEqual(await consumer, upTo(100));
      const back = await Queue.make<number>(promised, { capacity: 5 });
      const producer = pending(promised.run(Queues.producesAtOnce, { queue: back, from: 0, to: 100 }));
      const seen: Array<number> = [];
      while (seen.length < 100) seen.push(...(await Queue.takeAll(back, { max: 3, ...patient })));
      await producer;
      assert.deepEqual(seen, upTo(100));
    }),
  },
  {
    id: "coordination/queue-pills",
    title: "poison pills end as many consumers as there are pills, after all values",
    guarantees: ["G9"],
    needs: ["coordination"],
    run: inPromises(async ({ promised, size }) => {
      const queue = await Queue.make<number>(promised);
      const consumers = upTo(size).map(() =>
        pending(promised.run(Queues.consumesUntilPill, { queue, pill: -1 })),
      );
      await Queue.offerAll(queue, upTo(200));
      for (const _ of upTo(size)) await Queue.offer(queue, -1);
      assert.deepEqual(sorted((await Promise.all(consumers)).flat()), upTo(200));
      assert.equal(await Queue.size(queue), 0);
    }),
  },
];
