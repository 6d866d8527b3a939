/**
 * Queues: what comes out of them, and in which order.
 */
import assert from "node:assert/strict";

import { Latch, Queue } from "@heddle/coordination/promised";

import type { Case } from "../Case.ts";
import * as Queues from "../fixtures/tasks/coordinatedQueues.ts";
import { upTo } from "../internal/expect.ts";
import { refusalOf } from "../internal/refusal.ts";
import { impatient, inPromises, makeCues, nextTurn, patient, pending } from "../internal/waits.ts";

const orders: ReadonlyArray<Case> = [
  {
    id: "coordination/queue-fifo",
    title: "a queue gives its values in the order in which they were offered",
    guarantees: ["G9"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised);
      for (const value of upTo(20)) await Queue.offer(queue, value);
      assert.equal(await Queue.size(queue), 20);
      const first = [await Queue.take(queue), (await Queue.poll(queue))?.value];
      assert.deepEqual([...first, ...(await Queue.takeAll(queue))], upTo(20));
      assert.deepEqual([await Queue.poll(queue), await Queue.pollAll(queue)], [undefined, []]);
    }),
  },
  {
    id: "coordination/queue-lifo",
    title: "a stack gives the last value first",
    guarantees: ["G9"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised, { order: "lifo" });
      await promised.run(Queues.produces, { queue, from: 0, to: 3 });
      assert.equal(await Queue.take(queue), 2);
      await Queue.offerAll(queue, [3, 4]);
      assert.deepEqual(await Queue.takeAll(queue), [4, 3, 1, 0]);
    }),
  },
  {
    id: "coordination/queue-priority",
    title: "the highest priority comes first, and values of one priority in their order",
    guarantees: ["G9"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<string>(promised, { order: "priority" });
      for (const value of ["a", "b", "c", "d", "e", "f", "g", "h"]) {
        await Queue.offer(queue, value, { priority: "aeiou".includes(value) ? 5 : 0 });
      }
      await Queue.offer(queue, "least", { priority: -1 });
      await Queue.offer(queue, "none");
      assert.equal(await Queue.take(queue), "a");
      await Queue.offerAll(queue, ["x", "y"], { priority: 5 });
      const rest = ["e", "x", "y", "b", "c", "d", "f", "g", "h", "none", "least"];
      assert.deepEqual(await Queue.takeAll(queue), rest);
    }),
  },
  {
    id: "coordination/queue-takers-in-order",
    title: "those who wait for values are served in the order in which they came",
    guarantees: ["G3"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised);
      const takers = upTo(10).map(() => pending(Queue.take(queue, patient)));
      await promised.run(Queues.produces, { queue, from: 0, to: 4 });
      await promised.run(Queues.producesAtOnce, { queue, from: 4, to: 10 });
      assert.deepEqual(await Promise.all(takers), upTo(10));
    }),
  },
  {
    id: "coordination/queue-values",
    title: "what is nothing elsewhere is a value in a queue",
    guarantees: ["G9"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const values = [0, false, "", null, [], {}, "null", { value: null }];
      const [from, to] = [await Queue.make<unknown>(promised), await Queue.make<unknown>(promised)];
      const piped = pending(promised.run(Queues.pipes, { from, to }));
      await Queue.offerAll(from, values);
      await Queue.end(from);
      for (const value of values) assert.deepEqual(await Queue.take(to, patient), value);
      await piped;
      const one = await Queue.make<unknown>(promised);
      await Queue.offer(one, undefined);
      assert.deepEqual(await Queue.poll(one), { value: undefined });
      assert.equal(await Queue.poll(one), undefined);
    }),
  },
  {
    id: "coordination/queue-rich-values",
    title: "values keep their meaning on their way through queues and bodies",
    guarantees: ["G9", "V1"],
    needs: ["coordination", "richValues"],
    run: inPromises(async ({ promised }) => {
      const date = new Date(5);
      const values = [-0, Number.NaN, 10n, undefined, new Map([["k", date]]), new Set([1]), "\ud800"];
      const [from, to] = [await Queue.make<unknown>(promised), await Queue.make<unknown>(promised)];
      const piped = pending(promised.run(Queues.pipes, { from, to }));
      await Queue.offerAll(from, values);
      await Queue.end(from);
      for (const value of values) assert.deepEqual(await Queue.take(to, patient), value);
      assert.equal(await refusalOf(Queue.take(to, patient)), "Ended");
      await piped;
    }),
  },
  {
    id: "coordination/queue-uncrossable",
    title: "what cannot cross is refused, and the queue goes on",
    guarantees: ["G16"],
    needs: ["coordination", "isolation"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<unknown>(promised);
      const refusal = await refusalOf(Queue.offer(queue, Symbol("no")));
      // A page takes nothing that needs a serializer.
      assert.ok(refusal === "BadInput" || refusal === "Unsupported", String(refusal));
      assert.equal(await Queue.size(queue), 0);
      await Queue.offer(queue, "yes");
      assert.equal(await Queue.take(queue, patient), "yes");
    }),
  },
];

