import { describe, expect, it } from "vitest";

import type { End } from "./checker.ts";
import { boundOf, cancellable, expectAll, isThorough, seconds, units } from "./expectAll.ts";
import * as Program from "./programs.ts";
import { ghost } from "./programs.ts";
import * as Objects from "./scripts.ts";
import type { Actor, State, UnitContext } from "./unit.ts";

const countAt = 2;
const offerersAt = 30;

describe("every schedule of a queue", { timeout: 240 * seconds }, () => {
  const isKept = (end: End): void => {
    const left = Program.sumIn(end);
    expect((end.ghosts[ghost.taken] as number) + left).toBe(end.ghosts[ghost.offered]);
    const { free, all: cells } = Program.cellsOf(end);
    expect(free + (end.memory[countAt] as number)).toBe(cells);
  };

  for (const order of ["fifo", "lifo"] as const) {
    it(`loses and doubles nothing (${order})`, () => {
      const actors = units(Program.offers(order, [1, 2]), Program.takes(order, 2));
      expectAll(order, { memory: Objects.queueMemory(order, 1), actors, atEnd: isKept, ...boundOf(4) });
      const loops = units(Program.offersOnLoop(order, 1), Program.takesOnLoop(order));
      expectAll(`${order} on the loop`, {
        memory: Objects.queueMemory(order, 1),
        actors: loops,
        atEnd: isKept,
      });
    });
  }

  // Of a stack only the places differ where items are linked.
  for (const order of isThorough ? (["fifo", "lifo"] as const) : (["fifo"] as const)) {
    it(`loses nothing when those who take are cancelled (${order})`, () => {
      const [offering, taking, other] = units(
        Program.offers(order, [1]),
        Program.takes(order, 1),
        Program.takesOnLoop(order),
      ) as [Actor, Actor, Actor];
      const memory = Objects.queueMemory(order, 2);
      expectAll(`${order}, cancelled taker`, {
        memory,
        actors: [offering, cancellable(taking)],
        atEnd: isKept,
      });
      expectAll(`${order}, cancelled taker on the loop`, {
        memory,
        actors: [offering, cancellable(other)],
        atEnd: isKept,
      });
      const [offersTwo] = units(Program.offers(order, [1, 2])) as [Actor];
      const both = [offersTwo, cancellable(taking), cancellable(other)];
      expectAll(`${order}, two cancelled takers`, {
        memory,
        actors: both,
        atEnd: isKept,
        mostPreemptions: isThorough ? 2 : 1,
      });
    });

    it(`tells truly whether a cancelled offer is in (${order})`, () => {
      for (const script of [Program.offersOnLoop(order, 2), Program.offers(order, [2])]) {
        const [one, two, three] = units(Program.offers(order, [1]), script, Program.takes(order, 1)) as [
          Actor,
          Actor,
          Actor,
        ];
        expectAll(`${order}, cancelled offer`, {
          memory: Objects.queueMemory(order, 1),
          actors: [one, cancellable(two), three],
          atEnd: isKept,
          mostPreemptions: 2,
        });
      }
    });

    it(`keeps what was offered when a unit dies anywhere (${order})`, () => {
      const queueOf = (unit: UnitContext): ReturnType<typeof Objects.queueOf> => Objects.queueOf(unit, order);
      const atEnd = (end: End): void => {
        const left = Program.sumIn(end);
        const taken = end.ghosts[ghost.taken] as number;
        const { free, all: cells } = Program.cellsOf(end);
        expect(free + (end.memory[countAt] as number)).toBe(cells);
        expect(end.dead.length === 0 ? [1] : [0, 1]).toContain(left + taken);
      };
      const memory = Objects.queueMemory(order, 2);
      const takerDies = Program.withDeath(queueOf, Program.takesOnLoop(order), [Program.offers(order, [1])]);
      expectAll(`${order}, death of a taker`, { memory, actors: takerDies, atEnd });
      const blockedDies = Program.withDeath(queueOf, Program.takes(order, 1), [Program.offers(order, [1])]);
      expectAll(`${order}, death of a blocked taker`, { memory, actors: blockedDies, atEnd });
    });

    it(`finishes what a unit had begun to serve when it died anywhere (${order})`, () => {
      const queueOf = (unit: UnitContext): ReturnType<typeof Objects.queueOf> => Objects.queueOf(unit, order);
      const isFilled = (memory: Int32Array, { units: [, , other] }: State): boolean =>
        other?.isFinished === true || (memory[offerersAt] !== 0 && memory[0] === 0);
      // The second offer waits until the mortal one takes the first.
      const fill: Actor["script"] = (unit) => {
        const queue = queueOf(unit);
        unit.ghost(ghost.offered, queue.tryOffer(unit.name, [1], 0));
        const pending = queue.offer(
          unit.name,
          [2],
          0,
          Objects.settling(
            () => {
              unit.onCancel = undefined;
              unit.ghost(ghost.offered, 2);
              unit.finish();
            },
            () => unit.finish(),
          ),
        );
        unit.onCancel = () => {
          if (pending.cancel()) unit.finish();
        };
      };
      const takesOne: Actor["script"] = (unit) => {
        const queue = queueOf(unit);
        unit.until(isFilled);
        unit.ghost(ghost.taken, queue.tryTake(unit.name, 1).values[0] as number);
        unit.finish();
      };
      const actors = Program.withDeath(queueOf, takesOne, [fill]);
      // Where it dies before it takes, the host takes in its place.
      const host: Actor = {
        name: 0,
        script: (unit) => {
          const queue = queueOf(unit);
          if (unit.untilEndOf(1, () => actors)) {
            queue.abandon(1);
            unit.until(isFilled);
            const { values } = queue.tryTake(0, 1);
            unit.ghost(ghost.taken, (values[0] ?? 0) as number);
          }
          unit.finish();
        },
      };
      const atEnd = (end: End): void => {
        const seen = (end.ghosts[ghost.taken] as number) + Program.sumIn(end);
        const offered = end.ghosts[ghost.offered] as number;
        // The dead one may have taken the 1 and not told.
        expect(end.dead.length === 0 ? [offered] : [offered, offered - 1]).toContain(seen);
        const { free, all: cells } = Program.cellsOf(end);
        expect(free + (end.memory[countAt] as number)).toBe(cells);
      };
      const memory = Objects.queueMemory(order, 1);
      const [, mortal, offering] = actors as [Actor, Actor, Actor];
      expectAll(`${order}, served by the dead`, {
        memory,
        actors: [host, mortal, cancellable(offering)],
        atEnd,
        ...boundOf(3),
      });
    });

    it(`goes on when a unit that offers dies anywhere (${order})`, () => {
      const queueOf = (unit: UnitContext): ReturnType<typeof Objects.queueOf> => Objects.queueOf(unit, order);
      const atEnd = (end: End): void => {
        const { free, all: cells } = Program.cellsOf(end);
        expect(free + (end.memory[countAt] as number)).toBe(cells);
        expect(end.ghosts[ghost.taken]).toBeLessThanOrEqual(1);
      };
      const actors = Program.withDeath(queueOf, Program.offers(order, [1]), [Program.takes(order, 1)]);
      const ends: Actor = {
        name: 8,
        script: (unit) => {
          if (unit.untilEndOf(1, () => actors)) Objects.queueOf(unit, order).end();
          unit.finish();
        },
      };
      expectAll(`${order}, death of an offerer`, {
        memory: Objects.queueMemory(order, 1),
        actors: [...actors, ends],
        atEnd,
        mostPreemptions: isThorough ? 2 : 1,
      });
    });
  }

  it("keeps its order by priority when a unit dies inside", () => {
    const fills = (unit: UnitContext): void => {
      Objects.queueOf(unit, "priority").tryOffer(unit.name, [1, 2, 3], 5);
      unit.finish();
    };
    const takesAll: Actor["script"] = (unit) => {
      const queue = Objects.queueOf(unit, "priority");
      // The host has mended what there was to mend.
      unit.untilEndOf(0, () => actors);
      for (const value of queue.tryTake(unit.name, 3).values) {
        unit.ghost(ghost.order, 10 ** (3 - unit.ghost(ghost.count, 1)) * (value as number));
      }
      unit.finish();
    };
    const actors = Program.withDeath((unit) => Objects.queueOf(unit, "priority"), fills, [takesAll]);
    const atEnd = (end: End): void => {
      expect(end.dead.length === 0 ? [123] : [0, 123]).toContain(end.ghosts[ghost.order]);
      const { free, all: cells } = Program.cellsOf(end, 224);
      expect(free).toBe(cells);
    };
    expectAll("priority, death", { memory: Objects.queueMemory("priority", 9), actors, atEnd });
  });
});
