/** Tasks that the tests of this package share. */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";

import * as Task from "../src/Task.ts";

export class Boom extends Schema.TaggedError<Boom>()("Boom", { n: Schema.Number }) {}

export const double = Task.make({ name: "double", body: (n: number) => n * 2 });

export const doubleLater = Task.make({ name: "doubleLater", body: async (n: number) => n * 2 });

export const sleep = Task.make({ name: "sleep", body: (ms: number) => Effect.as(Effect.sleep(ms), ms) });

export const count = Task.make({ name: "count", body: (n: number) => Stream.range(1, n) });

export const letters = Task.make({
  name: "letters",
  body: async function* (n: number) {
    for (let i = 0; i < n; i++) yield String.fromCharCode(97 + i);
  },
});

export const sum = Task.make({
  name: "sum",
  body: function* (n: number) {
    let total = 0;
    for (let i = 1; i <= n; i++) {
      total += i;
      yield;
    }
    return total;
  },
});

export const failing = Task.make({
  name: "failing",
  error: Boom,
  body: (n: number) => (n < 0 ? Effect.fail(new Boom({ n })) : Effect.succeed(n)),
});

export const throwing = Task.make({
  name: "throwing",
  error: Boom,
  body: (n: number) => {
    if (n < 0) throw new Boom({ n });
    return n;
  },
});

export const never = Task.make({ name: "never", body: () => Effect.never });

/** A task that throws what it is told to make. */
export const throws = (make: () => unknown): Task.Task<"throws", void, never> =>
  Task.make({
    name: "throws",
    body: (): never => {
      throw make();
    },
  });