const bounds: ReadonlyArray<Case> = [
  {
    id: "coordination/queue-bounded",
    title: "never more values are inside than the capacity: an offer waits",
    guarantees: ["G9"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised, { capacity: 2 });
      assert.equal(await Queue.tryOfferAll(queue, [0, 1, 2]), 2);
      assert.equal(await Queue.tryOffer(queue, 9), false);
      const offers = [
        pending(Queue.offer(queue, 2, patient)),
        pending(Queue.offerAll(queue, [3, 4, 5], patient)),
      ];
      const seen: Array<number> = [];
      for (let taken = 0; taken < 6; taken++) {
        assert.ok((await Queue.size(queue)) <= 2);
        seen.push(await Queue.take(queue, patient));
      }
      await Promise.all(offers);
      assert.deepEqual(seen, upTo(6));
    }),
  },
  {
    id: "coordination/queue-holds-back",
    title: "a queue that is full holds a body back that produces",
    guarantees: ["G9"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised, { capacity: 3 });
      const producer = pending(promised.run(Queues.produces, { queue, from: 0, to: 60 }));
      const seen: Array<number> = [];
      while (seen.length < 60) {
        assert.ok((await Queue.size(queue)) <= 3);
        seen.push(await Queue.take(queue, patient));
      }
      await producer;
      assert.deepEqual(seen, upTo(60));
    }),
  },
  {
    id: "coordination/queue-batches",
    title: "a batch is taken in order, as much of it as one asks for",
    guarantees: ["G9"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised);
      const waits = pending(Queue.takeAll(queue, { max: 3, ...patient }));
      await promised.run(Queues.producesAtOnce, { queue, from: 0, to: 10 });
      const first = await waits;
      assert.ok(first.length >= 1 && first.length <= 3);
      const second = await Queue.takeAll(queue, { max: 4 });
      assert.equal(second.length, 4);
      assert.deepEqual([...first, ...second, ...(await Queue.pollAll(queue))], upTo(10));
    }),
  },
];

const givingUp: ReadonlyArray<Case> = [
  {
    id: "coordination/queue-take-timeout",
    title: "a take that times out takes nothing, and those behind it are served",
    guarantees: ["G4"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised);
      const inBody = pending(promised.run(Queues.takes, { queue, ...impatient }));
      const here = refusalOf(Queue.take(queue, impatient));
      const next = pending(Queue.take(queue, patient));
      assert.deepEqual([await inBody, await here], ["TimedOut", "TimedOut"]);
      await Queue.offerAll(queue, [1, 2]);
      assert.deepEqual([await next, await Queue.take(queue, patient)], [1, 2]);
    }),
  },
  {
    id: "coordination/queue-offer-timeout",
    title: "an offer that times out or is cancelled is not in, and those behind it are",
    guarantees: ["G4"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised, { capacity: 1 });
      await Queue.offer(queue, 0);
      const controller = new AbortController();
      const cancelled = refusalOf(Queue.offer(queue, 1, { signal: controller.signal }));
      const timedOut = refusalOf(Queue.offer(queue, 2, impatient));
      const next = pending(Queue.offer(queue, 3, patient));
      controller.abort("no more");
      assert.deepEqual([await cancelled, await timedOut], ["no more", "TimedOut"]);
      assert.equal(await Queue.take(queue, patient), 0);
      await next;
      assert.deepEqual(await Queue.takeAll(queue), [3]);
    }),
  },
  {
    id: "coordination/queue-take-cancelled",
    title: "no value is lost when a body that takes it is cancelled at that moment",
    guarantees: ["G4", "G9"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<number>(promised);
      const taken = await Queue.make<number>(promised);
      for (const value of upTo(15)) {
        const { ready } = await makeCues(promised);
        const controller = new AbortController();
        const { signal } = controller;
        const input = { queue, taken, ready };
        const call = refusalOf(promised.run(Queues.takesUntilCancelled, input, { signal }));
        await Latch.wait(ready, patient);
        const offered = pending(Queue.offer(queue, value));
        if (value % 3 === 0) await offered;
        controller.abort();
        await Promise.all([offered, call]);
        // From afar it comes back after the end of the call.
        const found = async (): Promise<ReadonlyArray<number>> => [
          ...(await Queue.pollAll(queue)),
          ...(await Queue.pollAll(taken)),
        ];
        let seen = await found();
        for (let turns = 0; seen.length === 0 && turns < 10_000; turns++) {
          await nextTurn();
          seen = await found();
        }
        assert.deepEqual([...seen, ...(await found())], [value]);
      }
    }),
  },
];

export const coordinationQueues: ReadonlyArray<Case> = [...orders, ...bounds, ...givingUp];
