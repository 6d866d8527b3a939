/**
 * How far a body has got that writes into a file what it produced last.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";

import * as Effect from "effect/Effect";

/** What a file holds; nothing while it is not there. */
export const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");

/** Completes when a producer, which has produced something, has not got any further for a while. */
export const atRest = (file: string): Effect.Effect<number> =>
  Effect.gen(function* () {
    const end = performance.now() + 5000;
    let produced = textOf(file);
    for (let same = 0; same < 15;) {
      yield* Effect.sleep(10);
      assert.ok(performance.now() < end, `the producer never rests, it is at ${produced}`);
      const now = textOf(file);
      // A file is empty while it is written anew, for long on a busy machine.
      same = now === produced && now !== "" ? same + 1 : 0;
      produced = now;
    }
    return Number(produced);
  });
