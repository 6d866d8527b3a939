/**
 * Protocols that are broken on purpose: a checker that finds nothing wrong with them could not be trusted with the others.
 */
import { describe, expect, it } from "vitest";

import type { Words } from "../../src/internal/shared/words.ts";
import { type End, explore, type Scenario, Violation } from "./checker.ts";
import * as Program from "./programs.ts";
import { ghost } from "./programs.ts";
import * as Objects from "./scripts.ts";
import type { Actor, UnitContext } from "./unit.ts";

const seconds = 1000;
const doorAt = 0;
const ownerAt = 2;
const cellsAt = 128;

type Broken = (whole: Words) => Partial<Words>;

const intact: Broken = () => ({});

/** A unit that sees the memory through one broken operation. */
const seenBy =
  (broken: Broken): Program.Seen =>
  (unit) => {
    const whole: Words = {
      read: (at) => unit.read(at),
      write: (at, value) => unit.write(at, value),
      load: (at) => unit.load(at),
      store: (at, value) => unit.store(at, value),
      compareExchange: (at, expected, value) => unit.compareExchange(at, expected, value),
      exchange: (at, value) => unit.exchange(at, value),
      notify: (at) => unit.notify(at),
      wait: (at, expected, timeoutMillis) => unit.wait(at, expected, timeoutMillis),
      watch: (at, expected, wake) => unit.watch(at, expected, wake),
      reserve: (words) => unit.reserve(words),
      nowMillis: () => unit.nowMillis(),
      spins: 0,
    };
    return { ...whole, ...broken(whole) };
  };

const findings = (scenario: Scenario): string => {
  try {
    explore({ mostStates: 600_000, ...scenario });
  } catch (error) {
    if (error instanceof Violation) return error.message;
    throw error;
  }
  return "nothing";
};

const units = (...scripts: ReadonlyArray<Actor["script"]>): ReadonlyArray<Actor> =>
  scripts.map((script, index) => ({ name: index + 1, script }));

const lockOfTwo = (broken: Broken, atEnd?: (end: End) => void): Scenario => {
  const actors = units(Program.locks(1, seenBy(broken)), Program.locks(1, seenBy(broken)));
  return { memory: Objects.lockMemory, actors, ...(atEnd === undefined ? {} : { atEnd }) };
};

const nothingLeaks = (end: End): void => {
  const { free, all } = Program.cellsOf(end);
  expect(free).toBe(all);
};

const queueIsKept = (end: End): void => {
  expect((end.ghosts[ghost.taken] as number) + Program.sumIn(end)).toBe(end.ghosts[ghost.offered]);
};

