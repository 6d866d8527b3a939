/**
 * Handles of shared objects: where they may be, and where they work.
 */
import assert from "node:assert/strict";

import { Counter, Event, Lock, Queue, Semaphore } from "@heddle/coordination/promised";
import * as Runtime from "@heddle/core/Runtime";
import * as TestRuntime from "@heddle/core/testing/TestRuntime";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";

import type { Case } from "../Case.ts";
import * as Coordinated from "../fixtures/tasks/coordinated.ts";
import { promiseOf } from "../internal/expect.ts";
import { refusalOf } from "../internal/refusal.ts";
import { inPromises, patient } from "../internal/waits.ts";

const places: ReadonlyArray<Case> = [
  {
    id: "coordination/handle-in-and-out",
    title: "a handle may be deep in an input, and come back in a result",
    guarantees: ["G1"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const counter = await Counter.make(promised);
      const { again } = await promised.run(Coordinated.addsDeep, { deep: { in: [{ counter }] } });
      assert.equal(await Counter.add(again[0]!), 2);
      assert.equal(await Counter.get(counter), 2);
    }),
  },
  {
    id: "coordination/handle-handed-on",
    title: "a task hands a handle on to another task",
    guarantees: ["G1"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const counter = await Counter.make(promised);
      assert.equal(await promised.run(Coordinated.handsOn, { deep: { in: [{ counter }] } }), 2);
      assert.equal(await Counter.get(counter), 2);
    }),
  },
  {
    id: "coordination/handle-emitted",
    title: "a handle may be in the elements of a stream",
    guarantees: ["G1"],
    needs: ["coordination", "streaming"],
    run: inPromises(async ({ promised }) => {
      const counters = [await Counter.make(promised), await Counter.make(promised, 10)];
      const found: Array<number> = [];
      for await (const { handle } of promised.stream(Coordinated.emits, counters)) {
        found.push(await Counter.add(handle));
      }
      assert.deepEqual(found, [1, 11]);
    }),
  },
  {
    id: "coordination/handle-in-queue",
    title: "a handle may be a value of a queue",
    guarantees: ["G1"],
    needs: ["coordination", "noBlocking"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<Counter.Counter<number>>(promised);
      const counter = await Counter.make(promised, 41);
      await Queue.offer(queue, counter);
      assert.equal(await promised.run(Coordinated.addsToWhatItTakes, queue), 42);
      assert.equal(await Counter.get(counter), 42);
    }),
  },
  {
    id: "coordination/handle-in-shared-queue",
    title: "a queue in shared memory refuses a handle, which has memory of its own, and goes on",
    guarantees: ["G16"],
    needs: ["blocking"],
    run: inPromises(async ({ promised }) => {
      const queue = await Queue.make<unknown>(promised);
      const refusal = await refusalOf(Queue.offer(queue, await Counter.make(promised)));
      // A page takes nothing that needs a serializer.
      assert.ok(refusal === "BadInput" || refusal === "Unsupported", String(refusal));
      assert.equal(await Queue.size(queue), 0);
      await Queue.offer(queue, "yes");
      assert.equal(await Queue.take(queue, patient), "yes");
    }),
  },
  {
    id: "coordination/handle-copied",
    title: "a copy of a handle is the same object",
    guarantees: ["G1"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const copy = structuredClone(lock);
      const held = await Lock.acquire(copy);
      assert.equal(await Lock.isHeld(lock), true);
      await Lock.release(lock, structuredClone(held));
      assert.equal(await Lock.isHeld(copy), false);
    }),
  },
];

const openOther = Effect.map(Layer.build(Layer.fresh(TestRuntime.layer())), (context) =>
  Context.get(context, Runtime.Runtime),
);

const limits: ReadonlyArray<Case> = [
  {
    id: "coordination/other-runtime",
    title: "tasks do not reach the objects of another runtime",
    guarantees: ["G15"],
    needs: ["coordination", "isolation"],
    run: Effect.fnUntraced(function* ({ promised }) {
      const other = yield* openOther;
      const run = async (): Promise<void> => {
        const [foreign, own] = [await Lock.make(other), await Lock.make(promised)];
        const tried = (lock: Lock.Lock): Promise<unknown> =>
          promised.run(Coordinated.acquiresWithin, { lock, ...patient });
        assert.equal(await tried(foreign), "Unreachable");
        assert.equal(await tried(own), "done");
        assert.equal(await Lock.isHeld(foreign), false);
      };
      yield* promiseOf(run);
    }),
  },
  {
    id: "coordination/bad-input",
    title: "what means nothing is refused, and changes nothing",
    guarantees: ["G16"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const semaphore = await Semaphore.make(promised, { permits: 2 });
      const refused = [
        Semaphore.make(promised, { permits: 0 }),
        Queue.make(promised, { capacity: -1 }),
        Lock.acquire({} as never),
        Lock.acquire((await Event.make(promised)) as never),
        Lock.acquire(lock, { timeoutMillis: -1 }),
        Lock.release(lock, undefined as never),
        Semaphore.acquire(semaphore, 3),
        Semaphore.acquire(semaphore, 0),
      ];
      const reasons = await Promise.all(refused.map(refusalOf));
      assert.deepEqual([...new Set(reasons)], ["BadInput"], String(reasons));
      assert.equal(await Lock.isHeld(lock), false);
      assert.equal(await Semaphore.available(semaphore), 2);
    }),
  },
  {
    id: "coordination/none",
    title: "without coordination, every object is refused",
    guarantees: ["G13"],
    needs: ["noCoordination"],
    run: inPromises(async ({ promised }) => {
      const made = [
        Lock.make(promised),
        Queue.make(promised),
        Event.make(promised),
        Counter.make(promised),
        Semaphore.make(promised, { permits: 1 }),
      ];
      for (const one of made) assert.equal(await refusalOf(one), "Unsupported");
    }),
  },
];

export const coordinationHandles: ReadonlyArray<Case> = [...places, ...limits];
