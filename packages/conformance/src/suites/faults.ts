/**
 * What core sees of its adapter: each attempt is started once and ended once, whatever kind of call it is and however it ends.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { Case, Env } from "../Case.ts";
import * as Deaths from "../fixtures/tasks/deaths.ts";
import * as Effects from "../fixtures/tasks/effects.ts";
import * as Nested from "../fixtures/tasks/nested.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Ported from "../fixtures/tasks/ported.ts";
import * as Thrown from "../fixtures/tasks/thrown.ts";
import { begun, turn, upTo } from "../internal/expect.ts";

type Call = Effect.Effect<unknown, unknown>;

/** Ends, and how often of each there must be. */
const assertOnce = ({ events }: Env, calls: number): void => {
  const faults = events.flatMap((event) =>
    event._tag === "AdapterFaulted" ? [`${event.fault}: ${event.task}, attempt ${event.attempt}`] : [],
  );
  assert.deepEqual(faults, [], "the adapter broke its contract");
  const ended = events.filter(({ _tag }) => _tag === "JobEnded");
  assert.equal(ended.length, calls);
  assert.equal(new Set(ended.map(({ id }) => id)).size, calls, "a job ended twice");
  const started = events.filter(({ _tag }) => _tag === "JobStarted");
  assert.equal(new Set(started.map(({ attempt, id }) => `${id}/${attempt}`)).size, started.length);
  for (const end of ended) {
    if (end._tag !== "JobEnded" || end.outcome !== "Success") continue;
    const start = started.find(({ id }) => id === end.id);
    assert.ok(start !== undefined, `job ${end.id} (${end.task}) succeeded without a start`);
    assert.ok(events.indexOf(start) < events.indexOf(end), `job ${end.id} started after its end`);
  }
};

/** What a body may go on with after its end would come within a few turns. */
const settled = Effect.forEach(upTo(5), () => turn);

const all = (calls: ReadonlyArray<Call>): Call =>
  Effect.forEach(calls, (call) => Effect.exit(call), { concurrency: "unbounded" });

const cancelled = ({ path, runtime }: Env): Call =>
  Effect.scoped(
    Effect.gen(function* () {
      const handle = yield* runtime.submit(Plain.hold, { file: path("marks"), text: "held" });
      yield* begun(handle);
      yield* handle.cancel;
    }),
  );

/** Each once, with as many jobs as it makes. */
const mix = (env: Env): ReadonlyArray<readonly [call: Call, jobs: number]> => {
  const { path, promised, runtime } = env;
  const held = { file: path("marks"), text: "held" };
  return [
    [runtime.run(Plain.double, 1), 1],
    [runtime.run(Plain.later, 1), 1],
    [runtime.run(Plain.steps, 3), 1],
    [runtime.run(Effects.add, 1), 1],
    [runtime.run(Effects.refuse, -1), 1],
    [runtime.run(Effects.dies, 0), 1],
    [runtime.run(Thrown.rejects, "range"), 1],
    [runtime.run(Ported.needsBroken, 0), 1],
    [runtime.run(Plain.count as never, 1 as never), 1],
    [runtime.run(Plain.hold, held, { timeout: 20 }), 1],
    [runtime.run(Nested.fanOut, 5), 6],
    [runtime.run(Nested.guarded, path("marks")), 3],
    [Stream.runDrain(runtime.map(Plain.later, upTo(10))), 10],
    [Effect.promise(() => promised.submit(Plain.double, 1).cancel()), 1],
    [cancelled(env), 1],
  ];
};

const once = (
  id: string,
  title: string,
  needs: Case["needs"],
  calls: (env: Env) => ReadonlyArray<readonly [call: Call, jobs: number]>,
  options?: Case["options"],
): Case => ({
  id: `results/${id}`,
  title: `the adapter starts and ends each attempt once: ${title}`,
  guarantees: ["R2", "L5"],
  needs,
  shares: options === undefined,
  options,
  run: Effect.fnUntraced(function* (env) {
    const made = calls(env);
    yield* all(made.map(([call]) => call));
    yield* settled;
    assertOnce(
      env,
      made.reduce((sum, [, jobs]) => sum + jobs, 0),
    );
  }),
});

export const faults: ReadonlyArray<Case> = [
  once("starts-and-ends-once", "calls of all kinds at once, however they end", [], mix),
  once("starts-and-ends-once-streams", "streams that end, fail, and are left", ["streaming"], (env) => [
    [Stream.runDrain(env.runtime.stream(Plain.count, 20)), 1],
    [Stream.runDrain(env.runtime.stream(Plain.failingStream, 3)), 1],
    [Stream.runDrain(env.runtime.stream(Effects.refusedStream, 3)), 1],
    [Stream.runDrain(Stream.take(env.runtime.stream(Plain.produce, env.path("produced")), 2)), 1],
  ]),
  once(
    "starts-and-ends-once-deaths",
    "bodies that end their workers, and those that are killed",
    ["isolation", "forceKill", "elastic"],
    ({ path, runtime }) => [
      [runtime.run(Deaths.dies, { way: "exit 0", file: path("marks") }), 1],
      [runtime.run(Deaths.dies, { way: "uncaught", file: path("marks") }), 1],
      [runtime.run(Plain.stubborn, 0, { timeout: 20 }), 1],
      [runtime.run(Nested.survivesLoss, path("marks")), 3],
    ],
    { quarantineAfter: 100 },
  ),
];
