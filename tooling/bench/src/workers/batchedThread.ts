import { parentPort } from "node:worker_threads";

import { answersTo } from "./batch.ts";

parentPort?.on("message", (batch: ReadonlyArray<unknown>) => parentPort?.postMessage(answersTo(batch)));
