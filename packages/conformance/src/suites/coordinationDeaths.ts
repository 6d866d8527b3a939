/**
 * What becomes of shared objects when workers die.
 */
import assert from "node:assert/strict";

import { Barrier, Event, Latch, Lock, Queue, Semaphore } from "@heddle/coordination/promised";

import type { Case } from "../Case.ts";
import * as Coordinated from "../fixtures/tasks/coordinated.ts";
import * as Deaths from "../fixtures/tasks/coordinatedDeaths.ts";
import { refusalOf } from "../internal/refusal.ts";
import { inPromises, lost, makeCues, patient, pending } from "../internal/waits.ts";

const mortal = ["coordination", "isolation", "forceKill"] as const;

const owners: ReadonlyArray<Case> = [
  {
    id: "coordination/death-of-owner",
    title: "what a worker held goes to those next in line when it dies, and one owner of each is told",
    guarantees: ["G5"],
    needs: mortal,
    run: inPromises(async ({ promised }) => {
      const [lock, cues] = [await Lock.make(promised), await makeCues(promised)];
      const semaphore = await Semaphore.make(promised, { permits: 3 });
      const call = lost(promised.run(Deaths.diesHolding, { lock, semaphore, ...cues }));
      await Latch.wait(cues.ready, patient);
      const next = pending(Lock.acquire(lock, patient));
      const all = pending(Semaphore.acquire(semaphore, 3, patient));
      await Event.set(cues.go);
      await call;
      const [held, permits] = [await next, await all];
      assert.deepEqual([held.abandoned, permits.abandoned], [true, true]);
      await Lock.release(lock, held);
      await Semaphore.release(semaphore, permits);
      const again = [await Lock.acquire(lock, patient), await Semaphore.acquire(semaphore, 3, patient)];
      assert.deepEqual(
        again.map(({ abandoned }) => abandoned),
        [false, false],
      );
    }),
  },
  {
    id: "coordination/death-before-end",
    title: "what a worker held is free before its call has failed",
    guarantees: ["G5"],
    needs: mortal,
    run: inPromises(async ({ promised }) => {
      const [lock, cues] = [await Lock.make(promised), await makeCues(promised)];
      const semaphore = await Semaphore.make(promised, { permits: 2 });
      await Event.set(cues.go);
      await lost(promised.run(Deaths.diesHolding, { lock, semaphore, ...cues }));
      assert.equal((await Lock.tryAcquire(lock))?.abandoned, true);
      assert.equal((await Semaphore.tryAcquire(semaphore, 2))?.abandoned, true);
    }),
  },
  {
    id: "coordination/death-by-force",
    title: "a body that is killed releases what it held",
    guarantees: ["G5"],
    needs: mortal,
    options: { grace: 50 },
    run: inPromises(async ({ promised }) => {
      const [lock, { ready }] = [await Lock.make(promised), await makeCues(promised)];
      const controller = new AbortController();
      const { signal } = controller;
      const call = refusalOf(promised.run(Deaths.heedsNothing, { lock, ready }, { signal }));
      await Latch.wait(ready, patient);
      const next = pending(Lock.acquire(lock, patient));
      controller.abort("enough");
      assert.equal(await call, "enough");
      assert.equal((await next).abandoned, true);
    }),
  },
  {
    id: "coordination/death-of-later-body",
    title: "what a body left held is held as long as its worker lives, and no longer",
    guarantees: ["G5"],
    needs: [...mortal, "onePlace"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const token = await promised.run(Deaths.leavesHeld, lock);
      assert.equal(await Lock.isHeld(lock), true);
      assert.equal(await refusalOf(Lock.release(lock, { token, abandoned: false })), "NotOwner");
      await lost(promised.run(Deaths.dies, 0));
      assert.equal((await Lock.tryAcquire(lock))?.abandoned, true);
    }),
  },
  {
    id: "coordination/death-of-neighbour",
    title: "the death of a worker leaves alone what others hold and wait for",
    guarantees: ["G5"],
    needs: [...mortal, "severalPlaces"],
    run: inPromises(async ({ promised }) => {
      const [mine, lock, theirs] = [
        await Lock.make(promised),
        await Lock.make(promised),
        await Lock.make(promised),
      ];
      const [cues, dying] = [await makeCues(promised), await makeCues(promised)];
      const held = await Lock.acquire(mine);
      const semaphore = await Semaphore.make(promised, { permits: 2 });
      const neighbour = pending(promised.run(Coordinated.holds, { lock, ...cues }));
      const call = lost(promised.run(Deaths.diesHolding, { lock: theirs, semaphore, ...dying }));
      await Promise.all([cues, dying].map(({ ready }) => Latch.wait(ready, patient)));
      const next = pending(Lock.acquire(lock, patient));
      await Event.set(dying.go);
      await call;
      assert.deepEqual([await Lock.isHeld(mine), await Lock.isHeld(lock)], [true, true]);
      await Lock.release(mine, held);
      await Event.set(cues.go);
      assert.equal(await neighbour, false);
      assert.equal((await next).abandoned, false);
    }),
  },
  {
    id: "coordination/death-and-successor",
    title: "the worker that takes the place of a dead one is another owner",
    guarantees: ["G5", "G6"],
    needs: mortal,
    run: inPromises(async ({ promised }) => {
      const [lock, cues] = [await Lock.make(promised), await makeCues(promised, 2)];
      const semaphore = await Semaphore.make(promised, { permits: 2 });
      const dies = (): Promise<void> => lost(promised.run(Deaths.diesHolding, { lock, semaphore, ...cues }));
      await Event.set(cues.go);
      await dies();
      const held = (await Lock.tryAcquire(lock)) ?? assert.fail("it is free");
      assert.equal(await promised.run(Coordinated.releases, { lock, held }), "NotOwner");
      await Lock.release(lock, held);
      assert.deepEqual(await promised.run(Coordinated.tries, lock), true);
      const permits = (await Semaphore.tryAcquire(semaphore, 2)) ?? assert.fail("they are free");
      await Semaphore.release(semaphore, permits);
      await dies();
      assert.equal((await Lock.tryAcquire(lock))?.abandoned, true);
    }),
  },
];

