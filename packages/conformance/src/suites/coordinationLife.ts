/**
 * How long shared objects live, and where bodies may block.
 */
import assert from "node:assert/strict";

import * as Blocking from "@heddle/coordination/blocking";
import { Counter, Event, Latch, Lock, Queue } from "@heddle/coordination/promised";
import * as Effect from "effect/Effect";

import type { Case } from "../Case.ts";
import * as Coordinated from "../fixtures/tasks/coordinated.ts";
import * as Blocks from "../fixtures/tasks/coordinatedBlocking.ts";
import { upTo } from "../internal/expect.ts";
import { refusalAtOnce, refusalOf } from "../internal/refusal.ts";
import { impatient, inPromises, makeCues, patient, pending } from "../internal/waits.ts";

const lives: ReadonlyArray<Case> = [
  {
    id: "coordination/freed",
    title: "what is freed ends all waits for it, and is refused from then on",
    guarantees: ["G14"],
    needs: ["coordination"],
    shares: true,
    run: inPromises(async ({ promised }) => {
      const [lock, queue] = [await Lock.make(promised), await Queue.make<number>(promised)];
      const { go, ready } = await makeCues(promised);
      await Lock.acquire(lock);
      const waits = [Lock.acquire(lock), Queue.take(queue)].map(refusalOf);
      const body = pending(promised.run(Coordinated.waitsForEvent, { go, ready }));
      await Latch.wait(ready, patient);
      for (const free of [() => Lock.free(lock), () => Queue.free(queue), () => Event.free(go)]) {
        await free();
        await free();
      }
      assert.deepEqual(await Promise.all([...waits, body]), ["Freed", "Freed", "Freed"]);
      assert.equal(await refusalOf(Queue.offer(queue, 1)), "Freed");
      assert.equal(await promised.run(Coordinated.acquiresWithin, { lock, ...patient }), "Freed");
    }),
  },
  {
    id: "coordination/closed",
    title: "the end of the runtime ends all waits, and refuses all that comes later",
    guarantees: ["G14"],
    needs: ["coordination"],
    run: inPromises(async ({ close, promised }) => {
      const [lock, queue] = [await Lock.make(promised), await Queue.make<number>(promised)];
      assert.equal(await promised.run(Coordinated.tries, lock), true);
      const held = await Lock.acquire(lock);
      const waits = [Lock.acquire(lock), Lock.acquire(lock, patient), Queue.take(queue)].map(refusalOf);
      await Effect.runPromise(close);
      assert.deepEqual(await Promise.all(waits), ["Freed", "Freed", "Freed"]);
      const later = [Lock.release(lock, held), Lock.acquire(lock), Queue.size(queue), Lock.make(promised)];
      assert.deepEqual(await Promise.all(later.map(refusalOf)), ["Freed", "Freed", "Freed", "Freed"]);
    }),
  },
  {
    id: "coordination/closed-in-line",
    title: "a runtime closes though a body waits in line, and leaves nothing of the wait behind",
    guarantees: ["G14", "L1"],
    needs: ["coordination"],
    options: { closeTimeout: 50 },
    run: inPromises(async ({ close, promised }) => {
      const { ready } = await makeCues(promised);
      const lock = await Lock.make(promised);
      await Lock.acquire(lock);
      const call = refusalOf(promised.run(Coordinated.linesUpUntilCancelled, { lock, ready }));
      await Latch.wait(ready, patient);
      await Effect.runPromise(close);
      assert.notEqual(await call, "done");
    }),
  },
  {
    id: "coordination/waits-leave-nothing",
    title: "waits that were granted, timed out, cancelled or left alone keep nothing alive",
    guarantees: ["G14"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const held = await Lock.acquire(lock);
      const controller = new AbortController();
      const long = { timeoutMillis: 600_000 };
      const cancelled = refusalOf(Lock.acquire(lock, { ...long, signal: controller.signal }));
      const timedOut = refusalOf(Lock.acquire(lock, impatient));
      assert.equal(await promised.run(Coordinated.leavesWaits, lock), "ended");
      const granted = pending(Lock.acquire(lock, long));
      controller.abort("no more");
      assert.deepEqual([await cancelled, await timedOut], ["no more", "TimedOut"]);
      await Lock.release(lock, held);
      // The wait that the body left alone may come before, and its worker owns what it is given.
      const end = refusalOf(granted);
      await Lock.free(lock);
      assert.ok(["done", "Freed"].includes(String(await end)));
    }),
  },
  {
    id: "coordination/workers-replaced",
    title: "objects outlive the workers that used them",
    guarantees: ["G14"],
    needs: ["coordination", "elastic"],
    run: inPromises(async ({ promised, size }) => {
      const [counter, lock] = [await Counter.make(promised), await Lock.make(promised)];
      const round = (): Promise<unknown> =>
        Promise.all(
          upTo(2 * size).map(() =>
            pending(promised.run(Coordinated.increments, { counter, lock, times: 3 })),
          ),
        );
      await round();
      await promised.recycle();
      await round();
      await promised.resize(size + 1);
      await round();
      assert.equal(await Counter.get(counter), 18 * size);
    }),
  },
];

