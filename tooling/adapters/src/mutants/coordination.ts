/**
 * Mutants that are wrong about the objects that tasks share: who their units are, when these end, and what they ask.
 */
import type { Adapter } from "@heddle/core/Adapter";
import type { Coordination, Server } from "@heddle/core/Coordination";
import * as Effect from "effect/Effect";

import { changing, claiming, executing, type Mutant } from "./mutant.ts";

const unchanged = executing((job, execute) => execute(job));

/** An adapter whose coordination differs in something. */
const coordinating =
  (change: (coordination: Coordination) => Partial<Coordination>) =>
  (adapter: Adapter): Adapter => {
    const { coordination } = adapter;
    if (coordination === undefined) throw new Error(`${adapter.name} has no coordination`);
    const same: Coordination = {
      id: coordination.id,
      onUnitEnd: (listener) => coordination.onUnitEnd(listener),
      serve: (server) => coordination.serve(server),
    };
    return { ...unchanged(adapter), coordination: { ...same, ...change(same) } };
  };

type Listener = Parameters<Coordination["onUnitEnd"]>[0];

/** Units end in another way than they are told to. */
const ending = (other: (listener: Listener) => Listener): ((adapter: Adapter) => Adapter) =>
  coordinating(({ onUnitEnd }) => ({ onUnitEnd: (listener) => onUnitEnd(other(listener)) }));

/** What units ask is answered in another way. */
const serving = (other: (server: Server) => Server): ((adapter: Adapter) => Adapter) =>
  coordinating(({ serve }) => ({ serve: (server) => serve(other(server)) }));

const tellingLate = ending((listener) => (unit) => {
  setTimeout(() => listener(unit), 1000).unref();
});

/** When one ends, so do those whose numbers are near. */
const endingAsOne = ending((listener) => (unit) => {
  for (let number = Math.max(1, unit - 4); number <= unit + 4; number++) listener(number);
});

const mostUnits = 2000;

/** All units are told to have ended when a call has, though they live. */
const endingWithCalls = (adapter: Adapter): Adapter => {
  const listeners = new Set<Listener>();
  const noting = coordinating(({ onUnitEnd }) => ({
    onUnitEnd: (listener) => {
      listeners.add(listener);
      return onUnitEnd(listener);
    },
  }));
  const endAll = Effect.sync(() => {
    for (const listener of listeners) for (let unit = 1; unit <= mostUnits; unit++) listener(unit);
  });
  return noting(executing((job, execute) => Effect.ensuring(execute(job), endAll))(adapter));
};

const isEvery = (nth: number): (() => boolean) => {
  let count = 0;
  return () => ++count % nth === 0;
};

const droppingQuestions = serving((server) => {
  const isDropped = isEvery(5);
  return (unit, asked, tell) => (isDropped() ? undefined : server(unit, asked, tell));
});

const droppingAnswers = serving((server) => {
  const isDropped = isEvery(5);
  return (unit, asked, tell) =>
    server(unit, asked, (told) => {
      if (!isDropped()) tell(told);
    });
});

const unshared = (value: unknown): unknown => {
  if (value instanceof Int32Array && value.buffer instanceof SharedArrayBuffer) {
    const copy = new SharedArrayBuffer(value.buffer.byteLength);
    new Uint8Array(copy).set(new Uint8Array(value.buffer));
    return new Int32Array(copy, value.byteOffset, value.length);
  }
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unshared(inner)]));
};

const fibers = { base: "fibers", size: 1 } as const;
const threads = { base: "threads", size: 1 } as const;
const processes = { base: "processes", size: 1 } as const;

const ofEnds: ReadonlyArray<Mutant> = [
  {
    ...threads,
    name: "never tells that a unit ended",
    fault: "what a dead worker held is held for ever",
    caughtBy: "coordination/death-of-owner",
    mutate: ending(() => () => undefined),
  },
  {
    ...processes,
    name: "never tells that a process ended",
    fault: "who waits at a barrier with a dead one waits for ever",
    caughtBy: "coordination/death-at-barrier",
    mutate: ending(() => () => undefined),
  },
  {
    ...threads,
    name: "tells too late that a unit ended",
    fault: "a call has failed, and what its worker held is not free",
    caughtBy: "coordination/death-before-end",
    mutate: tellingLate,
  },
  {
    ...threads,
    name: "tells the end of another unit",
    fault: "the unit that is said to have ended is the next one",
    caughtBy: "coordination/death-in-line",
    mutate: ending((listener) => (unit) => listener(unit + 1)),
  },
  {
    ...threads,
    size: 4,
    name: "ends units as one",
    fault: "the end of one worker takes what its neighbours hold",
    caughtBy: "coordination/death-of-neighbour",
    mutate: endingAsOne,
  },
  {
    ...threads,
    name: "ends units with their calls",
    fault: "a worker that lives is said to have ended, and loses what it holds",
    caughtBy: "coordination/death-of-later-body",
    mutate: endingWithCalls,
  },
];

const ofQuestions: ReadonlyArray<Mutant> = [
  {
    ...processes,
    name: "drops what units ask",
    fault: "now and then a question is never answered",
    caughtBy: "coordination/counter",
    mutate: droppingQuestions,
  },
  {
    ...processes,
    name: "drops what units are told",
    fault: "now and then an answer never arrives",
    caughtBy: "coordination/lock-no-lost-update",
    mutate: droppingAnswers,
  },
  {
    ...processes,
    name: "takes a unit for the program",
    fault: "all that is asked is asked in the name of unit 0, which owns what the program holds",
    caughtBy: "coordination/lock-release-by-another",
    mutate: serving((server) => (_, asked, tell) => server(0, asked, tell)),
  },
];

const ofPlaces: ReadonlyArray<Mutant> = [
  {
    ...threads,
    name: "tells its units another runtime",
    fault: "handles do not work in the tasks of the runtime that they were made on",
    caughtBy: "coordination/handle-in-and-out",
    mutate: coordinating(() => ({ id: "another" })),
  },
  {
    ...threads,
    name: "lies about where objects are",
    fault: "declares that they are in the memory of the program, where its tasks are not",
    caughtBy: "coordination/lock-try",
    mutate: claiming({ coordination: "memory" }),
  },
  {
    ...fibers,
    name: "lies about blocking",
    isLie: true,
    fault: "declares memory that units share, and its tasks run in the program",
    caughtBy: "coordination/blocking",
    mutate: claiming({ coordination: "shared" }),
  },
  {
    ...threads,
    name: "copies the memory of handles",
    fault: "each task has a counter of its own",
    caughtBy: "coordination/counter",
    mutate: changing(({ input }) => ({ input: unshared(input) })),
  },
];

export const coordination: ReadonlyArray<Mutant> = [...ofEnds, ...ofQuestions, ...ofPlaces];
