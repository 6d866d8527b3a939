/**
 * Counters, and memory that tasks share.
 */
import assert from "node:assert/strict";

import { Counter, SharedBytes, SharedList } from "@heddle/coordination/promised";

import type { Case, Env } from "../Case.ts";
import * as Coordinated from "../fixtures/tasks/coordinated.ts";
import { upTo } from "../internal/expect.ts";
import { refusalOf } from "../internal/refusal.ts";
import { inPromises, pending } from "../internal/waits.ts";

const counters: ReadonlyArray<Case> = [
  {
    id: "coordination/counter",
    title: "no addition to a counter is lost, by bodies and the program at once",
    guarantees: ["G11"],
    needs: ["coordination"],
    run: inPromises(async ({ promised, size }) => {
      const counter = await Counter.make(promised);
      const bodies = upTo(size + 1).map(() =>
        pending(promised.run(Coordinated.adds, { counter, times: 200 })),
      );
      for (let time = 0; time < 200; time++) await Counter.add(counter);
      await Promise.all(bodies);
      assert.equal(await Counter.get(counter), 200 * (size + 2));
    }),
  },
  {
    id: "coordination/counter-compared",
    title: "a counter is set only where it is what it is held to be",
    guarantees: ["G11"],
    needs: ["coordination"],
    run: inPromises(async ({ promised, size }) => {
      const counter = await Counter.make(promised, -7);
      assert.equal(await Counter.compareAndSet(counter, 0, 1), false);
      assert.equal(await Counter.compareAndSet(counter, -7, 0), true);
      const bodies = upTo(size).map(() =>
        pending(promised.run(Coordinated.addsByComparing, { counter, times: 40 })),
      );
      await Promise.all(bodies);
      assert.equal(await Counter.set(counter, 5), 40 * size);
      assert.equal(await Counter.get(counter), 5);
    }),
  },
  {
    id: "coordination/counter-limits",
    title: "a counter is exact, and says so when no number can tell what it has come to",
    guarantees: ["G11", "G16"],
    needs: ["coordination"],
    run: inPromises(async ({ promised }) => {
      const counter = await Counter.make(promised, Number.MAX_SAFE_INTEGER - 1);
      assert.equal(await refusalOf(Counter.add(counter, 0.5)), "BadInput");
      assert.equal(await Counter.add(counter), Number.MAX_SAFE_INTEGER);
      // It counts on, and no number can tell where it is.
      assert.equal(await refusalOf(Counter.add(counter)), "BadInput");
      assert.equal(await Counter.add(counter, -1), Number.MAX_SAFE_INTEGER);
      const big = await Counter.make(promised, 2n ** 62n);
      assert.equal(await Counter.add(big, 2n ** 62n - 1n), 2n ** 63n - 1n);
    }),
  },
];

const itemsOf: ReadonlyArray<SharedList.Item> = [null, true, 1.5, "text", 5n, ""];
const changes: ReadonlyArray<SharedList.Item> = [
  "\0 exactly \0\0",
  -(2n ** 63n),
  Number.MIN_VALUE,
  "\ud800 alone",
  new Uint8Array([0, 9, 0]),
  false,
];

/** Some platforms have no memory that processes share, and then it has to be refused. */
const refusedOr = async <A>(made: Promise<A>, check: (made: A) => Promise<void>): Promise<void> => {
  const end = await refusalOf(made.then(check));
  const isRefused = end === "Unsupported" || (end as { readonly _tag?: string })._tag === "NotSerializable";
  assert.ok(end === "done" || isRefused, String(end));
};

const checkBytes = async (
  { promised }: Pick<Env, "promised">,
  bytes: SharedBytes.SharedBytes,
): Promise<void> => {
  const view = await SharedBytes.view(bytes);
  view[0] = 7;
  assert.equal(await promised.run(Coordinated.writesBytes, bytes), 7);
  assert.deepEqual([view.length, view[0]], [100, 9]);
};

const checkList = async ({ promised }: Pick<Env, "promised">, list: SharedList.SharedList): Promise<void> => {
  for (const [index, item] of changes.entries()) {
    assert.deepEqual(await promised.run(Coordinated.setsItem, { list, index, item }), itemsOf[index]);
  }
  assert.deepEqual(await SharedList.toArray(list), changes);
  assert.equal(await refusalOf(SharedList.set(list, 6, null)), "BadInput");
  assert.equal(await refusalOf(SharedList.set(list, 0, "x".repeat(1000))), "Exhausted");
  assert.deepEqual(await SharedList.toArray(list), changes);
  await SharedList.free(list);
  assert.equal(await refusalOf(SharedList.get(list, 0)), "Freed");
};

const memory: ReadonlyArray<Case> = [
  {
    id: "coordination/bytes",
    title: "a block of memory is the same on both sides",
    guarantees: ["G12"],
    needs: ["coordination", "sharedMemory"],
    run: inPromises(async (env) => {
      await checkBytes(env, await SharedBytes.make(env.promised, { byteLength: 100 }));
    }),
  },
  {
    id: "coordination/list",
    title: "an item of a list is read exactly as it was set on the other side",
    guarantees: ["G12"],
    needs: ["coordination", "sharedMemory"],
    run: inPromises(async (env) => {
      await checkList(env, await SharedList.make(env.promised, itemsOf));
    }),
  },
  {
    id: "coordination/memory-or-refused",
    title: "where buffers are not shared, blocks and lists are all the same, or are refused",
    guarantees: ["G12", "G13"],
    needs: ["coordination", "noSharedMemory"],
    run: inPromises(async (env) => {
      const bytes = SharedBytes.make(env.promised, { byteLength: 100 });
      await refusedOr(bytes, (made) => checkBytes(env, made));
      await refusedOr(SharedList.make(env.promised, itemsOf), (made) => checkList(env, made));
    }),
  },
  {
    id: "coordination/bytes-shared",
    title: "where tasks share memory there are blocks of it, which are found by name until they are freed",
    guarantees: ["G12"],
    needs: ["blocking"],
    run: inPromises(async ({ promised }) => {
      const name = "coordination/bytes-shared";
      const bytes = await SharedBytes.make(promised, { byteLength: 100, name });
      await checkBytes({ promised }, bytes);
      assert.equal(await promised.run(Coordinated.findsBytes, name), 100);
      assert.equal(await refusalOf(SharedBytes.make(promised, { byteLength: 1, name })), "BadInput");
      await SharedBytes.free(bytes);
      assert.equal(await refusalOf(SharedBytes.view(bytes)), "Freed");
      assert.equal(await refusalOf(SharedBytes.find(name)), "Unreachable");
    }),
  },
];

export const coordinationMemory: ReadonlyArray<Case> = [...counters, ...memory];
