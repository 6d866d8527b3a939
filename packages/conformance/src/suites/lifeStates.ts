/**
 * The states of a runtime's life, and how a new runtime is brought into them.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type * as Scope from "effect/Scope";

import type { Env } from "../Case.ts";
import * as Deaths from "../fixtures/tasks/deaths.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { fill, reasonOf } from "../internal/expect.ts";
import type { Need } from "../Need.ts";

export type Check = Effect.Effect<void, unknown>;

export const states = ["opening", "open", "draining", "closed", "crashed"] as const;

export type StateName = (typeof states)[number];

/** What the counts of a runtime must be in a state. */
export interface Counts {
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
}

export interface State {
  /** Begins the title of a case. */
  readonly when: string;
  /** What entering it adds to the counts. */
  readonly counts: Counts;
  /** It may be entered again and again, so cases that leave it as it is share a runtime. */
  readonly lasts?: true;
  readonly needs?: ReadonlyArray<Need>;
  /** Brings a new runtime into the state; gives what lets go of what is under way there, and checks that it was not disturbed. */
  readonly enter: (env: Env) => Effect.Effect<Check, unknown, Scope.Scope>;
}

const none: Counts = { running: 0, succeeded: 0, failed: 0 };

/** The body gives 42, wherever the runtime takes calls. */
export const works = ({ runtime }: Env): Check =>
  Effect.map(runtime.run(Plain.double, 21), (value) => assert.equal(value, 42));

export const refuses = ({ runtime }: Env): Check =>
  Effect.asVoid(reasonOf(runtime.run(Plain.double, 21), "ShuttingDown"));

const enterDraining = Effect.fnUntraced(function* (env: Env) {
  const { open, path, runtime } = env;
  const gate = path("gate");
  const [running] = yield* fill(env, gate, 1);
  const drained = yield* Effect.forkChild(runtime.drain, { startImmediately: true });
  return Effect.gen(function* () {
    assert.equal(drained.pollUnsafe(), undefined, "it had drained although a job was running");
    open(gate);
    assert.equal(yield* running!.await, "opened");
    yield* Fiber.join(drained);
  });
});

/** The success before it keeps the task out of quarantine, however often the state is entered. */
const crash = Effect.fnUntraced(function* ({ path, runtime }: Env) {
  const call = (mood: Deaths.Moody["mood"]) => runtime.run(Deaths.moody, { mood, file: path("never") });
  yield* call("lives");
  yield* reasonOf(call("dies"), "WorkerLost");
});

export const definitions: Readonly<Record<StateName, State>> = {
  opening: {
    when: "before anything was called",
    counts: none,
    enter: () => Effect.succeed(Effect.void),
  },
  open: {
    when: "while it is open",
    counts: { ...none, succeeded: 1 },
    lasts: true,
    enter: (env) => Effect.as(works(env), Effect.void),
  },
  draining: { when: "while it drains", counts: { ...none, running: 1 }, enter: enterDraining },
  closed: {
    when: "after its end",
    counts: none,
    enter: ({ close }) => Effect.as(close, Effect.void),
  },
  crashed: {
    when: "after a worker died",
    counts: { ...none, failed: 1, succeeded: 1 },
    lasts: true,
    needs: ["isolation", "forceKill", "elastic"],
    enter: (env) => Effect.as(crash(env), Effect.void),
  },
};
