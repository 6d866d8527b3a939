/**
 * The kinds of calls that the load is made of: what each asks for, and what may come of it when nobody touches it.
 */
import type * as Task from "@heddle/core/Task";
import * as Schedule from "effect/Schedule";

import type { Random } from "./random.ts";
import * as Absent from "./tasks/absent.ts";
import * as Effects from "./tasks/effects.task.ts";
import * as Lethal from "./tasks/lethal.task.ts";
import * as Nested from "./tasks/nested.task.ts";
import * as Plain from "./tasks/plain.task.ts";

export type RuntimeName = "threads" | "processes";

type ValueTask = Task.Task<string, any, any, any, "value", any>;
type StreamTask = Task.Task<string, any, any, any, "stream", any>;

/** How a call is made. */
export type Way =
  | { readonly _tag: "run"; readonly task: ValueTask; readonly isBig?: boolean }
  | { readonly _tag: "submit"; readonly task: ValueTask }
  | { readonly _tag: "stream"; readonly task: StreamTask; readonly stopAfter: number | undefined }
  | { readonly _tag: "map"; readonly task: ValueTask; readonly inputs: number; readonly ordered: boolean };

/** A call before it is made. */
export interface Draft {
  readonly kind: string;
  readonly way: Way;
  /** How many ids it takes: one for each body that it may run. */
  readonly ids: number;
  readonly extra: Readonly<Record<string, unknown>>;
  /** How it may end when nothing is done to it; `"success"` is the exact answer. */
  readonly expects: ReadonlyArray<string>;
  /** It kills its worker. */
  readonly isLethal?: boolean;
  /** It ends only when it is stopped. */
  readonly isEndless?: boolean;
  readonly retry?: Schedule.Schedule<unknown>;
}

/** What there is in one runtime: it decides which kinds make sense. */
export interface Surroundings {
  readonly runtime: RuntimeName;
  readonly hasMemoryLimit: boolean;
}

interface Kind {
  readonly weight: number;
  readonly fits?: (surroundings: Surroundings) => boolean;
  readonly draw: (random: Random) => Omit<Draft, "kind">;
}

type Rest = Partial<Omit<Draft, "kind" | "way">>;

const call = (way: Way, rest: Rest = {}): Omit<Draft, "kind"> => ({
  way,
  ids: 1,
  extra: {},
  expects: ["success"],
  ...rest,
});

const run = (task: ValueTask, rest?: Rest): Omit<Draft, "kind"> => call({ _tag: "run", task }, rest);

const runOrSubmit = (random: Random, task: ValueTask, rest?: Rest): Omit<Draft, "kind"> =>
  call({ _tag: random.chance(0.3) ? "submit" : "run", task }, rest);

const lethal = (weight: number, task: ValueTask, expects = "WorkerLost"): Kind => ({
  weight,
  draw: (random) => runOrSubmit(random, task, { expects: [expects], isLethal: true }),
});

const streamed = (random: Random, isEarly: boolean): Omit<Draft, "kind"> => {
  const count = random.int(0, 60) + (isEarly ? 8 : 0);
  const stopAfter = isEarly ? random.int(1, count - 1) : undefined;
  return call({ _tag: "stream", task: Plain.count, stopAfter }, { extra: { count } });
};

const nested = (random: Random, leaf: Nested.Nest["leaf"], rest?: Rest): Omit<Draft, "kind"> => {
  const depth = random.int(1, 3);
  return runOrSubmit(random, Nested.nest, { ids: depth + 1, extra: { depth, leaf }, ...rest });
};

const mapped = (random: Random): Omit<Draft, "kind"> => {
  const way = { _tag: "map", task: Plain.quick, inputs: 100, ordered: random.chance(0.5) } as const;
  return call(way, { ids: way.inputs });
};

