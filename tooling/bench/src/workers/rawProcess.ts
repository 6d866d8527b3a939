/** One message per call, one message per answer, over Node's IPC channel. */
import { callBody } from "../bodies.ts";

process.on("message", ([id, body, input]: readonly [id: number, body: string, input: unknown]) => {
  process.send?.([id, callBody(body, input)]);
});
