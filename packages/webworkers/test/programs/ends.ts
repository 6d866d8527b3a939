// Tells as JSON how workers end on the platform that runs this program.
import * as WebWorkers from "../../src/WebWorkers.ts";
import { cancelled, ends } from "../fixtures/ends.ts";
import * as Tasks from "../fixtures/tasks.ts";

declare const Worker: new (
  url: URL,
  options: { type: "module" },
) => ReturnType<NonNullable<WebWorkers.Options["worker"]>>;
const worker = () => new Worker(new URL("../fixtures/worker.ts", import.meta.url), { type: "module" });

const patient = { quarantineAfter: 100, restarts: { max: 100, within: 1000 } };
const runtime = await WebWorkers.open({ size: 2, grace: 200, worker, ...patient });
const { forceKill } = runtime.capabilities;
const words = new Int32Array(new SharedArrayBuffer(4));
await runtime.run(Tasks.addsOne, words);
const found = {
  ...(await ends(runtime)),
  polls: await cancelled(runtime.submit(Tasks.polls, 0)),
  ...(forceKill ? { spins: await cancelled(runtime.submit(Tasks.spins, 0)) } : {}),
  addsOne: words[0],
};
await runtime.close();

const refused = async (options: object): Promise<string> => {
  const error: Error = await WebWorkers.open(options).then(
    (opened) => opened.close().then(() => new Error("opened")),
    (failure: Error) => failure,
  );
  return error.message;
};

const broken = await WebWorkers.open({
  size: 1,
  worker: () => new Worker(new URL("./none.ts", import.meta.url), { type: "module" }),
});
const missing = await broken.run(Tasks.doubles, 1).then(String, (error: Error) => error.message);
await broken.close();

const options = {
  memory: await refused({ memoryLimitMiB: 64 }),
  heap: await refused({ recycle: { heapMiB: 64 } }),
  flags: await refused({ execArgv: ["--x"] }),
  env: await refused({ env: {} }),
  worker: await refused({ worker: "./worker.ts" }),
  size: await refused({ size: 0 }),
  daemon: await refused({ daemon: true }),
};
console.log(JSON.stringify({ ...found, missing, options }));
