/**
 * A task that keeps killing workers is not run for a while; all others are.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";

import type { Asked, Case, Env } from "../Case.ts";
import * as Deaths from "../fixtures/tasks/deaths.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { awaitAll, begun, fill, reasonOf, upTo } from "../internal/expect.ts";

type Moods = ReadonlyArray<Deaths.Moody["mood"]>;

/** Runs the moody task in one mood after the other, and tells what came of each. */
const inMoods = ({ path, runtime }: Env, moods: Moods): Effect.Effect<ReadonlyArray<string>> =>
  Effect.forEach(moods, (mood) =>
    runtime
      .run(Deaths.moody, { mood, file: path("never") })
      .pipe(Effect.catch(({ reason }) => Effect.succeed(reason._tag as string))),
  );

const quarantine = (id: string, title: string, options: Asked, run: Case["run"]): Case => ({
  id: `supervision/quarantine${id}`,
  title,
  guarantees: ["W3"],
  needs: ["isolation", "elastic"],
  options,
  run,
});

export const quarantines: ReadonlyArray<Case> = [
  quarantine(
    "",
    "a task that kills several workers in a row is Quarantined, its queued calls too; others run on",
    { quarantineAfter: 2 },
    Effect.fnUntraced(function* (env) {
      const { open, path, runtime, size } = env;
      const [gate, file] = [path("gate"), path("marks")];
      const neighbours = yield* fill(env, gate, size - 1);
      const dead = yield* Effect.forEach(upTo(4), () => runtime.submit(Deaths.dies, { way: "exit 1", file }));
      const other = yield* runtime.submit(Plain.double, 21);
      for (const handle of dead.slice(0, 2)) yield* reasonOf(handle.await, "WorkerLost");
      for (const handle of dead.slice(2)) {
        const { kills, lastDeath, retryAfterMillis } = yield* reasonOf(handle.await, "Quarantined");
        assert.deepEqual({ kills, lastDeath }, { kills: 2, lastDeath: "exit code 1" });
        // A part of a millisecond counts as a whole one.
        assert.ok(retryAfterMillis > 0 && retryAfterMillis <= 30_001, String(retryAfterMillis));
      }
      yield* reasonOf(runtime.run(Deaths.dies, { way: "exit 1", file }), "Quarantined");
      assert.equal(yield* other.await, 42);
      assert.deepEqual(env.marks(file), ["attempt 1", "attempt 1"]);
      open(gate);
      yield* awaitAll(neighbours);
    }),
  ),
  quarantine(
    "-reset",
    "a success in between forgives the deaths before it",
    { quarantineAfter: 2 },
    Effect.fnUntraced(function* (env) {
      const moods: Moods = ["dies", "lives", "dies", "dies", "lives"];
      assert.deepEqual(yield* inMoods(env, moods), [
        "WorkerLost",
        "lives",
        "WorkerLost",
        "WorkerLost",
        "Quarantined",
      ]);
    }),
  ),
  quarantine(
    "-trial",
    "when the quarantine is over one call tries, alone; its success ends the quarantine",
    { quarantineAfter: 1, quarantineTime: 200 },
    Effect.fnUntraced(function* (env) {
      const { open, path, runtime } = env;
      const file = path("gate");
      const call = (mood: Deaths.Moody["mood"]) => runtime.run(Deaths.moody, { mood, file });
      const wait: Deaths.Moody = { mood: "waits", file };
      yield* reasonOf(call("dies"), "WorkerLost");
      const { retryAfterMillis } = yield* reasonOf(call("lives"), "Quarantined");
      yield* Effect.sleep(retryAfterMillis + 5);
      const trial = yield* runtime.submit(Deaths.moody, wait);
      yield* begun(trial);
      yield* reasonOf(call("lives"), "Quarantined");
      open(file);
      assert.equal(yield* trial.await, "waits");
      assert.equal(yield* call("lives"), "lives");
    }),
  ),
];