const lines: ReadonlyArray<Case> = [
  {
    id: "coordination/death-in-line",
    title: "what a worker waited for when it died is forgotten, and nothing is lost with it",
    guarantees: ["G5", "G9"],
    needs: mortal,
    run: inPromises(async ({ promised }) => {
      const [lock, cues] = [await Lock.make(promised), await makeCues(promised)];
      const semaphore = await Semaphore.make(promised, { permits: 2 });
      const queue = await Queue.make<number>(promised);
      const [held, permits] = [await Lock.acquire(lock), await Semaphore.acquire(semaphore, 1)];
      const call = lost(promised.run(Deaths.diesWaiting, { lock, semaphore, queue, ...cues }));
      await Latch.wait(cues.ready, patient);
      await Event.set(cues.go);
      await call;
      const next = pending(Lock.acquire(lock, patient));
      await Lock.release(lock, held);
      assert.equal((await next).abandoned, false);
      assert.equal((await Semaphore.tryAcquire(semaphore, 1))?.abandoned, false);
      await Semaphore.release(semaphore, permits);
      await Queue.offer(queue, 7);
      assert.equal(await Queue.take(queue, patient), 7);
    }),
  },
  {
    id: "coordination/death-with-offer",
    title: "an offer that waited when its worker died is not in",
    guarantees: ["G5", "G9"],
    needs: mortal,
    run: inPromises(async ({ promised }) => {
      const cues = await makeCues(promised);
      const queue = await Queue.make<number>(promised, { capacity: 1 });
      await Queue.offer(queue, 1);
      const call = lost(promised.run(Deaths.diesOffering, { queue, ...cues }));
      await Latch.wait(cues.ready, patient);
      const next = pending(Queue.offer(queue, 2, patient));
      await Event.set(cues.go);
      await call;
      assert.deepEqual([await Queue.take(queue, patient), await next], [1, undefined]);
      assert.deepEqual(await Queue.takeAll(queue), [2]);
    }),
  },
  {
    id: "coordination/death-at-barrier",
    title: "a barrier breaks when a worker dies at it",
    guarantees: ["G5", "G8"],
    needs: mortal,
    run: inPromises(async ({ promised }) => {
      const cues = await makeCues(promised);
      const barrier = await Barrier.make(promised, { parties: 3 });
      const here = refusalOf(Barrier.wait(barrier, patient));
      const call = lost(promised.run(Deaths.diesAtBarrier, { barrier, ...cues }));
      await Latch.wait(cues.ready, patient);
      await Event.set(cues.go);
      await call;
      assert.equal(await here, "Broken");
      await Barrier.reset(barrier);
      assert.deepEqual([await Barrier.isBroken(barrier), await Barrier.waiting(barrier)], [false, 0]);
    }),
  },
];

export const coordinationDeaths: ReadonlyArray<Case> = [...owners, ...lines];
