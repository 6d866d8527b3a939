// The quick start with Effect.
import { strictEqual } from "node:assert";

import * as Runtime from "@heddle/core/Runtime";
import * as Processes from "@heddle/processes";
import * as Threads from "@heddle/threads";
import * as Effect from "effect/Effect";

import { double } from "./double.task.js";

const program = Runtime.run(double, 21);

for (const layer of [Threads.layer({ size: 2 }), Processes.layer({ size: 2 })]) {
  strictEqual(await Effect.runPromise(program.pipe(Effect.provide(layer))), 42);
}
console.log("effect.js ok", process.versions.bun ?? process.versions["deno"] ?? process.version);
