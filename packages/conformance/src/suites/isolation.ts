/**
 * What a body does to its realm, its process and its thread stays there, as far as the runtime isolates bodies.
 */
import assert from "node:assert/strict";
import { dirname } from "node:path";

import * as Effect from "effect/Effect";

import type { Case, Env } from "../Case.ts";
import * as Deaths from "../fixtures/tasks/deaths.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Realm from "../fixtures/tasks/realm.ts";
import { awaitAll, begun, eventually, fill, reasonOf, upTo } from "../internal/expect.ts";

const idOf = (place: Realm.Place): string => place.replace(/\W+/g, "-");

const stays = (place: Realm.Place): Case => ({
  id: `isolation/${idOf(place)}-stays`,
  title: `what a body puts into ${place} is not there for its host, nor what the host puts there for a body`,
  guarantees: ["I1"],
  needs: ["isolation"],
  // A prototype stays polluted for whoever comes next.
  shares: place !== "Object.prototype",
  run: Effect.fnUntraced(function* ({ path, runtime }) {
    const [ofBody, ofHost] = [path("body"), path("host")].map((key): Realm.Spot => ({ key, place }));
    assert.equal(yield* runtime.run(Realm.puts, ofBody!), true);
    assert.equal(Realm.has(ofBody!), false, "the host sees what the body did");
    assert.ok(Realm.put(ofHost!));
    const isSeen = yield* Effect.ensuring(
      runtime.run(Realm.sees, ofHost!),
      Effect.sync(() => Realm.remove(ofHost!)),
    );
    // A worker that starts just then may be given the environment of its host.
    if (place !== "process.env") assert.equal(isSeen, false, "the body sees what the host did");
    assert.deepEqual(yield* runtime.run(Plain.echo, { own: 1 }), { own: 1 });
  }),
});

const own: ReadonlyArray<Case> = [
  ...Realm.places.map(stays),
  {
    id: "isolation/prototype-crosses-nothing",
    title: "a body that pollutes the prototype of its objects adds nothing to what crosses, then or later",
    guarantees: ["I1", "V7"],
    needs: ["isolation", "onePlace"],
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      const spot: Realm.Spot = { place: "Object.prototype", key: path("key") };
      yield* runtime.run(Realm.puts, spot);
      assert.equal(yield* runtime.run(Realm.sees, spot), true, "another worker came");
      for (const value of [{ a: [{ b: 1 }] }, new Map([["k", { v: 1 }]])]) {
        const back = yield* runtime.run(Plain.echo, value);
        assert.deepEqual(back, value);
      }
      assert.equal(yield* runtime.run(Plain.steps, 3), 6);
    }),
  },
  {
    id: "isolation/directory",
    title: "a body that goes to another directory leaves its host where it is",
    guarantees: ["I1"],
    needs: ["isolation"],
    shares: true,
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      const before = process.cwd();
      yield* runtime.run(Realm.movesTo, dirname(path("here")));
      assert.equal(process.cwd(), before);
    }),
  },
  {
    id: "isolation/module",
    title: "a module is loaded once per worker: what a body keeps in it is there for the next call",
    guarantees: ["I2"],
    needs: ["onePlace"],
    shares: true,
    run: Effect.fnUntraced(function* ({ runtime }) {
      const first = yield* runtime.run(Realm.counts, 0);
      assert.deepEqual(yield* Effect.forEach([1, 2], () => runtime.run(Realm.counts, 0)), [
        first + 1,
        first + 2,
      ]);
    }),
  },
  {
    id: "isolation/shared-by-none",
    title: "without isolation a body shares everything with its host, as it says",
    guarantees: ["K4"],
    needs: ["noIsolation"],
    shares: true,
    run: Effect.fnUntraced(function* ({ path, runtime }) {
      for (const place of ["globalThis", "process.env", "a module"] as const) {
        const spot: Realm.Spot = { place, key: path("key") };
        yield* runtime.run(Realm.puts, spot);
        assert.equal(Realm.has(spot), true, place);
        assert.equal(yield* runtime.run(Realm.sees, spot), true);
        Realm.remove(spot);
        assert.equal(yield* runtime.run(Realm.sees, spot), false);
      }
    }),
  },
];

