// Cancels bodies that look at nothing and tells what came of it; then it should end by itself, though one of them still runs.
import * as WebWorkers from "../../src/WebWorkers.ts";
import { cancelled } from "../fixtures/ends.ts";
import * as Tasks from "../fixtures/tasks.ts";

declare const Worker: new (
  url: URL,
  options: { type: "module" },
) => ReturnType<NonNullable<WebWorkers.Options["worker"]>>;
const worker = () => new Worker(new URL("../fixtures/worker.ts", import.meta.url), { type: "module" });

const runtime = await WebWorkers.open({ size: 1, grace: 200, worker });

const words = new Int32Array(new SharedArrayBuffer(4));
const counts = await cancelled(runtime.submit(Tasks.counts, words));
const atEnd = words[0];
// One that goes on counts thousands of times while a worker starts.
const afterCounts = await runtime.run(Tasks.doubles, 21);
const countsOn = words[0] !== atEnd;

const loops = await cancelled(runtime.submit(Tasks.loops, 0));
const afterLoops = await runtime.run(Tasks.doubles, 21);

console.log(JSON.stringify({ counts, countsOn, afterCounts, loops, afterLoops }));
