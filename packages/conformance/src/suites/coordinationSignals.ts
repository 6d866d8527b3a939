/**
 * Events and latches.
 */
import assert from "node:assert/strict";

import { Event, Latch } from "@heddle/coordination/promised";

import type { Case } from "../Case.ts";
import * as Coordinated from "../fixtures/tasks/coordinated.ts";
import { upTo } from "../internal/expect.ts";
import { refusalOf } from "../internal/refusal.ts";
import { impatient, inPromises, makeCues, patient, pending } from "../internal/waits.ts";

const events: ReadonlyArray<Case> = [
  {
    id: "coordination/event",
    title: "an event is set or not, as often as one likes",
    guarantees: ["G7"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const event = await Event.make(promised);
      for (let round = 0; round < 3; round++) {
        assert.equal(await Event.isSet(event), false);
        await Event.set(event);
        await Event.set(event);
        assert.equal(await Event.isSet(event), true);
        await Event.wait(event, patient);
        await Event.clear(event);
        await Event.clear(event);
      }
      assert.equal(await Event.isSet(await Event.make(promised, { isSet: true })), true);
    }),
  },
  {
    id: "coordination/event-wakes-all",
    title: "all who wait for an event go on when it is set, though it is cleared at once",
    guarantees: ["G7"],
    needs: ["coordination"],
    run: inPromises(async ({ promised, size }) => {
      const { go, ready } = await makeCues(promised, size);
      const bodies = upTo(size).map(() => pending(promised.run(Coordinated.waitsForEvent, { go, ready })));
      const here = upTo(10).map(() => refusalOf(Event.wait(go, patient)));
      await Latch.wait(ready, patient);
      await Event.set(go);
      await Event.clear(go);
      const ends = await Promise.all([...bodies, ...here]);
      assert.deepEqual([...new Set(ends)], ["done"], String(ends));
      assert.equal(await refusalOf(Event.wait(go, impatient)), "TimedOut");
    }),
  },
  {
    id: "coordination/event-gives-up",
    title: "who gives up waiting for an event is not told, and all others are",
    guarantees: ["G4"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const event = await Event.make(promised);
      const controller = new AbortController();
      const aborted = refusalOf(Event.wait(event, { signal: controller.signal }));
      const timedOut = refusalOf(Event.wait(event, impatient));
      const told = refusalOf(Event.wait(event, patient));
      controller.abort("no more");
      assert.deepEqual([await aborted, await timedOut], ["no more", "TimedOut"]);
      await Event.set(event);
      assert.equal(await told, "done");
    }),
  },
  {
    id: "coordination/event-is-set-within",
    title: "an event is the clock of a loop that goes on until it is told to stop",
    guarantees: ["G7"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const { go, ready } = await makeCues(promised);
      assert.equal(await Event.isSetWithin(go, 5), false);
      const loop = pending(promised.run(Coordinated.ticks, { go, ready }));
      await Latch.wait(ready, patient);
      await Event.set(go);
      assert.ok((await loop) >= 3);
      assert.equal(await Event.isSetWithin(go, 60_000), true);
    }),
  },
];

const latches: ReadonlyArray<Case> = [
  {
    id: "coordination/latch",
    title: "a latch opens after so many counts, once and for ever",
    guarantees: ["G7"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const latch = await Latch.make(promised, { count: 3 });
      const waits = upTo(5).map(() => pending(Latch.wait(latch, patient)));
      await Latch.countDown(latch);
      await promised.run(Coordinated.countsDown, { latch, by: 1 });
      assert.equal(await Latch.count(latch), 1);
      await promised.run(Coordinated.countsDown, { latch, by: 5 });
      await Promise.all(waits);
      await Latch.countDown(latch);
      assert.equal(await Latch.count(latch), 0);
      assert.equal(await promised.run(Coordinated.waitsForLatch, latch), "done");
    }),
  },
  {
    id: "coordination/latch-gives-up",
    title: "who gives up waiting for a latch changes nothing of its count",
    guarantees: ["G4"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const latch = await Latch.make(promised, { count: 2 });
      assert.equal(await refusalOf(Latch.wait(latch, impatient)), "TimedOut");
      assert.equal(await refusalOf(Latch.wait(latch, { signal: AbortSignal.abort("no") })), "no");
      assert.equal(await Latch.count(latch), 2);
      const wait = pending(Latch.wait(latch, patient));
      await Latch.countDown(latch, 2);
      await wait;
    }),
  },
];

export const coordinationSignals: ReadonlyArray<Case> = [...events, ...latches];
