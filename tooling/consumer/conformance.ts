// What somebody who writes an adapter does, with the published packages and without a test runner.
import { deepStrictEqual, ok } from "node:assert";

import * as Conformance from "@heddle/conformance";
import * as Runner from "@heddle/conformance/Runner";
import type { Adapter } from "@heddle/core/Adapter";
import * as InProcess from "@heddle/core/InProcess";
import { Places } from "@heddle/core/Places";
import * as Runtime from "@heddle/core/Runtime";
import * as Threads from "@heddle/threads";
import * as Effect from "effect/Effect";

const host: InProcess.Host = {
  name: "tiny",
  capabilities: {
    isolation: "none",
    parallelism: 1,
    values: "structured-clone",
    transfer: false,
    sharedMemory: false,
    forceKill: false,
    streaming: true,
    elastic: false,
    durability: false,
    coordination: "none",
    delivery: "at-most-once",
  },
  unit: { runtime: "tiny", lane: "tiny/0", pid: process.pid, threadId: 0 },
};

const adapter = (size: number): Adapter => {
  const places = new Places(size, 1000);
  const { capabilities, name } = host;
  return { name, capabilities, execute: (job) => places.run(job, InProcess.execute(host, job)) };
};

const tiny: Runner.LayerOf = ({ size, maxQueue, whenFull, closeTimeout = 200 }) =>
  Runtime.layer(
    Effect.sync(() => adapter(size)),
    { places: size, maxQueue, whenFull, closeTimeout },
  );

const check = async (
  name: string,
  layerOf: Runner.LayerOf,
  cases: Runner.Options["cases"],
): Promise<void> => {
  const report = await Runner.run(name, layerOf, { sizes: [2], cases });
  deepStrictEqual(Runner.failures(report), []);
  ok(report.cases.some(({ verdict }) => verdict === "passed"));
};

const { errors, ordering, results } = Conformance.groups;
await check("tiny", tiny, [...results, ...errors, ...ordering.filter(Conformance.isBase)]);
// Its workers import the tasks of the suite by their URL.
await check("threads", (options) => Threads.layer(options), [...results, ...errors]);
console.log("conformance.ts ok", process.versions.bun ?? process.versions["deno"] ?? process.version);
