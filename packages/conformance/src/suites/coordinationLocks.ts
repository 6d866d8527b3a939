/**
 * Locks.
 */
import assert from "node:assert/strict";

import * as Coordination from "@heddle/coordination";
import { Counter, Event, Latch, Lock, Queue } from "@heddle/coordination/promised";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";

import type { Case } from "../Case.ts";
import * as Coordinated from "../fixtures/tasks/coordinated.ts";
import { promiseOf, upTo } from "../internal/expect.ts";
import { refusalOf } from "../internal/refusal.ts";
import { impatient, inPromises, makeCues, nextTurn, patient, pending } from "../internal/waits.ts";

const holding: ReadonlyArray<Case> = [
  {
    id: "coordination/lock",
    title: "a lock is held from acquire to release",
    guarantees: ["G2"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      assert.equal(await Lock.isHeld(lock), false);
      for (let round = 0; round < 3; round++) {
        const held = await Lock.acquire(lock);
        assert.deepEqual([held.abandoned, await Lock.isHeld(lock)], [false, true]);
        await Lock.release(lock, held);
        assert.equal(await Lock.isHeld(lock), false);
      }
      assert.equal(await Lock.withLock(lock, () => 42), 42);
      assert.equal(await promised.run(Coordinated.tries, lock), true);
    }),
  },
  {
    id: "coordination/lock-try",
    title: "a lock that is held is not given to who only tries, here or in a body",
    guarantees: ["G2"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const held = await Lock.acquire(lock);
      assert.equal(await Lock.tryAcquire(lock), undefined);
      assert.equal(await promised.run(Coordinated.tries, lock), false);
      await Lock.release(lock, held);
      assert.equal(await promised.run(Coordinated.tries, lock), true);
      const tried = (await Lock.tryAcquire(lock)) ?? assert.fail("it is free");
      await Lock.release(lock, tried);
    }),
  },
  {
    id: "coordination/lock-not-reentrant",
    title: "whoever holds a lock does not get it again",
    guarantees: ["G2"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const again = await Lock.withLock(lock, () => refusalOf(Lock.acquire(lock, impatient)));
      assert.equal(again, "TimedOut");
      assert.equal(await Lock.isHeld(lock), false);
    }),
  },
  {
    id: "coordination/lock-throws",
    title: "a lock is released when what it was held for throws",
    guarantees: ["G2"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const thrown = new RangeError("expected");
      const failing = Lock.withLock(lock, () => Promise.reject(thrown));
      assert.equal(await refusalOf(failing), thrown);
      assert.equal(await Lock.isHeld(lock), false);
    }),
  },
  {
    id: "coordination/lock-no-lost-update",
    title: "no update under a lock is lost, from bodies and the program at once",
    guarantees: ["G2"],
    needs: ["coordination"],
    run: inPromises(async ({ promised, size }) => {
      const lock = await Lock.make(promised);
      const counter = await Counter.make(promised);
      const bodies = upTo(size + 1).map(() =>
        pending(promised.run(Coordinated.increments, { lock, counter, times: 50 })),
      );
      for (let time = 0; time < 50; time++) {
        await Lock.withLock(lock, async () => {
          const before = await Counter.get(counter);
          await Promise.resolve();
          await Counter.set(counter, before + 1);
        });
      }
      await Promise.all(bodies);
      assert.equal(await Counter.get(counter), 50 * (size + 2));
    }),
  },
  {
    id: "coordination/lock-fifo",
    title: "those who wait for a lock get it in the order in which they came",
    guarantees: ["G3"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const held = await Lock.acquire(lock);
      const came: Array<number> = [];
      const waits = upTo(50).map((i) => pending(Lock.withLock(lock, () => came.push(i), patient)));
      await Lock.release(lock, held);
      await Promise.all(waits);
      assert.deepEqual(came, upTo(50));
    }),
  },
  {
    id: "coordination/lock-fifo-of-units",
    title: "a body and the program stand in one line",
    guarantees: ["G3"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const came = await Queue.make<string>(promised);
      const { ready } = await makeCues(promised);
      const held = await Lock.acquire(lock);
      const before = pending(Lock.withLock(lock, () => Queue.offer(came, "before"), patient));
      const body = pending(promised.run(Coordinated.linesUp, { lock, came, ready, name: "body" }));
      await Latch.wait(ready, patient);
      const after = pending(Lock.withLock(lock, () => Queue.offer(came, "after"), patient));
      assert.equal(await Lock.tryAcquire(lock), undefined);
      await Lock.release(lock, held);
      await Promise.all([before, body, after]);
      assert.deepEqual(await Queue.takeAll(came), ["before", "body", "after"]);
    }),
  },
];

