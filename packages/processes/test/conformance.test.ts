import { conformance } from "@heddle/conformance/vitest";

import * as Processes from "../src/Processes.ts";

conformance("processes", (size) => Processes.layer({ size, grace: 300, closeTimeout: 1000 }), {
  sizes: [1, 2],
});
