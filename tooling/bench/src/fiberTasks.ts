/** Bodies that are effects, as tasks for the fibers runtime. */
import * as Task from "@heddle/core/Task";
import * as Effect from "effect/Effect";

import { bodies } from "./bodies.ts";
import { waitAtGate } from "./gate.ts";

export const noopEffect = Task.make({
  name: "bench/noopEffect",
  body: (input: number) => Effect.sync(() => bodies.noop(input)),
});

export const park = Task.make({ name: "bench/park", body: (_: number) => waitAtGate });
