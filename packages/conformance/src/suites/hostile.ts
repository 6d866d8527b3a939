/**
 * Names and values that try to reach the prototypes of plain objects are data like any other.
 */
import assert from "node:assert/strict";

import * as Effect from "effect/Effect";

import type { Case } from "../Case.ts";
import * as Hostile from "../fixtures/tasks/hostile.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import { reasonOf } from "../internal/expect.ts";

const poisoned = (): object =>
  JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}') as object;

const assertClean = (): void => {
  for (const key in {}) assert.fail(`Object.prototype has "${key}"`);
};

export const hostile: ReadonlyArray<Case> = [
  {
    id: "hostile/names",
    title: 'tasks may be called "__proto__", "constructor" or "toString"',
    guarantees: ["V7"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      for (const [task, name] of [
        [Hostile.proto, "__proto__"],
        [Hostile.constructor, "constructor"],
        [Hostile.text, "toString"],
      ] as const) {
        assert.equal(yield* runtime.run(task, 1), `${name} 1`);
      }
    }),
  },
  {
    id: "hostile/input",
    title: 'an input with an own "__proto__" crosses as data both ways and pollutes nothing',
    guarantees: ["V7"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const seen = yield* runtime.run(Hostile.inherited, poisoned());
      assert.deepEqual(seen, {
        keys: [],
        own: ["__proto__", "constructor"],
        text: JSON.stringify(poisoned()),
      });
      const back = yield* runtime.run(Plain.echo, poisoned());
      assert.equal(JSON.stringify(back), JSON.stringify(poisoned()));
      assert.equal((back as { readonly polluted?: unknown }).polluted, undefined);
      assertClean();
    }),
  },
  {
    id: "hostile/annotations",
    title: 'annotations called "__proto__" or "constructor" pollute nothing on either side',
    guarantees: ["V7", "X1"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const call = runtime.run(Hostile.inherited, {});
      const annotated = Effect.annotateLogs(call, poisoned() as Record<string, unknown>);
      assert.deepEqual((yield* annotated).keys, []);
      assertClean();
    }),
  },
  {
    id: "hostile/options",
    title: 'options called "__proto__" or "constructor" are refused by name',
    guarantees: ["V7", "E6"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      for (const option of ["__proto__", "constructor"]) {
        const options = JSON.parse(`{"${option}": {"timeout": 1}}`) as object;
        const reason = yield* reasonOf(runtime.run(Plain.double, 1, options), "InvalidOptions");
        assert.equal(reason.option, option);
      }
    }),
  },
];