const threads: ReadonlyArray<Case> = [
  {
    id: "isolation/free-loop",
    title: "while bodies hold all threads of the runtime, its host's event loop turns",
    guarantees: ["R4"],
    needs: ["isolation"],
    shares: true,
    run: Effect.fnUntraced(function* ({ open, path, runtime, size }) {
      const gate = path("gate");
      const held = yield* Effect.forEach(upTo(size), () => runtime.submit(Realm.blocks, gate));
      yield* Effect.forEach(held, begun);
      // They wait for what only the host can do: on a loop that they hold, they would wait in vain.
      open(gate);
      assert.deepEqual(
        yield* awaitAll(held),
        upTo(size).map(() => true),
      );
    }),
  },
  {
    id: "isolation/neighbours",
    title: "a body that holds its thread does not keep another from its end",
    guarantees: ["R4", "K5"],
    needs: ["isolation", "severalPlaces"],
    shares: true,
    run: Effect.fnUntraced(function* ({ open, path, runtime }) {
      const gate = path("gate");
      const held = yield* runtime.submit(Realm.blocks, gate);
      yield* begun(held);
      assert.equal(yield* runtime.run(Plain.later, 21), 42);
      assert.equal(yield* held.status, "running");
      open(gate);
      assert.equal(yield* held.await, true);
    }),
  },
  {
    id: "isolation/crashes-around",
    title: "when all workers but one die at once, the job of the last goes on",
    guarantees: ["W1"],
    needs: ["isolation", "forceKill", "elastic", "severalPlaces"],
    options: { quarantineAfter: 100 },
    run: Effect.fnUntraced(function* (env) {
      const { open, path, runtime, size } = env;
      const [gate, file] = [path("gate"), path("marks")];
      const [last] = yield* fill(env, gate, 1);
      const dying = yield* Effect.forEach(upTo(size - 1), () =>
        runtime.submit(Deaths.dies, { way: "uncaught", file }),
      );
      for (const handle of dying) yield* reasonOf(handle.await, "WorkerLost");
      assert.equal(yield* last!.status, "running");
      open(gate);
      assert.equal(yield* last!.await, "opened");
    }),
  },
];

/** Where a job was started, in words that no other worker has. */
const workerOf = ({ happened }: Env, id: string): Effect.Effect<string> =>
  Effect.map(
    happened((event) => event._tag === "JobStarted" && event.id === id),
    (event) => (event._tag === "JobStarted" ? `${event.unit.pid}/${event.unit.threadId}` : ""),
  );

const isThere = ({ runtime }: Env, worker: string): boolean =>
  Effect.runSync(runtime.stats).workers.some(({ pid, threadId }) => `${pid}/${threadId}` === worker);

const bomb = (way: Realm.Late["way"]): Case => ({
  id: `isolation/left-behind-${way}`,
  title: `what a body left behind ${way} after its end: that ends its worker, but neither its host nor its result`,
  guarantees: ["I3", "W1"],
  needs: ["isolation", "forceKill", "elastic"],
  shares: true,
  run: Effect.fnUntraced(function* (env) {
    const { open, path, runtime } = env;
    const gate = path("gate");
    const before = yield* runtime.stats;
    const handle = yield* runtime.submit(Realm.leavesBomb, { way, gate } satisfies Realm.Late);
    assert.equal(yield* handle.await, "returned");
    const worker = yield* workerOf(env, handle.id);
    assert.ok(isThere(env, worker), `worker ${worker} is not in the stats`);
    open(gate);
    yield* eventually(() => !isThere(env, worker), "the worker has ended");
    assert.equal(yield* handle.await, "returned");
    assert.equal(yield* runtime.run(Plain.double, 21), 42);
    const { failed, succeeded } = yield* runtime.stats;
    assert.deepEqual([failed, succeeded], [before.failed, before.succeeded + 2]);
  }),
});

const leftBehind: ReadonlyArray<Case> = [
  ...Realm.ways.map(bomb),
  {
    id: "isolation/left-behind-hits-the-next",
    title: "what a body left behind may end its worker under the next call, which is told as WorkerLost",
    guarantees: ["I3", "W1"],
    needs: ["isolation", "forceKill", "elastic", "onePlace"],
    shares: true,
    run: Effect.fnUntraced(function* (env) {
      const { open, path, runtime } = env;
      const gate = path("gate");
      yield* runtime.run(Realm.leavesBomb, { way: "throws", gate } satisfies Realm.Late);
      const [next] = yield* fill(env, path("never"), 1);
      open(gate);
      const reason = yield* reasonOf(next!.await, "WorkerLost");
      assert.match(String(reason.cause), /expected: thrown by what a body left behind/);
      assert.equal(yield* runtime.run(Plain.double, 21), 42);
    }),
  },
  {
    id: "isolation/left-behind-ticks",
    title: "a timer that a body left behind disturbs no call, and ends with the runtime",
    guarantees: ["I3", "L1"],
    needs: ["isolation"],
    run: Effect.fnUntraced(function* (env) {
      const { close, marks, path, runtime } = env;
      const file = path("ticks");
      yield* runtime.run(Realm.leavesTicking, file);
      yield* eventually(() => marks(file).length > 2, "it ticks");
      assert.equal(yield* runtime.run(Plain.later, 21), 42);
      yield* close;
      const atEnd = marks(file).length;
      yield* Effect.sleep(30);
      assert.equal(marks(file).length, atEnd, "it ticks after the end");
    }),
  },
];

export const isolation: ReadonlyArray<Case> = [...own, ...threads, ...leftBehind];
