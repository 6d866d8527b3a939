import { describe, expect, it } from "vitest";

import type { End } from "./checker.ts";
import { boundOf, cancellable, expectAll, nothingLeaks, seconds, units } from "./expectAll.ts";
import * as Program from "./programs.ts";
import { ghost } from "./programs.ts";
import * as Objects from "./scripts.ts";
import type { Actor, UnitContext } from "./unit.ts";

const ownerAt = 2;
const countAt = 2;

describe("every schedule of a lock", { timeout: 120 * seconds }, () => {
  const isFree = (end: End): void => {
    nothingLeaks(end);
    expect(end.memory[ownerAt]).toBe(0);
  };

  it("lets one in at a time, and nobody waits for ever", () => {
    const actors = units(Program.locks(2), Program.locks(1));
    const atEnd = (end: End): void => {
      isFree(end);
      expect(end.ghosts[ghost.acquired]).toBe(3);
    };
    expect(expectAll("lock", { memory: Objects.lockMemory, actors, atEnd }).ends).toBeGreaterThan(1);
  });

  it("of three units too", () => {
    const actors = units(Program.locks(1), Program.locks(1), Program.locksOnLoop());
    expectAll("lock of 3", { memory: Objects.lockMemory, actors, atEnd: isFree, mostPreemptions: 3 });
  });

  it("leaks nothing when waits are cancelled, whenever that is", () => {
    const [one, other] = units(Program.locks(1), Program.locksOnLoop()) as [Actor, Actor];
    const actors = [cancellable(one), cancellable(other)];
    expectAll("lock, cancelled", { memory: Objects.lockMemory, actors, atEnd: isFree });
  });

  it("goes to the next when its owner dies anywhere, who is told once", () => {
    for (const mortal of [Program.locks(1), Program.locksOnLoop()]) {
      const actors = Program.withDeath(Objects.lockOf, mortal, [survivor]);
      const atEnd = (end: End): void => {
        const untold = end.memory[ownerAt] === -1 ? 1 : 0;
        const told = (end.ghosts[ghost.told] as number) + untold;
        nothingLeaks(end);
        const diedInside = end.dead.length === 1 && end.ghosts[ghost.inside] === 1;
        const possible = end.dead.length === 0 ? [0] : diedInside ? [1] : [0, 1];
        expect(possible).toContain(told);
      };
      expectAll("lock, death", { memory: Objects.lockMemory, actors, atEnd });
    }
  });

  const survivor: Actor["script"] = (unit) => {
    const lock = Objects.lockOf(unit);
    const held = lock.acquireBlocking(unit.name, Objects.blocking(unit));
    if (held.abandoned) unit.ghost(ghost.told, 1);
    unit.ghost(ghost.acquired, 1);
    lock.release(unit.name, held.token);
    unit.finish();
  };

  it("is served in the order of the line", () => {
    const lineAt = 22;
    const inLine =
      (place: number): Actor["script"] =>
      (unit) => {
        const lock = Objects.lockOf(unit);
        unit.until((memory) => memory[ownerAt] !== 0 && lengthOf(memory, lineAt) === place);
        const held = lock.acquireBlocking(unit.name, Objects.blocking(unit));
        unit.expect(unit.ghost(ghost.order, 1) === place + 1, "served out of order");
        lock.release(unit.name, held.token);
        unit.finish();
      };
    const first: Actor["script"] = (unit) => {
      const lock = Objects.lockOf(unit);
      const held = lock.tryAcquire(unit.name);
      unit.until((memory) => lengthOf(memory, lineAt) === 2);
      if (held !== undefined) lock.release(unit.name, held.token);
      unit.finish();
    };
    const actors = units(first, inLine(0), inLine(1));
    expectAll("lock, order", { memory: Objects.lockMemory, actors, atEnd: isFree });
  });

  it("ends all waits when it is freed", () => {
    const freer = (unit: UnitContext): void => {
      Objects.lockOf(unit).free();
      unit.finish();
    };
    const waiter = (unit: UnitContext): void => {
      const lock = Objects.lockOf(unit);
      try {
        const held = lock.acquireBlocking(unit.name, Objects.blocking(unit));
        lock.release(unit.name, held.token);
      } catch (error) {
        unit.expect((error as { reason?: string }).reason === "Freed", "it was freed");
      }
      unit.finish();
    };
    expectAll("lock, freed", {
      memory: Objects.lockMemory,
      actors: units(waiter, waiter, freer),
      mostPreemptions: 4,
    });
  });
});

const lengthOf = (memory: Int32Array, lineAt: number): number => {
  let length = 0;
  for (let slot = memory[lineAt] as number; slot !== 0 && length < 9; slot = memory[slot] as number) length++;
  return length;
};