const blocking: ReadonlyArray<Case> = [
  {
    id: "coordination/blocking",
    title: "a synchronous body blocks until another one acts, or until its time is over",
    guarantees: ["G17", "G4"],
    needs: ["blocking"],
    shares: true,
    run: inPromises(async ({ promised }) => {
      const [cues, queue] = [await makeCues(promised), await Queue.make<number>(promised)];
      const call = pending(promised.run(Blocks.blocks, { ...cues, queue }));
      await Latch.wait(cues.ready, patient);
      await Event.set(cues.go);
      await Queue.offer(queue, 11);
      assert.equal(await call, 11);
      const lock = await Lock.make(promised);
      const held = await Lock.acquire(lock);
      assert.equal(await promised.run(Blocks.blocksWithin, { lock, ...impatient }), "TimedOut");
      await Lock.release(lock, held);
      assert.equal(await promised.run(Blocks.blocksWithin, { lock, ...impatient }), "done");
      assert.equal(await Lock.isHeld(lock), false);
    }),
  },
  {
    id: "coordination/blocking-without-program",
    title: "bodies that block need nothing of the program, whose loop is blocked as well",
    guarantees: ["G17", "G2"],
    needs: ["blocking"],
    shares: true,
    run: inPromises(async ({ promised, size }) => {
      const [counter, lock] = [await Counter.make(promised), await Lock.make(promised)];
      const held = await Lock.acquire(lock);
      const ready = await Latch.make(promised, { count: size });
      const input = { counter, lock, ready, times: 500 };
      const calls = upTo(size).map(() => pending(promised.run(Blocks.increments, input)));
      await Latch.wait(ready, patient);
      await Lock.release(lock, held);
      const end = performance.now() + patient.timeoutMillis;
      while (Blocking.Counter.get(counter) < 500 * size && performance.now() < end);
      assert.equal(Blocking.Counter.get(counter), 500 * size);
      await Promise.all(calls);
    }),
  },
  {
    id: "coordination/blocking-cancelled",
    title: "a body that blocks is told when its job is cancelled, and its worker lives on",
    guarantees: ["G17", "C2"],
    needs: ["blocking"],
    shares: true,
    run: inPromises(async ({ promised }) => {
      const [lock, { ready }] = [await Lock.make(promised), await makeCues(promised)];
      const notes = await Queue.make<unknown>(promised);
      const held = await Lock.acquire(lock);
      const controller = new AbortController();
      const { signal } = controller;
      const input = { lock, notes, ready };
      const call = refusalOf(promised.run(Blocks.blocksUntilCancelled, input, { signal }));
      await Latch.wait(ready, patient);
      controller.abort("enough");
      assert.equal(await call, "enough");
      assert.equal(await Queue.take(notes, patient), "Cancelled");
      await Lock.release(lock, held);
      assert.equal((await Lock.acquire(lock, patient)).abandoned, false);
    }),
  },
  {
    id: "coordination/blocking-refused",
    title: "where blocking would stop the one who acts, it is refused",
    guarantees: ["G17"],
    needs: ["coordination", "noBlocking"],
    shares: true,
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const held = await Lock.acquire(lock);
      assert.equal(await promised.run(Blocks.blocksWithin, { lock, ...patient }), "Unsupported");
      await Lock.release(lock, held);
      assert.equal(await Lock.isHeld(lock), false);
    }),
  },
  {
    id: "coordination/blocking-program",
    title: "the program does not block: it takes what is there, and is refused what it would wait for",
    guarantees: ["G17"],
    needs: ["coordination"],
    shares: true,
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const held = Blocking.Lock.acquire(lock);
      assert.equal(Blocking.Lock.tryAcquire(lock), undefined);
      assert.equal(
        refusalAtOnce(() => Blocking.Lock.acquire(lock, patient)),
        "Unsupported",
      );
      Blocking.Lock.release(lock, held);
      assert.equal(await Lock.isHeld(lock), false);
    }),
  },
];

export const coordinationLife: ReadonlyArray<Case> = [...lives, ...blocking];
