/** A worker that says who it is, sleeps, and says that it has finished. */
import * as Task from "@heddle/core/Task";

import { waitFor } from "./clock.ts";
import { identity } from "./identity.ts";

export interface Shift {
  readonly worker: number;
  readonly seconds: number;
}

export const workShift = Task.make({
  name: "workers/workShift",
  module: import.meta.url,
  body: async function* ({ seconds, worker }: Shift, { signal, unit }) {
    yield `Worker ${worker} started   ${identity(unit)}`;
    if (await waitFor(signal, seconds * 1000)) return;
    yield `Worker ${worker} finished`;
  },
});