const kinds: Readonly<Record<string, Kind>> = {
  quick: { weight: 40, draw: (random) => runOrSubmit(random, Plain.quick) },
  crunch: {
    weight: 12,
    draw: (random) => runOrSubmit(random, Plain.crunch, { extra: { millis: random.int(1, 20) } }),
  },
  pause: {
    weight: 12,
    draw: (random) => runOrSubmit(random, Plain.pause, { extra: { millis: random.int(0, 30) } }),
  },
  stream: { weight: 5, draw: (random) => streamed(random, false) },
  "stream ended early": { weight: 4, draw: (random) => streamed(random, true) },
  progress: {
    weight: 4,
    draw: (random) => call({ _tag: "submit", task: Plain.tell }, { extra: { count: random.int(1, 40) } }),
  },
  effect: {
    weight: 5,
    draw: (random) => runOrSubmit(random, Effects.steps, { extra: { steps: random.int(0, 5) } }),
  },
  "typed failure": {
    weight: 4,
    draw: (random) => runOrSubmit(random, Effects.refuse, { expects: ["failure"] }),
  },
  defect: { weight: 4, draw: (random) => runOrSubmit(random, Plain.thrower, { expects: ["defect"] }) },
  "uncloneable input": {
    weight: 3,
    draw: () => run(Plain.quick, { extra: { callback: () => 1 }, expects: ["NotSerializable"] }),
  },
  "uncloneable output": {
    weight: 3,
    draw: (random) => runOrSubmit(random, Plain.unsendable, { expects: ["NotSerializable"] }),
  },
  "big buffer": {
    weight: 1,
    draw: (random) =>
      call(
        { _tag: "run", task: Plain.mirror, isBig: true },
        { extra: { mebibytes: random.int(1, 8), isMoved: random.chance(0.5) } },
      ),
  },
  nested: { weight: 4, draw: (random) => nested(random, random.pick(["quick", "crunch", "pause"])) },
  "nested defect": {
    weight: 1,
    draw: (random) => nested(random, "thrower", { expects: ["caught defect"] }),
  },
  "nested crash": {
    weight: 0.15,
    draw: (random) => nested(random, "exit", { expects: ["caught WorkerLost"], isLethal: true }),
  },
  map: { weight: 0.7, draw: mapped },
  "no module": { weight: 2, draw: () => run(Absent.ofNoModule, { expects: ["ModuleFailed"] }) },
  "not exported": { weight: 2, draw: () => run(Absent.notExported, { expects: ["TaskNotFound"] }) },
  stubborn: {
    weight: 0.2,
    draw: (random) => runOrSubmit(random, Plain.stubborn, { expects: [], isEndless: true }),
  },
  exit: lethal(0.2, Lethal.exit),
  uncaught: lethal(0.1, Lethal.uncaught),
  unhandled: lethal(0.1, Lethal.unhandled),
  suicide: { ...lethal(0.1, Lethal.suicide), fits: ({ runtime }) => runtime === "processes" },
  retried: {
    weight: 0.2,
    draw: () => run(Lethal.stumble, { isLethal: true, retry: Schedule.recurs(3) }),
  },
  bomb: {
    weight: 0.1,
    draw: (random) => run(Lethal.bomb, { isLethal: true, extra: { fuseMillis: random.int(5, 40) } }),
  },
  hog: { ...lethal(0.15, Lethal.hog, "OutOfMemory"), fits: ({ hasMemoryLimit }) => hasMemoryLimit },
};

const choices = Object.entries(kinds).map(([kind, rest]) => ({ kind, ...rest }));

/** Draws a call that makes sense there. */
export const draw = (random: Random, surroundings: Surroundings): Draft => {
  const fitting = choices.filter(({ fits }) => fits?.(surroundings) ?? true);
  const { draw: drawn, kind } = random.weighted(fitting);
  return { kind, ...drawn(random) };
};

/** A call that is over at once, for bursts. */
export const drawQuick = (): Draft => ({ kind: "burst", ...run(Plain.quick) });

/** A call that kills its worker: some of them in a row have their task quarantined. */
export const drawKiller = (): Draft => ({
  kind: "salvo",
  ...run(Lethal.exit, { expects: ["WorkerLost"], isLethal: true }),
});