const givingUp: ReadonlyArray<Case> = [
  {
    id: "coordination/lock-timeout",
    title: "who times out in line holds up nobody",
    guarantees: ["G4"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const held = await Lock.acquire(lock);
      const here = refusalOf(Lock.acquire(lock, impatient));
      const inBody = pending(promised.run(Coordinated.acquiresWithin, { lock, ...impatient }));
      const next = pending(Lock.acquire(lock, patient));
      assert.deepEqual([await here, await inBody], ["TimedOut", "TimedOut"]);
      await Lock.release(lock, held);
      await Lock.release(lock, await next);
      assert.equal(await Lock.isHeld(lock), false);
    }),
  },
  {
    id: "coordination/lock-no-time",
    title: "a wait of no time takes what is free, and else times out",
    guarantees: ["G4"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const held = await Lock.acquire(lock, { timeoutMillis: 0 });
      assert.equal(await refusalOf(Lock.acquire(lock, { timeoutMillis: 0 })), "TimedOut");
      await Lock.release(lock, held);
      assert.equal(await Lock.isHeld(lock), false);
    }),
  },
  {
    id: "coordination/lock-cancelled",
    title: "a wait that is cancelled ends with the reason of its signal, and has taken nothing",
    guarantees: ["G4"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const { ready } = await makeCues(promised);
      const held = await Lock.acquire(lock);
      const controller = new AbortController();
      const { signal } = controller;
      const here = pending(Lock.acquire(lock, { signal }));
      const body = pending(promised.run(Coordinated.linesUpUntilCancelled, { lock, ready }, { signal }));
      await Latch.wait(ready, patient);
      const next = pending(Lock.acquire(lock, patient));
      const why = new Error("expected");
      controller.abort(why);
      assert.deepEqual(await Promise.all([here, body].map(refusalOf)), [why, why]);
      await Lock.release(lock, held);
      await Lock.release(lock, await next);
      assert.equal(await Lock.isHeld(lock), false);
    }),
  },
  {
    id: "coordination/lock-cancelled-when-released",
    title: "a wait that is cancelled when its turn comes is granted or not, and the lock is never lost",
    guarantees: ["G4", "G2"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      for (let round = 0; round < 50; round++) {
        const held = await Lock.acquire(lock, patient);
        const controller = new AbortController();
        const wait = pending(Lock.withLock(lock, nextTurn, { signal: controller.signal }));
        const ended = refusalOf(wait);
        const released = round % 2 === 0 ? Lock.release(lock, held) : undefined;
        controller.abort("no more");
        await (released ?? Lock.release(lock, held));
        assert.ok(["done", "no more"].includes(String(await ended)));
      }
      await Lock.release(lock, await Lock.acquire(lock, patient));
      assert.equal(await Lock.isHeld(lock), false);
    }),
  },
  {
    id: "coordination/lock-interrupted",
    title: "a fiber that is interrupted in line leaves it, and one that holds releases",
    guarantees: ["G4"],
    needs: ["coordination"],
    run: Effect.fnUntraced(function* ({ promised }) {
      const lock = yield* promiseOf(() => Lock.make(promised));
      const within = Coordination.Lock.withLock(lock, Effect.never);
      const holder = yield* Effect.forkChild(within, { startImmediately: true });
      const waiter = yield* Effect.forkChild(within, { startImmediately: true });
      const next = yield* Effect.forkChild(Coordination.Lock.acquire(lock), { startImmediately: true });
      yield* Fiber.interrupt(waiter);
      assert.equal(yield* Coordination.Lock.isHeld(lock), true);
      yield* Fiber.interrupt(holder);
      yield* Coordination.Lock.release(lock, yield* Fiber.join(next));
      assert.equal(yield* Coordination.Lock.isHeld(lock), false);
    }),
  },
];

const owners: ReadonlyArray<Case> = [
  {
    id: "coordination/lock-release-twice",
    title: "what is released is not released again, though another one holds it by then",
    guarantees: ["G6"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const first = await Lock.acquire(lock);
      await Lock.release(lock, first);
      assert.equal(await refusalOf(Lock.release(lock, first)), "NotOwner");
      const second = await Lock.acquire(lock);
      assert.equal(await refusalOf(Lock.release(lock, first)), "NotOwner");
      assert.equal(await Lock.isHeld(lock), true);
      await Lock.release(lock, second);
      const made = { token: 99, abandoned: false };
      assert.equal(await refusalOf(Lock.release(lock, made)), "NotOwner");
    }),
  },
  {
    id: "coordination/lock-release-by-another",
    title: "a body does not release what the program holds, nor the other way round",
    guarantees: ["G6"],
    needs: ["coordination", "isolation"],
    run: inPromises(async ({ promised }) => {
      const lock = await Lock.make(promised);
      const held = await Lock.acquire(lock);
      assert.equal(await promised.run(Coordinated.releases, { lock, held }), "NotOwner");
      await Lock.release(lock, held);
      const { go, ready } = await makeCues(promised);
      const body = pending(promised.run(Coordinated.holds, { lock, go, ready }));
      await Latch.wait(ready, patient);
      for (const token of [held.token, held.token + 1, held.token + 2]) {
        assert.equal(await refusalOf(Lock.release(lock, { token, abandoned: false })), "NotOwner");
      }
      assert.equal(await Lock.isHeld(lock), true);
      await Event.set(go);
      assert.equal(await body, false);
      assert.equal(await Lock.isHeld(lock), false);
    }),
  },
];

export const coordinationLocks: ReadonlyArray<Case> = [...holding, ...givingUp, ...owners];
