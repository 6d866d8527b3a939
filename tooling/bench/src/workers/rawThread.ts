/** One message per call, one message per answer. */
import { parentPort } from "node:worker_threads";

import { callBody, movedBy } from "../bodies.ts";

type Call = readonly [id: number, body: string, input: unknown];

parentPort?.on("message", ([id, body, input]: Call) => {
  const output = callBody(body, input);
  parentPort?.postMessage([id, output], movedBy(body, output) as Array<ArrayBuffer>);
});
