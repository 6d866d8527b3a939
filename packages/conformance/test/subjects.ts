/**
 * Runtimes and cases for tests of the suite itself.
 */
import * as assert from "node:assert/strict";
import { Worker } from "node:worker_threads";

import type { Adapter } from "@heddle/core/Adapter";
import * as Runtime from "@heddle/core/Runtime";
import * as TestRuntime from "@heddle/core/testing/TestRuntime";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";

import type { Case } from "../src/Case.ts";
import * as Plain from "../src/fixtures/tasks/plain.ts";
import type { LayerOf } from "../src/Runner.ts";

export const sound: LayerOf = (options) => TestRuntime.layer({ closeTimeout: 100, ...options });

/** The reference adapter with something of it replaced. */
export const altered =
  (change: Partial<Adapter>): LayerOf =>
  ({ size }) =>
    Runtime.layer(Effect.succeed({ ...TestRuntime.adapter, ...change }), { places: size, closeTimeout: 100 });

/** Loses every value. */
export const losesValues = altered({
  execute: (job) =>
    Effect.map(TestRuntime.adapter.execute(job), (outcome) =>
      outcome._tag === "Success" ? { _tag: "Success", value: undefined } : outcome,
    ),
});

/** Does something when it is closed. */
export const closingWith = (act: () => void): LayerOf => {
  const finalizer = Layer.effectDiscard(Effect.addFinalizer(() => Effect.sync(act)));
  return (options) => Layer.merge(sound(options), finalizer);
};

/** Starts a timer when it is closed. */
export const leavesTimers = closingWith(() => void setTimeout(() => undefined, 10_000));

/** Starts a thread when it is closed; `stop` ends all of them. */
export const leavingThreads = (): { readonly layerOf: LayerOf; readonly stop: () => Promise<void> } => {
  const threads: Array<Worker> = [];
  const module = new URL("data:text/javascript,setInterval(() => undefined, 1000)");
  return {
    layerOf: closingWith(() => threads.push(new Worker(module))),
    stop: async () => {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
};

/** Has a thread of its own as long as it is open. */
export const withThread: LayerOf = (options) => {
  const module = new URL("data:text/javascript,setInterval(() => undefined, 1000)");
  const thread = Effect.acquireRelease(
    Effect.sync(() => new Worker(module)),
    (worker) => Effect.promise(() => worker.terminate()),
  );
  return Layer.merge(sound(options), Layer.effectDiscard(thread));
};

/** Ends the program when it is closed for the `nth` time. */
export const exitsOnClose = (code: number, nth: number): LayerOf => {
  let closes = 0;
  return closingWith(() => {
    if (++closes === nth) process.exit(code);
  });
};

export const doubles: Case = {
  id: "made/doubles",
  title: "it doubles",
  guarantees: ["R1"],
  shares: true,
  run: ({ runtime }) => Effect.map(runtime.run(Plain.double, 21), (value) => assert.equal(value, 42)),
};

export const breaks: Case = {
  ...doubles,
  id: "made/breaks",
  title: "it breaks",
  run: () => Effect.sync(() => assert.fail("on purpose")),
};

export const never: Case = { ...doubles, id: "made/never", title: "it never ends", run: () => Effect.never };

/** Ends the program. */
export const exits = (code: number): Case => ({
  ...doubles,
  id: "made/exits",
  title: "it exits",
  run: () => Effect.sync(() => process.exit(code)),
});

export const needsTransfer: Case = { ...doubles, id: "made/transfer", needs: ["transfer", "severalPlaces"] };
