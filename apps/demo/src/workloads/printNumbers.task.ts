/** Counts from 0 to 4 with a pause before each number: a task whose body gives a stream. */
import * as Task from "@heddle/core/Task";

import { waitFor } from "./clock.ts";

export const printNumbers = Task.make({
  name: "printNumbers/count",
  module: import.meta.url,
  body: async function* (seconds: number, { signal }) {
    for (let n = 0; n < 5; n++) {
      if (await waitFor(signal, seconds * 1000)) return;
      yield n;
    }
  },
});
