// Objects that tasks share, from the published packages. `koffi`, which is optional, is not installed here.
import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";

import { Counter, Lock, Queue, SharedBytes } from "@heddle/coordination/promised";
import * as Fibers from "@heddle/fibers";
import * as Processes from "@heddle/processes";
import * as Threads from "@heddle/threads";

import { count } from "./shared.task.ts";

const times = 50;

for (const [sharing, open] of [
  ["memory", () => Fibers.open({ concurrency: 4 })],
  ["shared", () => Threads.open({ size: 2 })],
  ["broker", () => Processes.open({ size: 2 })],
] as const) {
  const runtime = await open();
  try {
    strictEqual(runtime.capabilities.coordination, sharing);
    const [lock, counter] = [await Lock.make(runtime), await Counter.make(runtime)];
    const seen = await Queue.make<number>(runtime);
    await Promise.all(Array.from({ length: times }, () => runtime.run(count, { counter, lock, seen })));
    strictEqual(await Counter.get(counter), times);
    await Queue.end(seen);
    deepStrictEqual(
      await Queue.takeAll(seen),
      Array.from({ length: times }, (_, n) => n),
    );
    if (sharing === "broker") {
      await rejects(SharedBytes.make(runtime, { byteLength: 8 }), (error: Error) => {
        match(error.message, /koffi|Linux/);
        return "reason" in error && error.reason === "Unsupported";
      });
    }
  } finally {
    await runtime.close();
  }
}
console.log("coordination.ts ok", process.versions.bun ?? process.versions["deno"] ?? process.version);
