import { conformance } from "@heddle/conformance/vitest";

import * as Threads from "../src/Threads.ts";

conformance("threads", (options) => Threads.layer({ grace: 200, closeTimeout: 200, ...options }), {
  report: new URL("../.conformance/threads.json", import.meta.url),
});
