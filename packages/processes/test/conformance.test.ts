import { conformance } from "@heddle/conformance/vitest";

import * as Processes from "../src/Processes.ts";

conformance("processes", (options) => Processes.layer({ grace: 300, closeTimeout: 1000, ...options }), {
  report: new URL("../.conformance/processes.json", import.meta.url),
});
