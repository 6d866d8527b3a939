/** Tasks that no worker can find. */
import * as Task from "@heddle/core/Task";

import { type Base, run } from "./evidence.ts";

/** Of a module that does not exist. */
export const ofNoModule = Task.make({
  name: "chaos/ofNoModule",
  module: new URL("./there-is-no-such.task.ts", import.meta.url).href,
  body: (input: Base, context) => run(input, context),
});

/** Of a module that exports no such task. */
export const notExported = Task.make({
  name: "chaos/notExported",
  module: new URL("./plain.task.ts", import.meta.url).href,
  body: (input: Base, context) => run(input, context),
});
