/**
 * What the cases on shared objects have in common.
 */
import assert from "node:assert/strict";

import { Event, Latch } from "@heddle/coordination/promised";

import type { Case, Env } from "../Case.ts";
import type { Cues } from "../fixtures/tasks/coordinated.ts";
import { promiseOf } from "./expect.ts";

/** For waits that are to be granted: whoever waits for ever fails by its own words. */
export const patient = { timeoutMillis: 10_000 } as const;

/** For waits that are to time out. */
export const impatient = { timeoutMillis: 20 } as const;

/** A case that is written in promises, as bodies are. */
export const inPromises =
  (use: (env: Env) => Promise<void>): Case["run"] =>
  (env) =>
    promiseOf(() => use(env));

/** What goes on while the case does something else: it is awaited later, unless the case has failed by then. */
export const pending = <A>(wait: Promise<A>): Promise<A> => {
  wait.catch(() => undefined);
  return wait;
};

/** What a body and the program tell each other with. */
export const makeCues = async (runtime: object, count = 1): Promise<Cues> => ({
  ready: await Latch.make(runtime, { count }),
  go: await Event.make(runtime),
});

/** The call has to fail because its worker ended. */
export const lost = (call: Promise<unknown>): Promise<void> =>
  pending(
    call.then(
      (value) => assert.fail(`it lived: ${String(value)}`),
      (thrown: unknown) => {
        const { reason } = thrown as { readonly reason?: { readonly _tag: string } };
        assert.equal(reason?._tag, "WorkerLost", String(thrown));
      },
    ),
  );

/** Sorted as numbers. */
export const sorted = (values: ReadonlyArray<number>): ReadonlyArray<number> =>
  values.toSorted((a, b) => a - b);

/** A turn of the event loop. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
