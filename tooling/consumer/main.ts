// The quick start with promises, as a user of the published packages writes it.
import { deepStrictEqual, strictEqual } from "node:assert";

import * as Processes from "@heddle/processes";
import * as Threads from "@heddle/threads";

import { double } from "./double.task.ts";

const main = async () => {
  for (const open of [Threads.open, Processes.open]) {
    // Node 22 has no `await using`.
    const runtime = await open({ size: 2 });
    try {
      strictEqual(await runtime.run(double, 21), 42);
      const all: Array<number> = [];
      for await (const n of runtime.map(double, [1, 2, 3])) all.push(n);
      deepStrictEqual(all, [2, 4, 6]);
    } finally {
      await runtime.close();
    }
  }
};

await main();
console.log("main.ts ok", process.versions.bun ?? process.versions["deno"] ?? process.version);