describe("every schedule of a semaphore", { timeout: 120 * seconds }, () => {
  const isWhole = (end: End): void => {
    nothingLeaks(end);
    expect(end.memory[countAt]).toBe(2);
  };

  it("gives no more permits than it has, and gets all of them back", () => {
    const actors = units(Program.permits(2, 2), Program.permits(1, 2));
    expectAll("semaphore", { memory: Objects.semaphoreMemory(2), actors, atEnd: isWhole });
    const three = units(Program.permits(2, 2), Program.permits(1, 2), Program.permitsOnLoop(1, 2));
    expectAll("semaphore of 3", {
      memory: Objects.semaphoreMemory(2),
      actors: three,
      atEnd: isWhole,
      mostPreemptions: 2,
    });
  });

  it("leaks no permit when waits are cancelled", () => {
    const [one, other] = units(Program.permits(2, 2), Program.permitsOnLoop(1, 2)) as [Actor, Actor];
    const actors = [cancellable(one), cancellable(other)];
    expectAll("semaphore, cancelled", {
      memory: Objects.semaphoreMemory(2),
      actors,
      atEnd: isWhole,
      ...boundOf(4),
    });
  });

  it("gets back the permits of a unit that dies anywhere", () => {
    const actors = Program.withDeath(Objects.semaphoreOf, Program.permits(2, 9), [Program.permits(1, 9)]);
    expectAll("semaphore, death", {
      memory: Objects.semaphoreMemory(2),
      actors,
      atEnd: isWhole,
      ...boundOf(3),
    });
  });
});

describe("every schedule of a barrier", { timeout: 120 * seconds }, () => {
  it("lets all pass together", () => {
    const atEnd = (end: End): void => {
      nothingLeaks(end);
      expect(end.ghosts[ghost.passed]).toBe(2);
    };
    expectAll("barrier", {
      memory: Objects.barrierMemory(2),
      actors: units(Program.meets(), Program.meets()),
      atEnd,
    });
  });

  it("breaks when one gives up or dies, unless all had come", () => {
    const [one, other] = units(Program.meets(), Program.meets()) as [Actor, Actor];
    const passed = (end: End): number => end.ghosts[ghost.passed] as number;
    const actors = [cancellable(one), other];
    // The one that was in line and gave up at the same moment as the last came has passed for the other.
    const atEnd = (end: End): void => {
      nothingLeaks(end);
      expect(passed(end) + (end.ghosts[ghost.broken] as number)).toBeGreaterThan(0);
    };
    expectAll("barrier, cancelled", { memory: Objects.barrierMemory(2), actors, atEnd });
    const mortals = Program.withDeath(Objects.barrierOf, Program.meets(), [comesIfItMay]);
    // If the other one died before it came, nobody comes: then the host breaks it up.
    const host: Actor = {
      name: 0,
      script: (unit) => {
        const barrier = Objects.barrierOf(unit);
        if (unit.untilEndOf(1, () => mortals)) {
          barrier.abandon(1);
          barrier.breakUp();
        }
        unit.finish();
      },
    };
    expectAll("barrier, death", {
      memory: Objects.barrierMemory(2),
      actors: [host, ...mortals.slice(1)],
      ...boundOf(3),
      atEnd: (end) => expect(end.dead.length === 0 ? [2] : [0, 1, 2]).toContain(passed(end)),
    });
  });

  const comesIfItMay: Actor["script"] = (unit) => {
    const barrier = Objects.barrierOf(unit);
    const pending = barrier.wait(unit.name, {
      done: () => {
        unit.ghost(ghost.passed, 1);
        unit.finish();
      },
      failed: () => {
        unit.ghost(ghost.broken, 1);
        unit.finish();
      },
    });
    unit.onCancel = () => {
      if (pending.cancel()) unit.finish();
    };
  };
});

describe("every schedule of a latch and an event", { timeout: 60 * seconds }, () => {
  const waitsFor =
    (
      of: (unit: UnitContext) => {
        waitBlocking: (unit: number, wait: ReturnType<typeof Objects.blocking>) => void;
      },
    ): Actor["script"] =>
    (unit) => {
      of(unit).waitBlocking(unit.name, Objects.blocking(unit));
      unit.finish();
    };
  const waitsOnLoop =
    (of: typeof Objects.eventOf | typeof Objects.latchOf): Actor["script"] =>
    (unit) => {
      of(unit).wait(
        unit.name,
        Objects.settling(() => unit.finish()),
      );
    };

  it("wakes all when it opens, even if the unit that opened it died at once", () => {
    const counts = (unit: UnitContext): void => {
      Objects.latchOf(unit).countDown(1);
      unit.finish();
    };
    const actors = Program.withDeath(Objects.latchOf, counts, [
      waitsFor(Objects.latchOf),
      waitsOnLoop(Objects.latchOf),
    ]);
    const mustOpen: Actor = {
      name: 9,
      script: (unit) => {
        unit.untilEndOf(1, () => actors);
        Objects.latchOf(unit).countDown(1);
        unit.finish();
      },
    };
    expectAll("latch", { memory: Objects.latchMemory(1), actors: [...actors, mustOpen] });
  });

  it("lets go on who waited when it was set, though it is cleared at once", () => {
    const setsAndClears = (unit: UnitContext): void => {
      const event = Objects.eventOf(unit);
      unit.until((memory) => memory[9] === 2);
      event.set();
      event.clear();
      unit.finish();
    };
    const waiter: Actor["script"] = (unit) => {
      const event = Objects.eventOf(unit);
      event.wait(
        unit.name,
        Objects.settling(() => unit.finish()),
      );
      addOne(unit);
    };
    const addOne = (unit: UnitContext): void => {
      let seen = unit.load(9);
      while (unit.compareExchange(9, seen, seen + 1) !== seen) seen = unit.load(9);
    };
    expectAll("event", { memory: Objects.eventMemory, actors: units(setsAndClears, waiter, waiter) });
  });
});
