/** Tasks whose bodies are Effects, and typed failures. */
import * as Task from "@heddle/core/Task";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";

import { type Base, run } from "./evidence.ts";

const module = import.meta.url;

class Refused extends Schema.TaggedError<Refused>("chaos/Refused")("Refused", {
  id: Schema.Finite,
  salt: Schema.Finite,
}) {}

export interface Steps extends Base {
  readonly steps: number;
}

export const steps = Task.make({
  name: "chaos/steps",
  module,
  body: (input: Steps, context) =>
    Effect.gen(function* () {
      const answer = run(input, context);
      for (let n = 0; n < input.steps; n++) yield* Effect.sleep("1 millis");
      return answer;
    }),
});

export const refuse = Task.make({
  name: "chaos/refuse",
  module,
  error: Refused,
  body: (input: Base, context) =>
    Effect.suspend(() => {
      run(input, context);
      return Effect.fail(new Refused({ id: input.id, salt: input.salt }));
    }),
});
