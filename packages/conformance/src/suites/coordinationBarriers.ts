/**
 * Barriers.
 */
import assert from "node:assert/strict";

import { Barrier } from "@heddle/coordination/promised";

import type { Case } from "../Case.ts";
import * as Coordinated from "../fixtures/tasks/coordinated.ts";
import { upTo } from "../internal/expect.ts";
import { refusalOf } from "../internal/refusal.ts";
import { impatient, inPromises, patient, pending, sorted } from "../internal/waits.ts";

const waitsAt = (barrier: Barrier.Barrier, count: number): ReadonlyArray<Promise<number>> =>
  upTo(count).map(() => pending(Barrier.wait(barrier, patient)));

export const coordinationBarriers: ReadonlyArray<Case> = [
  {
    id: "coordination/barrier",
    title: "bodies and the program meet at a barrier, round after round, each in a place of its own",
    guarantees: ["G8"],
    needs: ["coordination"],
    run: inPromises(async ({ promised, size }) => {
      const rounds = 10;
      const barrier = await Barrier.make(promised, { parties: size + 1 });
      const bodies = upTo(size).map(() => pending(promised.run(Coordinated.meets, { barrier, rounds })));
      const here: Array<number> = [];
      for (let round = 0; round < rounds; round++) here.push(await Barrier.wait(barrier, patient));
      const all = (await Promise.all(bodies)) as ReadonlyArray<ReadonlyArray<number>>;
      for (const [round, place] of here.entries()) {
        const places = [place, ...all.map((told) => told[round] ?? -1)];
        assert.deepEqual(sorted(places), upTo(size + 1), `round ${round}`);
      }
    }),
  },
  {
    id: "coordination/barrier-of-one",
    title: "nobody waits at a barrier of one",
    guarantees: ["G8"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const barrier = await Barrier.make(promised, { parties: 1 });
      assert.equal(await Barrier.parties(barrier), 1);
      assert.deepEqual([await Barrier.wait(barrier), await Barrier.wait(barrier)], [0, 0]);
      assert.deepEqual(await promised.run(Coordinated.meets, { barrier, rounds: 3 }), [0, 0, 0]);
    }),
  },
  {
    id: "coordination/barrier-waiting",
    title: "nobody goes on before all have come",
    guarantees: ["G8"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const barrier = await Barrier.make(promised, { parties: 3 });
      let gone = 0;
      const waits = waitsAt(barrier, 2).map((wait) => wait.finally(() => gone++));
      assert.deepEqual([await Barrier.waiting(barrier), gone], [2, 0]);
      const body = pending(promised.run(Coordinated.meets, { barrier, rounds: 1 }));
      assert.deepEqual([...(await Promise.all(waits)), ...(await body)], [0, 1, 2]);
      assert.equal(await Barrier.waiting(barrier), 0);
    }),
  },
  {
    id: "coordination/barrier-timeout",
    title: "a barrier breaks for all when one of its parties times out",
    guarantees: ["G8"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const barrier = await Barrier.make(promised, { parties: 4 });
      const others = waitsAt(barrier, 2).map(refusalOf);
      assert.equal(await refusalOf(Barrier.wait(barrier, impatient)), "TimedOut");
      assert.deepEqual(await Promise.all(others), ["Broken", "Broken"]);
      assert.equal(await Barrier.isBroken(barrier), true);
      assert.deepEqual(await promised.run(Coordinated.meets, { barrier, rounds: 1 }), ["Broken"]);
    }),
  },
  {
    id: "coordination/barrier-cancelled",
    title: "a barrier breaks for all when one of its parties is cancelled",
    guarantees: ["G8"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const barrier = await Barrier.make(promised, { parties: 3 });
      const controller = new AbortController();
      const other = refusalOf(Barrier.wait(barrier, patient));
      const cancelled = refusalOf(Barrier.wait(barrier, { signal: controller.signal }));
      controller.abort("no more");
      assert.deepEqual([await cancelled, await other], ["no more", "Broken"]);
    }),
  },
  {
    id: "coordination/barrier-broken-up",
    title: "a barrier that somebody breaks is broken for those who wait and those who come",
    guarantees: ["G8"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const barrier = await Barrier.make(promised, { parties: 3 });
      const waits = waitsAt(barrier, 2).map(refusalOf);
      await Barrier.breakUp(barrier);
      waits.push(refusalOf(Barrier.wait(barrier)));
      assert.deepEqual(await Promise.all(waits), ["Broken", "Broken", "Broken"]);
      assert.equal(await Barrier.isBroken(barrier), true);
    }),
  },
  {
    id: "coordination/barrier-reset",
    title: "a barrier is whole again after reset, which breaks it for those who wait",
    guarantees: ["G8"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const barrier = await Barrier.make(promised, { parties: 3 });
      for (let round = 0; round < 3; round++) {
        const waits = waitsAt(barrier, 2).map(refusalOf);
        if (round === 1) await Barrier.breakUp(barrier);
        await Barrier.reset(barrier);
        assert.deepEqual(await Promise.all(waits), ["Broken", "Broken"]);
        assert.equal(await Barrier.isBroken(barrier), false);
        assert.deepEqual(sorted(await Promise.all(waitsAt(barrier, 3))), [0, 1, 2]);
      }
    }),
  },
];