describe("the checker finds", { timeout: 60 * seconds }, () => {
  it("nothing in what is whole", () => {
    expect(findings(lockOfTwo(intact, nothingLeaks))).toBe("nothing");
  });

  it("a look at the owner and a store in place of one exchange", () => {
    const broken: Broken = (whole) => ({
      compareExchange: (at, expected, value) => {
        if (at !== ownerAt) return whole.compareExchange(at, expected, value);
        const seen = whole.load(at);
        if (seen === expected) whole.store(at, value);
        return seen;
      },
    });
    expect(findings(lockOfTwo(broken))).toMatch(/two are inside|waits for ever/);
  });

  it("a release that stores without a look at who marked the word", () => {
    const broken: Broken = (whole) => ({
      compareExchange: (at, expected, value) => {
        if (at !== ownerAt || value !== 0) return whole.compareExchange(at, expected, value);
        whole.store(at, 0);
        return expected;
      },
    });
    expect(findings(lockOfTwo(broken))).toMatch(/waits for ever|two are inside/);
  });

  it("a sleep after a look, whatever has become of the word since", () => {
    const broken: Broken = (whole) => ({
      wait: (at, expected, timeoutMillis) => {
        if (whole.load(at) !== expected) return "not-equal";
        return whole.wait(at, whole.load(at), timeoutMillis);
      },
    });
    expect(findings(lockOfTwo(broken))).toContain("waits for ever");
  });

  it("a wake before the news are stored", () => {
    const broken: Broken = (whole) => ({
      store: (at, value) => {
        if (at >= cellsAt && value !== 0) whole.notify(at);
        whole.store(at, value);
      },
      notify: (at) => (at >= cellsAt ? undefined : whole.notify(at)),
    });
    expect(findings(lockOfTwo(broken))).toContain("waits for ever");
  });

  it("a door that wakes nobody", () => {
    const broken: Broken = (whole) => ({
      notify: (at) => (at === doorAt ? undefined : whole.notify(at)),
    });
    expect(findings(lockOfTwo(broken))).toContain("waits for ever");
  });

  it("a door that two can pass", () => {
    const broken: Broken = (whole) => ({
      compareExchange: (at, expected, value) => {
        if (at !== doorAt || expected !== 0) return whole.compareExchange(at, expected, value);
        const seen = whole.load(at);
        if (seen === 0) whole.store(at, value);
        return seen;
      },
    });
    const ofTwo = (how: Broken): Scenario => ({
      memory: Objects.semaphoreMemory(2),
      actors: units(Program.permits(2, 2, seenBy(how)), Program.permits(2, 2, seenBy(how))),
    });
    expect(findings(ofTwo(intact))).toBe("nothing");
    expect(findings(ofTwo(broken))).not.toBe("nothing");
  });

  const withMortal = (of: (unit: UnitContext) => { readonly abandon: (unit: number) => void }): Scenario => ({
    memory: Objects.semaphoreMemory(2),
    actors: Program.withDeath(of, Program.permits(2, 9), [Program.permits(1, 9)]),
    atEnd: nothingLeaks,
    mostPreemptions: 2,
  });

  it("a host that does not learn of deaths", () => {
    expect(findings(withMortal(() => ({ abandon: () => undefined })))).toContain("waits for ever");
  });

  it("a host that opens the door of the dead, and mends nothing", () => {
    const logLengthAt = 16;
    const broken: Broken = (whole) => ({
      load: (at) => (at === logLengthAt ? 0 : whole.load(at)),
    });
    const of = (unit: UnitContext): ReturnType<typeof Objects.semaphoreOf> =>
      Objects.semaphoreOf(unit, seenBy(broken));
    expect(findings(withMortal(Objects.semaphoreOf))).toBe("nothing");
    expect(findings(withMortal(of))).not.toBe("nothing");
  });

  it("a change that is carried out before it is committed", () => {
    const logLengthAt = 16;
    // Dies between the parts, and nobody knows that there were any.
    const broken: Broken = (whole) => ({
      store: (at, value) => (at === logLengthAt ? undefined : whole.store(at, value)),
    });
    const scenario = withMortal(Objects.semaphoreOf);
    const actors = Program.withDeath(Objects.semaphoreOf, Program.permits(2, 9, seenBy(broken)), [
      Program.permits(1, 9),
    ]);
    expect(findings({ ...scenario, actors })).not.toBe("nothing");
  });

  it("an offer that is told to be given up when it is in", () => {
    const revoked = 5;
    const broken: Broken = (whole) => ({
      compareExchange: (at, expected, value) => {
        const seen = whole.compareExchange(at, expected, value);
        return value === revoked ? expected : seen;
      },
    });
    const givesUp = (how: Broken): Scenario => {
      const [one, two, three] = units(
        Program.offers("fifo", [1]),
        Program.offersOnLoop("fifo", 2, seenBy(how)),
        Program.takes("fifo", 1),
      ) as [Actor, Actor, Actor];
      const actors = [one, { ...two, isCancellable: true }, three];
      return { memory: Objects.queueMemory("fifo", 1), actors, atEnd: queueIsKept, mostPreemptions: 2 };
    };
    expect(findings(givesUp(intact))).toBe("nothing");
    expect(findings(givesUp(broken))).not.toBe("nothing");
  });

  it("a taker that does not say that it has taken", () => {
    const received = 4;
    const broken: Broken = (whole) => ({
      store: (at, value) => (at >= cellsAt && value === received ? undefined : whole.store(at, value)),
    });
    const takesAndGoesOn =
      (how: Broken): Actor["script"] =>
      (unit) => {
        const queue = Objects.queueOf(unit, "fifo", seenBy(how));
        unit.ghost(ghost.taken, queue.takeBlocking(unit.name, 1, Objects.blocking(unit)).values[0] as number);
        // Something to do until it dies.
        unit.load(0);
        unit.finish();
      };
    const queueOf = (unit: UnitContext): ReturnType<typeof Objects.queueOf> => Objects.queueOf(unit, "fifo");

    const atEnd = (end: End): void => {
      expect((end.ghosts[ghost.taken] as number) + Program.sumIn(end)).toBeLessThanOrEqual(1);
    };
    const dies = (how: Broken): Scenario => ({
      memory: Objects.queueMemory("fifo", 2),
      actors: Program.withDeath(queueOf, takesAndGoesOn(how), [Program.offers("fifo", [1])]),
      atEnd,
    });
    expect(findings(dies(intact))).toBe("nothing");
    expect(findings(dies(broken))).not.toBe("nothing");
  });
});
