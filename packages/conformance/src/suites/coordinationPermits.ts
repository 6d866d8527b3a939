/**
 * Semaphores.
 */
import assert from "node:assert/strict";

import { Counter, Semaphore } from "@heddle/coordination/promised";

import type { Case } from "../Case.ts";
import * as Coordinated from "../fixtures/tasks/coordinated.ts";
import { upTo } from "../internal/expect.ts";
import { refusalOf } from "../internal/refusal.ts";
import { impatient, inPromises, patient, pending } from "../internal/waits.ts";

export const coordinationPermits: ReadonlyArray<Case> = [
  {
    id: "coordination/semaphore",
    title: "permits are taken and given back, one or several at a time",
    guarantees: ["G2"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const semaphore = await Semaphore.make(promised, { permits: 3 });
      const two = await Semaphore.acquire(semaphore, 2);
      assert.equal(await Semaphore.tryAcquire(semaphore, 2), undefined);
      const one = (await Semaphore.tryAcquire(semaphore)) ?? assert.fail("there is one");
      assert.equal(await Semaphore.available(semaphore), 0);
      await Semaphore.release(semaphore, two);
      assert.equal(await Semaphore.available(semaphore), 2);
      await Semaphore.release(semaphore, one);
      assert.equal(await Semaphore.withPermits(semaphore, 3, () => "all"), "all");
      assert.equal(await Semaphore.available(semaphore), 3);
    }),
  },
  {
    id: "coordination/semaphore-limit",
    title: "never more permits are held than there are, by bodies and the program",
    guarantees: ["G2"],
    needs: ["coordination"],
    run: inPromises(async ({ promised, size }) => {
      const semaphore = await Semaphore.make(promised, { permits: 3 });
      const inside = await Counter.make(promised);
      const bodies = upTo(size + 1).map((i) =>
        pending(promised.run(Coordinated.enters, { semaphore, permits: 1 + (i % 3), inside, times: 40 })),
      );
      let most = 0;
      const enter = (): Promise<void> =>
        pending(
          Semaphore.withPermits(semaphore, 2, async () => {
            most = Math.max(most, await Counter.add(inside, 2));
            await Counter.add(inside, -2);
          }),
        );
      await Promise.all(upTo(20).map(enter));
      const seen = Math.max(most, ...(await Promise.all(bodies)));
      assert.ok(seen > 0 && seen <= 3, `${seen} of 3 were taken`);
      assert.deepEqual([await Counter.get(inside), await Semaphore.available(semaphore)], [0, 3]);
    }),
  },
  {
    id: "coordination/semaphore-in-body",
    title: "a body finds the permits taken that the program holds",
    guarantees: ["G2", "G4"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const semaphore = await Semaphore.make(promised, { permits: 2 });
      const held = await Semaphore.acquire(semaphore);
      const asks = (permits: number): Promise<unknown> =>
        promised.run(Coordinated.acquiresPermits, { semaphore, permits, ...impatient });
      assert.equal(await asks(2), "TimedOut");
      const { timeoutMillis } = patient;
      const one = pending(
        promised.run(Coordinated.acquiresPermits, { semaphore, permits: 1, timeoutMillis }),
      );
      assert.equal(await one, "done");
      await Semaphore.release(semaphore, held);
      assert.equal(await Semaphore.available(semaphore), 2);
    }),
  },
  {
    id: "coordination/semaphore-not-overtaken",
    title: "who wants many permits is not overtaken by who wants few",
    guarantees: ["G3"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const semaphore = await Semaphore.make(promised, { permits: 3 });
      const held = await Semaphore.acquire(semaphore, 2);
      const order: Array<string> = [];
      const many = pending(Semaphore.withPermits(semaphore, 3, () => order.push("many"), patient));
      const few = pending(Semaphore.withPermits(semaphore, 1, () => order.push("few"), patient));
      // One is free, and for those who came before.
      assert.equal(await Semaphore.tryAcquire(semaphore), undefined);
      assert.equal(await promised.run(Coordinated.acquiresPermits, wish(semaphore)), "TimedOut");
      await Semaphore.release(semaphore, held);
      await Promise.all([many, few]);
      assert.deepEqual(order, ["many", "few"]);
    }),
  },
  {
    id: "coordination/semaphore-gives-up",
    title: "those who want few go on when who wanted many gives up",
    guarantees: ["G4"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const semaphore = await Semaphore.make(promised, { permits: 3 });
      const held = await Semaphore.acquire(semaphore, 2);
      const controller = new AbortController();
      const many = refusalOf(Semaphore.acquire(semaphore, 3, { signal: controller.signal }));
      const most = refusalOf(Semaphore.acquire(semaphore, 2, impatient));
      const few = pending(Semaphore.acquire(semaphore, 1, patient));
      controller.abort("no more");
      assert.deepEqual([await many, await most], ["no more", "TimedOut"]);
      await Semaphore.release(semaphore, await few);
      await Semaphore.release(semaphore, held);
      assert.equal(await Semaphore.available(semaphore), 3);
    }),
  },
  {
    id: "coordination/semaphore-bounded",
    title: "permits are given back once: there are never more than in the beginning",
    guarantees: ["G6"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const semaphore = await Semaphore.make(promised, { permits: 2 });
      const unheld = Semaphore.release(semaphore, { token: 77, abandoned: false });
      assert.equal(await refusalOf(unheld), "NotOwner");
      const held = await Semaphore.acquire(semaphore);
      await Semaphore.release(semaphore, held);
      assert.equal(await refusalOf(Semaphore.release(semaphore, held)), "NotOwner");
      assert.equal(await Semaphore.available(semaphore), 2);
      assert.equal(await refusalOf(Semaphore.acquire(semaphore, 3)), "BadInput");
    }),
  },
  {
    id: "coordination/semaphore-wakes-several",
    title: "many permits that come back at once serve as many of those who wait",
    guarantees: ["G3"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const semaphore = await Semaphore.make(promised, { permits: 5 });
      const held = await Semaphore.acquire(semaphore, 5);
      const order: Array<number> = [];
      const waits = upTo(7).map(async (i) => {
        await Semaphore.acquire(semaphore, 1, i < 5 ? patient : impatient);
        order.push(i);
      });
      const late = waits.slice(5).map(refusalOf);
      await Semaphore.release(semaphore, held);
      await Promise.all(waits.slice(0, 5));
      assert.deepEqual(await Promise.all(late), ["TimedOut", "TimedOut"]);
      assert.deepEqual(order, upTo(5));
    }),
  },
];

/** One permit, and no patience. */
const wish = (
  semaphore: Semaphore.Semaphore,
): { semaphore: Semaphore.Semaphore; permits: number } & typeof impatient => ({
  semaphore,
  permits: 1,
  ...impatient,
});
