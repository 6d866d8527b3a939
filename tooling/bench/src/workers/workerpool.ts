import workerpool from "workerpool";

import { bodies } from "../bodies.ts";

const moved = (output: Uint8Array | Float64Array): unknown =>
  new workerpool.Transfer(output, [output.buffer]);

workerpool.worker({
  ...bodies,
  echoMoved: (bytes: Uint8Array) => moved(bodies.echoMoved(bytes)),
  scaleMoved: (values: Float64Array) => moved(bodies.scaleMoved(values)),
});
